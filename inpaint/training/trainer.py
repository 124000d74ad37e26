"""The two updates of a training iteration, whatever the recipe."""

import tensorflow as tf

from inpaint.models.optimizer import make_optimizer
from inpaint.models.weight_mean import WeightMean
from inpaint.ops.keras_compat import apply_gradients, is_loss_scaled, scale_loss
from inpaint.training.adaptive_weight import AdaptiveWeight
from inpaint.training.distribution import overflow_on_all
from inpaint.training.filled import Filled


class Trainer:
    """Owns both models and, as the originals, their **one** Adam, whose step count both updates advance.

    An iteration of the originals is one `discriminator_step` or several, each on a batch of its own, then a
    `generator_step` on another; a `shared_step` makes both updates from one batch. All steps are
    `tf.function`s and take a batch as `training_batches` gives it: a dict of `image`, `mask` and what else
    the recipe needs. The losses are the recipe's.

    Made inside a `tf.distribute` strategy's scope, like the models, it trains on all its replicas:
    each works on its part of the batch, and losses and gradients are those of the whole batch.

    Args:
        generator: what `make_generator` returns.
        recipe: a `Recipe`, whose discriminator is guided like the generator.
        optimizer: what `make_optimizer` returns; by default one that fits the models.
        discriminator_optimizer: another, for the discriminator alone, with a step count of its own; None:
            both models share the one above.
        ema: decay of an exponential mean of the generator's weights, taken after each of its updates, which
            then fills instead of it; 0: none.
        jit_compile: whether XLA compiles the forward and backward passes.

    Attributes:
        discriminator: the recipe's, or None.
        warmed: int64 `tf.Variable`, how many iterations of the run updated the discriminator alone; counted
            by the `Schedule`.
        adaptive_weight: an `AdaptiveWeight` of the adversarial loss, or None.
        mean: a `WeightMean` of the generator, or None.

    Raises:
        ValueError: the generator is not one that the recipe can train.
    """

    def __init__(
        self, generator, recipe, optimizer=None, discriminator_optimizer=None, ema=0.0, jit_compile=False
    ):
        recipe.check(generator)
        self.generator = generator
        self.recipe = recipe
        self.discriminator = recipe.discriminator
        self.strategy = tf.distribute.get_strategy()
        self.optimizer = optimizer or make_optimizer(
            precision=generator.dtype_policy.name, beta_2=recipe.options.BETA_2
        )
        self.discriminator_optimizer = discriminator_optimizer or self.optimizer
        judged = self.discriminator.trainable_variables if self.discriminator else []
        if discriminator_optimizer:
            self.optimizer.build(generator.trainable_variables)
            discriminator_optimizer.build(judged)
        else:
            # Built on all variables at once: applied to either half in turn, it stays one Adam.
            self.optimizer.build(generator.trainable_variables + judged)
        self.warmed = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.mean = WeightMean(generator, ema) if ema else None
        self.adaptive_weight = None
        if self.discriminator and recipe.options.gan_gradient_ratio:
            options = recipe.options
            self.adaptive_weight = AdaptiveWeight(options.gan_gradient_ratio, options.gan_loss_alpha)
        if jit_compile:  # not the whole steps: XLA refuses the optimizers
            self.discriminator_gradients = tf.function(self.discriminator_gradients, jit_compile=True)
            self.generator_gradients = tf.function(self.generator_gradients, jit_compile=True)

    @property
    def filler(self):
        """The generator that fills: the mean of the weights where there is one."""
        return self.mean.model if self.mean else self.generator

    def forward(self, batch, generator=None, training=False):
        """Fill the holes of complete images.

        Args:
            batch: dict of `image` [N, H, W, 3] float32 in [-1, 1], BGR; `mask` [N or 1, H, W, 1], 1 in the
                hole; if guided, `sketch` [N, H, W, 1], 1 on lines, also outside the hole.
            generator: the one to use, by default that which is trained.
            training: whether batch normalisation uses the batch's statistics, as both updates do.

        Returns:
            A `Filled`.
        """
        mask = tf.cast(batch["mask"], tf.float32)
        incomplete, sketch = batch["image"] * (1 - mask), batch.get("sketch")
        if sketch is not None:
            sketch = tf.cast(sketch, tf.float32) * mask
        generator = generator or self.generator
        # A call, not `forward`, so that Keras tells the layers that this is training.
        result = generator(incomplete, mask, sketch, training=training)
        stages = tuple(result[name] for name in ("coarse", "refined") if name in result)
        return Filled(incomplete, mask, self.recipe.stages(stages), result.get("offsets"))

    @tf.function(reduce_retracing=True)
    def fill(self, batch):
        """The completed images of `forward` by the `filler`, [N, H, W, 3] float32 in [-1, 1], as a graph."""
        completed = self.forward(batch, self.filler).completed
        return tf.clip_by_value(completed, -1.0, 1.0)  # not every network keeps to it

    @tf.function(reduce_retracing=True)
    def discriminator_step(self, batch):
        """Update the discriminator on one batch.

        Args:
            batch: dict of tensors. With several replicas each holds a value for each of them, as a
                distributed dataset gives them.

        Returns:
            dict of float32 scalars before the update: what `discriminator_gradients` returns, and
            `d_gradient_norm`, which with several replicas is the mean of theirs.
        """
        return self._on_replicas(self._update_discriminator, batch)

    @tf.function(reduce_retracing=True)
    def generator_step(self, batch):
        """Update the generator on one batch.

        Returns:
            dict of float32 scalars before the update: what `generator_gradients` returns, and
            `g_gradient_norm` like `d_gradient_norm`.
        """
        return self._after_generator(self._on_replicas(self._update_generator, batch))

    @tf.function(reduce_retracing=True)
    def shared_step(self, batch):
        """Update the discriminator, then the generator, on one batch and from one pass of the generator.

        The generator is updated by scores that the updated discriminator gives. Not with `jit_compile`.

        Returns:
            what both other steps return.
        """
        return self._after_generator(self._on_replicas(self._update_both, batch))

    def discriminator_gradients(self, batch, completed=None):
        """Losses and gradients of the discriminator's update.

        Args:
            batch: dict of tensors.
            completed: the generator's images, if they are known already: it does not run again.

        Returns:
            (dict of float32 scalars: `d_loss`, and the recipe's terms by name; gradients, scaled where
            float16 needs it).
        """
        if completed is None:
            completed = self.forward(batch, training=True).completed
        with tf.GradientTape() as tape:
            terms = self.recipe.discriminator_terms(batch, completed)
            loss = self._sum(terms)
            scaled = self._scaled(loss, self.discriminator_optimizer)
        losses = {"d_loss": loss, **{term.name: term.value for term in terms}}
        return losses, tape.gradient(scaled, self.discriminator.trainable_variables)

    def generator_gradients(self, batch, on_completed=None):
        """Losses and gradients of the generator's update.

        Args:
            batch: dict of tensors.
            on_completed: called with the completed images before the losses are computed, or None.

        Returns:
            (dict of float32 scalars: `g_loss`, and the recipe's terms by name; with a discriminator also
            `gan_loss_alpha`, the weight of the adversarial terms, and two mean absolute gradients at the last
            stage: `g_gradient` of the weighted adversarial terms as they act, and `ae_gradient` of all others
            before the recipe filters them; gradients, scaled where float16 needs it).
        """
        with tf.GradientTape() as network:
            result = self.forward(batch, training=True)
        if on_completed:
            on_completed(result.completed)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(result.stages)
            terms = self.recipe.generator_terms(batch, result)
            adversarial = [term for term in terms if term.adversarial]
            weight = self._adversarial_weight() if adversarial else 0.0
            plain_loss = self._sum(term for term in terms if not term.adversarial)
            gan_loss = weight * self._sum(adversarial)
            scaled = [self._scaled(loss, self.optimizer) for loss in (plain_loss, gan_loss)]
        losses = {"g_loss": plain_loss + gan_loss, **{term.name: term.value for term in terms}}
        # Each part's gradient at the results first, where it is measured, then back through the network.
        zero = tf.UnconnectedGradients.ZERO
        plain, gan = (tape.gradient(loss, result.stages, unconnected_gradients=zero) for loss in scaled)
        *before, last = plain
        if adversarial:
            g_gradient, ae_gradient = self.recipe.filter_gradients(gan[-1], last, result.mask)
            scale = scale_loss(self.optimizer, tf.constant(1.0))
            losses["gan_loss_alpha"] = weight
            losses["g_gradient"] = tf.reduce_mean(tf.abs(g_gradient)) / scale
            losses["ae_gradient"] = tf.reduce_mean(tf.abs(last)) / scale
            last = g_gradient + ae_gradient
        variables = self.generator.trainable_variables
        gradients = network.gradient(result.stages, variables, output_gradients=[*before, last])
        # A refinement network has none while the coarse one is trained alone; Keras' variables cannot be
        # `unconnected_gradients` in a graph.
        gradients = [tf.zeros(v.shape) if g is None else g for g, v in zip(gradients, variables)]
        return losses, gradients

    def _adversarial_weight(self):
        weight = self.adaptive_weight.weight if self.adaptive_weight else self.recipe.options.gan_loss_alpha
        return tf.convert_to_tensor(weight, tf.float32)

    @staticmethod
    def _sum(terms):
        """The weighted sum of terms, a float32 scalar."""
        parts = [term.weight * term.value for term in terms if term.weight]
        return tf.add_n(parts) if parts else tf.constant(0.0)

    def _scaled(self, loss, optimizer):
        """What is differentiated: replicas' gradients are summed, so each has its share of the loss."""
        return scale_loss(optimizer, loss / self.strategy.num_replicas_in_sync)

    def _after_generator(self, losses):
        with self.strategy.scope():  # callers need not be inside
            if self.adaptive_weight:
                self.adaptive_weight.update(losses["g_gradient"], losses["ae_gradient"])
            if self.mean:
                self.mean.update()
        return losses

    def _on_replicas(self, update, batch):
        """Run an update on each replica's part of a batch; the means of what they return."""
        losses = self.strategy.run(update, args=(batch,))
        mean = tf.distribute.ReduceOp.MEAN
        return {name: self.strategy.reduce(mean, value, axis=None) for name, value in losses.items()}

    def _update_discriminator(self, batch, **known):
        losses, gradients = self.discriminator_gradients(batch, **known)
        norm = self._apply(self.discriminator_optimizer, gradients, self.discriminator)
        return {**losses, "d_gradient_norm": norm}

    def _update_generator(self, batch, **hook):
        losses, gradients = self.generator_gradients(batch, **hook)
        return {**losses, "g_gradient_norm": self._apply(self.optimizer, gradients, self.generator)}

    def _update_both(self, batch):
        found = {}

        def discriminator_first(completed):
            found.update(self._update_discriminator(batch, completed=completed))

        return {**self._update_generator(batch, on_completed=discriminator_first), **found}

    def _apply(self, optimizer, gradients, model):
        """Update a model's weights; returns the gradients' norm on this replica."""
        norm = tf.linalg.global_norm(gradients) / self._scaled(tf.constant(1.0), optimizer)
        if is_loss_scaled(optimizer) and self.strategy.num_replicas_in_sync > 1:
            gradients = overflow_on_all(gradients)
        apply_gradients(optimizer, gradients, model.trainable_variables)
        return norm
