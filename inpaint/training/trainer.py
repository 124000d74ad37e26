"""The two updates of a training iteration."""

import tensorflow as tf

from inpaint.models.generator import complete
from inpaint.models.losses import discriminator_hinge, generator_hinge, reconstruction
from inpaint.models.optimizer import make_optimizer
from ops.keras_compat import apply_gradients, is_loss_scaled, scale_loss


class Trainer:
    """Owns both models and their **one** Adam, whose step count both updates advance.

    An iteration of the original is a `discriminator_step` on one batch, then a `generator_step` on
    another, each with masks of its own. Both steps are `tf.function`s.

    Made inside a `tf.distribute` strategy's scope, like the models, it trains on all its replicas:
    each works on its part of the batch, and losses and gradients are those of the whole batch.

    Args:
        generator: a `Generator`.
        discriminator: a `Discriminator`, guided like the generator.
        l1_loss_alpha: weight of the reconstruction loss.
        gan_loss_alpha: weight of the adversarial loss.
        ae_loss: whether the reconstruction loss is part of the generator's loss.
        l1_loss: whether the reconstruction loss is computed; without it `ae_loss` is 0.
        known_weight: weight of a known pixel in the reconstruction loss, where a hole's has 1. The
            original's is 1; less spends the network's effort where it will be seen.
        gan: whether there is an adversarial loss; without it only `generator_step` is of use.
        optimizer: what `make_optimizer` returns; by default one that fits the generator's policy.
        jit_compile: whether XLA compiles the forward and backward passes.

    Raises:
        ValueError: one model guided and the other not, or no loss at all.
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
    ):
        if generator.guided != discriminator.guided:
            raise ValueError(
                f"generator and discriminator must both be guided or neither, received "
                f"guided={generator.guided} and guided={discriminator.guided}"
            )
        if not gan and not (ae_loss and l1_loss):
            raise ValueError("without gan, both ae_loss and l1_loss are needed: there is nothing to train on")
        self.generator = generator
        self.discriminator = discriminator
        self.l1_loss_alpha = l1_loss_alpha
        self.gan_loss_alpha = gan_loss_alpha
        self.ae_loss = ae_loss
        self.l1_loss = l1_loss
        self.known_weight = known_weight
        self.gan = gan
        self.strategy = tf.distribute.get_strategy()
        self.optimizer = optimizer or make_optimizer(precision=generator.dtype_policy.name)
        # Built on all variables at once: applied to either half in turn, it stays one Adam.
        self.optimizer.build(generator.trainable_variables + discriminator.trainable_variables)
        if jit_compile:  # not the whole steps: XLA refuses the optimizers
            self.discriminator_gradients = tf.function(self.discriminator_gradients, jit_compile=True)
            self.generator_gradients = tf.function(self.generator_gradients, jit_compile=True)

    def forward(self, images, masks, sketches=None):
        """Fill the holes of complete images.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR.
            masks: [N or 1, H, W, 1], 1 in the hole.
            sketches: [N, H, W, 1], 1 on lines, also outside the hole; needed if guided.

        Returns:
            dict: `incomplete`, `coarse`, `refined`, `completed` [N, H, W, 3] float32 and `offsets`.
        """
        masks = tf.cast(masks, tf.float32)
        incomplete = images * (1 - masks)
        if sketches is not None:
            sketches = tf.cast(sketches, tf.float32) * masks
        coarse, refined, offsets = self.generator(incomplete, masks, sketches)
        return {
            "incomplete": incomplete,
            "coarse": coarse,
            "refined": refined,
            "completed": complete(refined, incomplete, masks),
            "offsets": offsets,
        }

    @tf.function(reduce_retracing=True)
    def fill(self, images, masks, sketches=None):
        """The completed images of `forward`, [N, H, W, 3] float32, as a graph of its own."""
        return self.forward(images, masks, sketches)["completed"]

    def scores(self, images, masks, sketches=None):
        """One discriminator pass.

        Args:
            images: list of [N, H, W, 3] batches, real or completed.
            masks, sketches: of each of them.

        Returns:
            list of [N, M] float32 scores, one for each batch.
        """
        masks = tf.cast(masks, tf.float32)
        channels = [tf.concat(images, axis=0)]  # [kN, H, W, 3]
        if self.discriminator.with_mask:
            channels.append(_repeated(masks, images))
        if self.discriminator.guided:
            channels.append(_repeated(tf.cast(sketches, tf.float32) * masks, images))
        return tf.split(self.discriminator(tf.concat(channels, axis=-1)), len(images), axis=0)

    def discriminator_gradients(self, images, masks, sketches=None):
        """Losses and (where float16 needs it, scaled) gradients of the discriminator's update."""
        completed = self.forward(images, masks, sketches)["completed"]
        variables = self.discriminator.trainable_variables
        with tf.GradientTape() as tape:
            real, fake = discriminator_hinge(*self.scores([images, completed], masks, sketches))
            loss = 0.5 * real + 0.5 * fake
            scaled = self._scaled(loss)
        losses = {"d_loss": loss, "d_loss_real": real, "d_loss_fake": fake}
        return losses, tape.gradient(scaled, variables)

    def generator_gradients(self, images, masks, sketches=None):
        """Losses and (where float16 needs it, scaled) gradients of the generator's update.

        Two of the values are mean absolute gradients at the refined result: `g_gradient` of the
        adversarial loss alone and `ae_gradient` of the reconstruction loss.
        """
        variables = self.generator.trainable_variables
        holes = tf.cast(masks, tf.float32)
        weights = self.l1_loss_alpha * (holes + self.known_weight * (1 - holes))
        with tf.GradientTape() as tape:
            result = self.forward(images, masks, sketches)
            ae_loss = g_loss = tf.constant(0.0)
            if self.l1_loss:
                ae_loss = reconstruction(images, result["coarse"], result["refined"], weights)
            if self.gan:
                # The original scores the real images along with these; nothing depends on it.
                (fake,) = self.scores([result["completed"]], masks, sketches)
                g_loss = self.gan_loss_alpha * generator_hinge(fake)
            if self.ae_loss:
                g_loss += ae_loss
            scaled = self._scaled(g_loss)
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
        return losses, gradients

    def _scaled(self, loss):
        """What is differentiated: replicas' gradients are summed, so each has its share of the loss."""
        return scale_loss(self.optimizer, loss / self.strategy.num_replicas_in_sync)

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
            `d_loss_fake`, and `d_gradient_norm`, which with several replicas is the mean of theirs.
        """
        return self._step("d", self.discriminator, self.discriminator_gradients, images, masks, sketches)

    @tf.function(reduce_retracing=True)
    def generator_step(self, images, masks, sketches=None):
        """Update the generator on one batch; arguments as for `discriminator_step`.

        Returns:
            dict of float32 scalars before the update: `g_loss` (adversarial, and reconstruction if
            `ae_loss`), `ae_loss`, `g_gradient`, `ae_gradient`, and `g_gradient_norm` like
            `d_gradient_norm`.
        """
        return self._step("g", self.generator, self.generator_gradients, images, masks, sketches)

    def _step(self, letter, model, compute, *batch):
        def update(*batch):
            losses, gradients = compute(*batch)
            scale = self._scaled(tf.constant(1.0))
            losses[f"{letter}_gradient_norm"] = tf.linalg.global_norm(gradients) / scale
            if is_loss_scaled(self.optimizer) and self.strategy.num_replicas_in_sync > 1:
                gradients = _overflow_on_all(gradients)
            apply_gradients(self.optimizer, gradients, model.trainable_variables)
            return losses

        losses = self.strategy.run(update, args=batch)
        mean = tf.distribute.ReduceOp.MEAN
        return {name: self.strategy.reduce(mean, value, axis=None) for name, value in losses.items()}


def _overflow_on_all(gradients):
    """Make a NaN or Inf on one replica one on all, so that all skip the step: Keras 3 asks the first only."""
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(gradient)) for gradient in gradients])
    replica = tf.distribute.get_replica_context()
    overflows = replica.all_reduce(tf.distribute.ReduceOp.SUM, 1.0 - tf.cast(finite, tf.float32))
    return [tf.where(overflows > 0, tf.constant(float("nan"), g.dtype), g) for g in gradients]


def _repeated(x, images):
    """[N or 1, H, W, 1] as it is needed beside `concat(images)`: [kN, H, W, 1] float32."""
    x = tf.broadcast_to(x, tf.concat([tf.shape(images[0])[:3], [1]], axis=0))
    return tf.tile(x, [len(images), 1, 1, 1])
