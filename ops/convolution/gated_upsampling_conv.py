"""Gated convolution of an enlarged map."""

import tensorflow as tf

from inpaint.ops.convolution.gated_conv import GatedConv
from inpaint.ops.convolution.subpixels import interleave
from inpaint.ops.convolution.upsampling_conv import UpsamplingConv


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class GatedUpsamplingConv(UpsamplingConv, GatedConv):
    """Nearest-neighbour enlargement by two, then a 3x3 gated convolution; computed as `UpsamplingConv`.

    Args:
        filters: even number of channels, features and gates together.
        kernel_size, strides, dilation_rate: 3, 1 and 1, of the convolution.
        padding, activation: as in `GatedConv`.

    Call arguments:
        inputs, training: as for `GatedConv`.

    Input: [N, H, W, C]. Output: [N, 2H, 2W, filters / 2], in the policy's compute dtype.

    Raises:
        ValueError: what `UpsamplingConv` or `GatedConv` raise.
    """

    def gates(self, inputs):
        return interleave(super().gates(inputs))
