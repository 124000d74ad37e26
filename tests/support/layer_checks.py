"""What every layer of the project must pass."""

import numpy as np
import tensorflow as tf


def check_config(layer, *inputs):
    """A layer made again from its config, with the same weights, gives the same result."""
    layer(*inputs)
    weights = layer.get_weights()
    expected = layer(*inputs)

    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    twin(*inputs)
    twin.set_weights(weights)
    for mine, theirs in zip(tf.nest.flatten(twin(*inputs)), tf.nest.flatten(expected)):
        np.testing.assert_array_equal(mine, theirs)
