"""What the trainers of all kinds of network share: models, optimizers, and the updates of an iteration."""

import tensorflow as tf

from inpaint.models.generator import complete
from inpaint.models.optimizer import make_optimizer
from inpaint.models.weight_mean import WeightMean
from inpaint.ops.keras_compat import apply_gradients, is_loss_scaled, scale_loss
from inpaint.training.distribution import overflow_on_all


class BaseTrainer:
    """Owns both models and, as the originals, their **one** Adam, whose step count both updates advance.

    An iteration of the originals is one `discriminator_step` or several, each on a batch of its own, then a
    `generator_step` on another; a `shared_step` makes both updates from one batch. All steps are
    `tf.function`s. What a batch holds, and the losses, are up to the subclass: it defines
    `discriminator_gradients` and `generator_gradients`.

    Made inside a `tf.distribute` strategy's scope, like the models, it trains on all its replicas:
    each works on its part of the batch, and losses and gradients are those of the whole batch.

    Args:
        generator: what `make_generator` returns.
        discriminator: guided like the generator.
        gan: whether there is an adversarial loss; without it only `generator_step` may be called.
        optimizer: what `make_optimizer` returns; by default one that fits the models.
        discriminator_optimizer: another, for the discriminator alone, with a step count of its own; None:
            both models share the one above.
        ema: decay of an exponential mean of the generator's weights, taken after each of its updates, which
            then fills instead of it; 0: none.
        jit_compile: whether XLA compiles the forward and backward passes.
        freeze_encoder_norm: whether a U-Net's encoder normalises as in inference, for fine-tuning.

    Attributes:
        warmed: int64 `tf.Variable`, how many iterations of the run updated the discriminator alone; counted
            by the `Schedule`.
        steering: a `Steering`, or None.
        mean: a `WeightMean` of the generator, or None.

    Raises:
        ValueError: one model guided and the other not, or no normalisation to freeze.
    """

    steering = None

    def __init__(
        self,
        generator,
        discriminator,
        gan=True,
        optimizer=None,
        discriminator_optimizer=None,
        ema=0.0,
        jit_compile=False,
        freeze_encoder_norm=False,
    ):
        if generator.guided != discriminator.guided:
            raise ValueError(
                f"generator and discriminator must both be guided or neither, received "
                f"guided={generator.guided} and guided={discriminator.guided}"
            )
        if freeze_encoder_norm and generator.architecture.stages != 1:
            raise ValueError(f"freeze_encoder_norm is for network pconv_unet, received {generator.network}")
        self.freeze_encoder_norm = freeze_encoder_norm
        if freeze_encoder_norm:
            generator.encoder_norm_frozen = True
        self.generator = generator
        self.discriminator = discriminator
        self.gan = gan
        self.strategy = tf.distribute.get_strategy()
        self.optimizer = optimizer or make_optimizer(
            precision=generator.dtype_policy.name, gan=discriminator.gan
        )
        self.discriminator_optimizer = discriminator_optimizer or self.optimizer
        if discriminator_optimizer:
            self.optimizer.build(generator.trainable_variables)
            discriminator_optimizer.build(discriminator.trainable_variables)
        else:
            # Built on all variables at once: applied to either half in turn, it stays one Adam.
            self.optimizer.build(generator.trainable_variables + discriminator.trainable_variables)
        self.warmed = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.mean = WeightMean(generator, ema) if ema else None
        if jit_compile:  # not the whole steps: XLA refuses the optimizers
            if gan:
                self.discriminator_gradients = tf.function(self.discriminator_gradients, jit_compile=True)
            self.generator_gradients = tf.function(self.generator_gradients, jit_compile=True)

    @property
    def filler(self):
        """The generator that fills: the mean of the weights where there is one."""
        return self.mean.model if self.mean else self.generator

    def inputs_of(self, batch):
        """What `forward` takes of a batch: images, masks and, if guided, sketches."""
        return batch

    def stages_of(self, result):
        """The results that losses compare with the images, of what `forward` returns: one for each stage."""
        return [result["coarse"], result["refined"]][-self.generator.architecture.stages :]

    def forward(self, images, masks, sketches=None, generator=None, training=False):
        """Fill the holes of complete images.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR.
            masks: [N or 1, H, W, 1], 1 in the hole.
            sketches: [N, H, W, 1], 1 on lines, also outside the hole; needed if guided.
            generator: the one to use, by default that which is trained.
            training: whether batch normalisation uses the batch's statistics, as both updates do.

        Returns:
            dict: `incomplete`, `coarse`, `refined`, `completed` [N, H, W, 3] float32 and `offsets`.
        """
        masks = tf.cast(masks, tf.float32)
        incomplete = images * (1 - masks)
        if sketches is not None:
            sketches = tf.cast(sketches, tf.float32) * masks
        generator = generator or self.generator
        coarse, refined, offsets = generator(incomplete, masks, sketches, training=training)
        return {
            "incomplete": incomplete,
            "coarse": coarse,
            "refined": refined,
            "completed": complete(refined, incomplete, masks),
            "offsets": offsets,
        }

    @tf.function(reduce_retracing=True)
    def fill(self, images, masks, sketches=None):
        """The completed images of `forward` by the `filler`, [N, H, W, 3] float32 in [-1, 1], as a graph."""
        completed = self.forward(images, masks, sketches, self.filler)["completed"]
        return tf.clip_by_value(completed, -1.0, 1.0)  # not every network keeps to it

    @tf.function(reduce_retracing=True)
    def discriminator_step(self, *batch):
        """Update the discriminator on one batch.

        Args:
            batch: arguments of `discriminator_gradients`. With several replicas each holds a value for each
                of them, as a distributed dataset gives them.

        Returns:
            dict of float32 scalars before the update: what `discriminator_gradients` returns, and
            `d_gradient_norm`, which with several replicas is the mean of theirs.
        """
        return self._on_replicas(self._update_discriminator, *batch)

    @tf.function(reduce_retracing=True)
    def generator_step(self, *batch):
        """Update the generator on one batch, arguments of `generator_gradients`.

        Returns:
            dict of float32 scalars before the update: what `generator_gradients` returns, and
            `g_gradient_norm` like `d_gradient_norm`.
        """
        return self._after_generator(self._on_replicas(self._update_generator, *batch))

    @tf.function(reduce_retracing=True)
    def shared_step(self, *batch):
        """Update the discriminator, then the generator, on one batch and from one pass of the generator.

        The generator is updated by scores that the updated discriminator gives. Not with `jit_compile`.

        Returns:
            what both other steps return.
        """
        return self._after_generator(self._on_replicas(self._update_both, *batch))

    def _scaled(self, loss, optimizer):
        """What is differentiated: replicas' gradients are summed, so each has its share of the loss."""
        return scale_loss(optimizer, loss / self.strategy.num_replicas_in_sync)

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

    def _update_discriminator(self, *batch, **known):
        losses, gradients = self.discriminator_gradients(*batch, **known)
        norm = self._apply(self.discriminator_optimizer, gradients, self.discriminator)
        return {**losses, "d_gradient_norm": norm}

    def _update_generator(self, *batch, **hook):
        losses, gradients = self.generator_gradients(*batch, **hook)
        return {**losses, "g_gradient_norm": self._apply(self.optimizer, gradients, self.generator)}

    def _update_both(self, *batch):
        found = {}

        def discriminator_first(completed):
            found.update(self._update_discriminator(*batch, completed=completed))

        return {**self._update_generator(*batch, before_scores=discriminator_first), **found}

    def _apply(self, optimizer, gradients, model):
        """Update a model's weights; returns the gradients' norm on this replica."""
        norm = tf.linalg.global_norm(gradients) / self._scaled(tf.constant(1.0), optimizer)
        if is_loss_scaled(optimizer) and self.strategy.num_replicas_in_sync > 1:
            gradients = overflow_on_all(gradients)
        apply_gradients(optimizer, gradients, model.trainable_variables)
        return norm
