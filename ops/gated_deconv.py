"""Gated convolution on an enlarged map."""

import tensorflow as tf

from ops.gated_conv import GatedConv
from ops.nearest import enlarge_twice


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class GatedDeconv(GatedConv):
    """Nearest-neighbour enlargement by two, then a 3x3 gated convolution.

    Args:
        filters: even number of channels the convolution makes, features and gates together.
        padding, activation: as in `GatedConv`.

    Input: [N, H, W, C]. Output: [N, 2H, 2W, filters / 2], in the policy's compute dtype.

    Raises:
        ValueError: what `GatedConv` raises.
    """

    def __init__(self, filters, kernel_size=3, **kwargs):
        super().__init__(filters, kernel_size, **kwargs)

    def call(self, inputs):
        return super().call(enlarge_twice(tf.cast(inputs, self.compute_dtype)))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        enlarged = (None if side is None else 2 * side for side in (height, width))
        return super().compute_output_shape((batch, *enlarged, channels))
