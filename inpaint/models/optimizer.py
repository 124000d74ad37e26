"""The Adam that both models share by default, and the exponential mean of the weights that it finds."""

import tensorflow as tf

from ops.keras_compat import loss_scaled, tf_variable


def make_optimizer(learning_rate=1e-4, precision="float32"):
    """The original's Adam: beta_1 0.5, beta_2 0.999, epsilon 1e-8.

    Args:
        learning_rate: step size.
        precision: dtype policy of the models; `"mixed_float16"` adds dynamic loss scaling.
    """
    adam = tf.keras.optimizers.Adam(learning_rate, beta_1=0.5, beta_2=0.999, epsilon=1e-8)
    return loss_scaled(adam) if precision == "mixed_float16" else adam


def learning_rate(optimizer):
    """The step size of what `make_optimizer` returns, a float."""
    adam = getattr(optimizer, "inner_optimizer", optimizer)
    return float(tf.convert_to_tensor(adam.learning_rate))


class WeightMean:
    """The exponential mean of a model's weights, which swings less than they do.

    Args:
        model: a `Generator`.
        decay: the share of the old mean in the new one, `mean = decay * mean + (1 - decay) * weight`.

    Attributes:
        model: another model like it, whose weights are the mean.
        decay: the argument.
    """

    def __init__(self, model, decay):
        self.decay = decay
        self.model = type(model).from_config(model.get_config())
        named, means = model.named_weights(), self.model.named_weights()
        self._pairs = [(tf_variable(means[name]), tf_variable(weight)) for name, weight in named.items()]
        self.start()

    def start(self):
        """Begin with the weights as they are."""
        for mean, weight in self._pairs:
            mean.assign(weight)

    def update(self):
        """Take the weights in, after an update of theirs. Within the scope of the models' strategy."""
        extended = tf.distribute.get_strategy().extended
        for mean, weight in self._pairs:
            extended.update(mean, self._follow, args=(weight,))

    def _follow(self, mean, weight):
        mean.assign_add((1 - self.decay) * (weight - mean))
