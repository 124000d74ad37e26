"""The two updates of a training iteration."""

import tensorflow as tf

from inpaint.models.generator import complete
from inpaint.models.losses import discriminator_hinge, generator_hinge, mean, reconstruction
from inpaint.models.optimizer import make_optimizer
from inpaint.models.weight_mean import WeightMean
from inpaint.training.adversarial import Steering
from inpaint.training.distribution import overflow_on_all
from ops.keras_compat import apply_gradients, is_loss_scaled, scale_loss


class Trainer:
    """Owns both models and, as the original, their **one** Adam, whose step count both updates advance.

    An iteration of the original is a `discriminator_step` on one batch, then a `generator_step` on
    another, each with masks of its own; a `shared_step` makes both updates from one batch. All steps are
    `tf.function`s.

    Made inside a `tf.distribute` strategy's scope, like the models, it trains on all its replicas:
    each works on its part of the batch, and losses and gradients are those of the whole batch.

    Args:
        generator: a `Generator`.
        discriminator: a `Discriminator` or `ProjectedDiscriminator`, guided like the generator.
        l1_loss_alpha: weight of the reconstruction loss.
        gan_loss_alpha: weight of the adversarial loss; the first one, if it is steered.
        gan_gradient_ratio: steers that weight so that the adversarial gradient at the refined image is this
            share of the reconstruction's; 0: the weight stays.
        gan_loss_alpha_max: the largest weight that is steered to.
        ae_loss: whether the reconstruction loss is part of the generator's loss.
        l1_loss: whether the reconstruction loss is computed; without it `ae_loss` is 0.
        known_weight: weight of a known pixel in the reconstruction loss, where a hole's has 1. The
            original's is 1; a lower one makes the network care more for what will be seen.
        gan: whether there is an adversarial loss; without it only `generator_step` may be called.
        optimizer: what `make_optimizer` returns; by default one that fits the generator's policy.
        discriminator_optimizer: another, for the discriminator alone, with a step count of its own; None:
            both models share the one above.
        perceptual_weight: adds this many times the perceptual distance to the adversarial loss; both have its
            weight, and are steered together. Needs a `ProjectedDiscriminator`, whose features it uses.
        ema: decay of an exponential mean of the generator's weights, taken after each of its updates, which
            then fills instead of it; 0: none.
        jit_compile: whether XLA compiles the forward and backward passes.

    Attributes:
        warmed: int64 `tf.Variable`, how many iterations of the run updated the discriminator alone; counted
            by the `Schedule`.
        steering: a `Steering`, or None.
        mean: a `WeightMean` of the generator, or None.

    Raises:
        ValueError: one model guided and the other not, no loss at all, nothing to steer by, or no features.
    """

    def __init__(
        self,
        generator,
        discriminator,
        l1_loss_alpha=1.0,
        gan_loss_alpha=1.0,
        ae_loss=True,
        l1_loss=True,
        known_weight=1.0,
        gan=True,
        optimizer=None,
        jit_compile=False,
        discriminator_optimizer=None,
        gan_gradient_ratio=0.0,
        gan_loss_alpha_max=0.1,
        perceptual_weight=0.0,
        ema=0.0,
    ):
        if generator.guided != discriminator.guided:
            raise ValueError(
                f"generator and discriminator must both be guided or neither, received "
                f"guided={generator.guided} and guided={discriminator.guided}"
            )
        if not gan and not (ae_loss and l1_loss):
            raise ValueError("without gan, both ae_loss and l1_loss are needed: there is nothing to train on")
        if gan_gradient_ratio and not (gan and ae_loss and l1_loss):
            raise ValueError(
                "gan_gradient_ratio needs gan, ae_loss and l1_loss: there is nothing to steer by"
            )
        if perceptual_weight and not (gan and hasattr(discriminator, "features")):
            raise ValueError("perceptual_weight needs the features of a ProjectedDiscriminator")
        self.generator = generator
        self.discriminator = discriminator
        self.l1_loss_alpha = l1_loss_alpha
        self.gan_loss_alpha = gan_loss_alpha
        self.ae_loss = ae_loss
        self.l1_loss = l1_loss
        self.known_weight = known_weight
        self.gan = gan
        self.perceptual_weight = perceptual_weight
        self.strategy = tf.distribute.get_strategy()
        self.optimizer = optimizer or make_optimizer(precision=generator.dtype_policy.name)
        self.discriminator_optimizer = discriminator_optimizer or self.optimizer
        if discriminator_optimizer:
            self.optimizer.build(generator.trainable_variables)
            discriminator_optimizer.build(discriminator.trainable_variables)
        else:
            # Built on all variables at once: applied to either half in turn, it stays one Adam.
            self.optimizer.build(generator.trainable_variables + discriminator.trainable_variables)
        self.warmed = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.steering = None
        if gan_gradient_ratio:
            self.steering = Steering(gan_gradient_ratio, gan_loss_alpha_max, gan_loss_alpha)
        self.mean = WeightMean(generator, ema) if ema else None
        if jit_compile:  # not the whole steps: XLA refuses the optimizers
            self.discriminator_gradients = tf.function(self.discriminator_gradients, jit_compile=True)
            self.generator_gradients = tf.function(self.generator_gradients, jit_compile=True)

    @property
    def filler(self):
        """The generator that fills: the mean of the weights where there is one."""
        return self.mean.model if self.mean else self.generator

    def forward(self, images, masks, sketches=None, generator=None):
        """Fill the holes of complete images.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR.
            masks: [N or 1, H, W, 1], 1 in the hole.
            sketches: [N, H, W, 1], 1 on lines, also outside the hole; needed if guided.
            generator: the one to use, by default that which is trained.

        Returns:
            dict: `incomplete`, `coarse`, `refined`, `completed` [N, H, W, 3] float32 and `offsets`.
        """
        masks = tf.cast(masks, tf.float32)
        incomplete = images * (1 - masks)
        if sketches is not None:
            sketches = tf.cast(sketches, tf.float32) * masks
        coarse, refined, offsets = (generator or self.generator)(incomplete, masks, sketches)
        return {
            "incomplete": incomplete,
            "coarse": coarse,
            "refined": refined,
            "completed": complete(refined, incomplete, masks),
            "offsets": offsets,
        }

    @tf.function(reduce_retracing=True)
    def fill(self, images, masks, sketches=None):
        """The completed images of `forward` by the `filler`, [N, H, W, 3] float32, as a graph of its own."""
        return self.forward(images, masks, sketches, self.filler)["completed"]

    def discriminator_gradients(self, images, masks, sketches=None, completed=None):
        """Losses and (where float16 needs it, scaled) gradients of the discriminator's update.

        Args:
            images, masks, sketches: as in `discriminator_step`.
            completed: the generator's images, if they are known already: it does not run again.
        """
        if completed is None:
            completed = self.forward(images, masks, sketches)["completed"]
        variables = self.discriminator.trainable_variables
        with tf.GradientTape() as tape:
            scores, shares, negative = self.discriminator.judge([images, completed], masks, sketches)
            real, fake = discriminator_hinge(*scores, shares)
            loss = 0.5 * real + 0.5 * fake
            scaled = self._scaled(loss, self.discriminator_optimizer)
        losses = {"d_loss": loss, "d_loss_real": real, "d_loss_fake": fake}
        losses |= {f"score_{name}": mean(found, shares) for name, found in zip(("real", "fake"), scores)}
        losses |= {f"negative_conv{i}": share for i, share in enumerate(negative, start=1)}
        return losses, tape.gradient(scaled, variables)

    def generator_gradients(self, images, masks, sketches=None, before_scores=None):
        """Losses and (where float16 needs it, scaled) gradients of the generator's update.

        Two of the values are mean absolute gradients at the refined result: `g_gradient` of the
        adversarial loss (and the perceptual distance) alone, with its weight `gan_loss_alpha`, and
        `ae_gradient` of the reconstruction loss. `before_scores` is called with the completed images before
        they are scored.
        """
        alpha = self.steering.weight if self.steering else self.gan_loss_alpha
        alpha = tf.convert_to_tensor(alpha, tf.float32)
        variables = self.generator.trainable_variables
        holes = tf.cast(masks, tf.float32)
        weights = self.l1_loss_alpha * (holes + self.known_weight * (1 - holes))
        with tf.GradientTape() as tape:
            result = self.forward(images, masks, sketches)
            if before_scores:
                with tape.stop_recording():
                    before_scores(result["completed"])
            ae_loss = g_loss = tf.constant(0.0)
            if self.l1_loss:
                ae_loss = reconstruction(images, result["coarse"], result["refined"], weights)
            if self.gan:
                # The original scores the real images along with these; nothing depends on it.
                (fake,), shares, _ = self.discriminator.judge([result["completed"]], masks, sketches)
                adversarial = generator_hinge(fake, shares)
                if self.perceptual_weight:
                    distance = self.discriminator.features.distance(images, result["completed"], holes)
                    adversarial += self.perceptual_weight * distance
                g_loss = alpha * adversarial
            if self.ae_loss:
                g_loss += ae_loss
            scaled = self._scaled(g_loss, self.optimizer)
        gradients = tape.gradient(scaled, variables + [result["refined"]])

        at_refined = gradients.pop()
        ae_gradient = tf.zeros_like(at_refined)
        if self.l1_loss:
            ae_gradient = tf.sign(result["refined"] - images) * weights
            ae_gradient /= tf.cast(tf.size(images), tf.float32) * self.strategy.num_replicas_in_sync
        at_refined /= scale_loss(self.optimizer, tf.constant(1.0))
        losses = {
            "g_loss": g_loss,
            "ae_loss": ae_loss,
            "g_gradient": tf.reduce_mean(tf.abs(at_refined - ae_gradient * float(self.ae_loss))),
            "ae_gradient": tf.reduce_mean(tf.abs(ae_gradient)),
        }
        if self.gan:
            losses["gan_loss_alpha"] = alpha
        if self.perceptual_weight:
            losses["perceptual_distance"] = distance
        return losses, gradients

    def _scaled(self, loss, optimizer):
        """What is differentiated: replicas' gradients are summed, so each has its share of the loss."""
        return scale_loss(optimizer, loss / self.strategy.num_replicas_in_sync)

    @tf.function(reduce_retracing=True)
    def discriminator_step(self, images, masks, sketches=None):
        """Update the discriminator on one batch.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR, H and W multiples of 8.
            masks: [N or 1, H, W, 1], 1 in the hole.
            sketches: [N, H, W, 1], 1 on lines; needed if guided.
            With several replicas each argument holds a value for each, as a distributed dataset
            gives them.

        Returns:
            dict of float32 scalars before the update: `d_loss` and its halves `d_loss_real` and
            `d_loss_fake`, the mean scores `score_real` and `score_fake`, each layer's share of negative
            outputs `negative_conv1` and so on, and `d_gradient_norm`, which with several replicas is the
            mean of theirs.
        """
        return self._on_replicas(self._update_discriminator, images, masks, sketches)

    @tf.function(reduce_retracing=True)
    def generator_step(self, images, masks, sketches=None):
        """Update the generator on one batch; arguments as for `discriminator_step`.

        Returns:
            dict of float32 scalars before the update: `g_loss` (adversarial, and reconstruction if
            `ae_loss`), `ae_loss`, `g_gradient`, `ae_gradient`, if `gan` its weight `gan_loss_alpha`, and
            `g_gradient_norm` like `d_gradient_norm`.
        """
        return self._after_generator(self._on_replicas(self._update_generator, images, masks, sketches))

    @tf.function(reduce_retracing=True)
    def shared_step(self, images, masks, sketches=None):
        """Update the discriminator, then the generator, on one batch and from one pass of the generator.

        Arguments as for `discriminator_step`. The generator is updated by scores that the updated
        discriminator gives. Not with `jit_compile`.

        Returns:
            what both other steps return.
        """
        return self._after_generator(self._on_replicas(self._update_both, images, masks, sketches))

    def _after_generator(self, losses):
        with self.strategy.scope():  # callers need not be inside
            if self.steering:
                self.steering.update(losses["g_gradient"], losses["ae_gradient"])
            if self.mean:
                self.mean.update()
        return losses

    def _on_replicas(self, update, *batch):
        """Run an update on each replica's part of a batch; the means of what they return."""
        losses = self.strategy.run(update, args=batch)
        mean = tf.distribute.ReduceOp.MEAN
        return {name: self.strategy.reduce(mean, value, axis=None) for name, value in losses.items()}

    def _update_discriminator(self, *batch):
        losses, gradients = self.discriminator_gradients(*batch)
        norm = self._apply(self.discriminator_optimizer, gradients, self.discriminator)
        return {**losses, "d_gradient_norm": norm}

    def _update_generator(self, *batch):
        losses, gradients = self.generator_gradients(*batch)
        return {**losses, "g_gradient_norm": self._apply(self.optimizer, gradients, self.generator)}

    def _update_both(self, *batch):
        found = {}

        def discriminator_first(completed):
            found.update(self._update_discriminator(*batch, completed))

        return {**self._update_generator(*batch, discriminator_first), **found}

    def _apply(self, optimizer, gradients, model):
        """Update a model's weights; returns the gradients' norm on this replica."""
        norm = tf.linalg.global_norm(gradients) / self._scaled(tf.constant(1.0), optimizer)
        if is_loss_scaled(optimizer) and self.strategy.num_replicas_in_sync > 1:
            gradients = overflow_on_all(gradients)
        apply_gradients(optimizer, gradients, model.trainable_variables)
        return norm
