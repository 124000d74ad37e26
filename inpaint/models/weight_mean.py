"""The exponential mean of a model's weights."""

import tensorflow as tf

from inpaint.ops.keras_compat import tf_variable


class WeightMean:
    """The exponential mean of a model's weights, which swings less than they do.

    Batch normalisation's moving means and variances are averaged like the weights that they belong to.

    Args:
        model: what `make_generator` returns.
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
        """Start from the current weights."""
        for mean, weight in self._pairs:
            mean.assign(weight)

    def update(self):
        """Include the current weights; call it after each update, in the scope of the models' strategy."""
        extended = tf.distribute.get_strategy().extended
        for mean, weight in self._pairs:
            extended.update(mean, self._follow, args=(weight,))

    def _follow(self, mean, weight):
        mean.assign_add((1 - self.decay) * (weight - mean))
