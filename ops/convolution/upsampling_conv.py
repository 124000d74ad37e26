"""Convolution of an enlarged map."""

import tensorflow as tf

from inpaint.ops.convolution.padded_conv import PaddedConv
from inpaint.ops.convolution.subpixels import interleave, subpixel_kernel
from inpaint.ops.pieces import window_of


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class UpsamplingConv(PaddedConv):
    """Nearest-neighbour enlargement by two, then a 3x3 convolution.

    The enlarged map is never built: as its pixels repeat, four 2x2 convolutions of the small map give
    the same result with less than half the multiplications.

    Args:
        filters: number of output channels.
        kernel_size, strides, dilation_rate: 3, 1 and 1, of the convolution.
        padding, activation: as in `PaddedConv`.

    Input: [N, H, W, C]. Output: [N, 2H, 2W, filters], in the policy's compute dtype.

    Raises:
        ValueError: another `kernel_size`, `strides` or `dilation_rate`, or what `PaddedConv` raises.
    """

    def __init__(self, filters, kernel_size=3, strides=1, padding="same", **kwargs):
        super().__init__(filters, kernel_size, strides, padding, **kwargs)
        for name, only in (("kernel_size", 3), ("strides", 1), ("dilation_rate", 1)):
            if getattr(self, name) != only:
                raise ValueError(f"{name} must be {only}, received {getattr(self, name)}")

    def with_borders(self, inputs):
        x = tf.cast(inputs, self.compute_dtype)
        return tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], self._border), "VALID"

    def apply_bordered(self, x, border="VALID", **options):
        """[N, H + 2, W + 2, C] with its borders -> [N, 2H, 2W, output_channels]."""
        return interleave(super().apply_bordered(x, border, **options))  # of [N, H+1, W+1, 4 * channels]

    def convolve(self, x, kernel, bias, border):
        """[N, H + 2, W + 2, C] -> [N, H+1, W+1, 4 * F] by a 3x3 kernel [.., F], group by group."""
        groups = kernel.shape[-1] // self.output_channels  # of a gated convolution: features, then gates
        kernel = subpixel_kernel(tf.convert_to_tensor(kernel), groups)
        bias = tf.reshape(tf.tile(tf.reshape(bias, [groups, 1, -1]), [1, 4, 1]), [-1])
        return super().convolve(x, kernel, bias, border)

    def piece(self, piece, window):
        """As `PaddedConv.piece`, but the window grows to even positions."""
        even = window_of(window[:2] // 2, -(-window[2:] // 2)) * 2
        return super().piece(piece, window)._replace(window=even)

    def input_window(self, window):
        return window_of(window[:2] // 2 - 1, -(-window[2:] // 2) + 1)

    def output_size(self, size):
        return 2 * size

    @property
    def _border(self):
        # One pixel beyond the enlarged border lies, mirrored with or without the border itself,
        # the border's own small pixel.
        return "CONSTANT" if super()._border == "CONSTANT" else "SYMMETRIC"

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        enlarged = (None if side is None else 2 * side for side in (height, width))
        return super().compute_output_shape((batch, *enlarged, channels))
