"""Gated convolution of an enlarged map."""

import tensorflow as tf

from inpaint.ops.convolution.gated_conv import GatedConv
from inpaint.ops.convolution.padded_deconv import PaddedDeconv
from inpaint.ops.convolution.subpixels import interleave


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class GatedDeconv(PaddedDeconv, GatedConv):
    """Nearest-neighbour enlargement by two, then a 3x3 gated convolution; computed as `PaddedDeconv`.

    Args:
        filters: even number of channels, features and gates together.
        kernel_size: 3.
        padding, activation: as in `GatedConv`.

    Input: [N, H, W, C]. Output: [N, 2H, 2W, filters / 2], in the policy's compute dtype.

    Raises:
        ValueError: another `kernel_size`, or what `GatedConv` raises.
    """

    def gates(self, inputs):
        return interleave(super().gates(inputs))
