"""Partial convolution of a map that carries its mask as a last channel.

With the mask inside of the map, a network of partial convolutions is a chain of layers like any other, and
can be computed in windows, too: beyond the edges, zeros are unknown.
"""

import functools

import tensorflow as tf

from inpaint.ops.convolution.padded_conv import PaddedConv
from inpaint.ops.nearest import enlarge_nearest
from inpaint.ops.partial.partial_conv import partial_convolution
from inpaint.ops.pieces import Piece, window_of


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class PackedPartialConv(PaddedConv):
    """`PartialConv` for a map and its mask in one tensor.

    Args:
        filters, kernel_size, strides, dilation_rate, activation: as in `PaddedConv`.
        padding: `"same"`.
        return_mask: Whether the output carries the new mask as its last channel.

    Input: [N, H, W, C + 1] for a layer that was built for C channels, the last channel 1 where the map is
    known and 0 elsewhere; or [N, H, W, C], known everywhere. Output: [N, ceil(H / strides),
    ceil(W / strides), filters], or one channel more, in the dtype policy's compute dtype.

    Raises:
        ValueError: another padding, or what `PaddedConv` raises.
    """

    def __init__(self, filters, kernel_size, strides=1, padding="same", *, return_mask=True, **kwargs):
        super().__init__(filters, kernel_size, strides, padding, **kwargs)
        if self.padding != "same":
            raise ValueError(f'padding of a partial convolution must be "same", received {padding!r}')
        self.return_mask = return_mask

    def with_borders(self, inputs):
        return super().with_borders(self._packed(inputs))

    def apply_bordered(self, x, border="VALID"):
        y, known = self._partial(x, border)
        y = self.activation(y)
        return tf.concat([y, tf.cast(known, y.dtype)], axis=-1) if self.return_mask else y

    def known(self, inputs):
        """The mask alone after this layer: float32 [N, h, w, 1], arguments as in the call."""
        return self._partial(*self.with_borders(inputs))[1]

    def piece(self, piece, window):
        return super().piece(piece._replace(values=self._packed(piece.values)), window)

    def _partial(self, x, border):
        """(output without its activation, mask) of a packed map that has its borders."""
        convolution = functools.partial(self.convolve, bias=None, border=border)
        return partial_convolution(convolution, x[..., :-1], x[..., -1:], self.kernel, self.bias)

    def _packed(self, x):
        """[N, H, W, C] or [N, H, W, C + 1] -> [N, H, W, C + 1]."""
        if x.shape[-1] == self.kernel.shape[2]:
            return tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, 1]], constant_values=1)
        return x

    def compute_output_shape(self, input_shape):
        *shape, channels = super().compute_output_shape(input_shape)
        return (*shape, channels + self.return_mask)

    def get_config(self):
        return {**super().get_config(), "return_mask": self.return_mask}


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class PackedPartialUpsamplingConv(PackedPartialConv):
    """Nearest-neighbour enlargement by two of a map and its mask, then a `PackedPartialConv` of stride 1.

    Input: as `PackedPartialConv`. Output: [N, 2H, 2W, filters], or one channel more.

    Raises:
        ValueError: other `strides` than 1, or what `PackedPartialConv` raises.
    """

    def __init__(self, filters, kernel_size=3, strides=1, padding="same", **kwargs):
        super().__init__(filters, kernel_size, strides, padding, **kwargs)
        if strides != 1:
            raise ValueError(f"strides must be 1, received {strides}")

    def with_borders(self, inputs):
        return super().with_borders(enlarge_nearest(inputs))

    def piece(self, piece, window):
        values = enlarge_nearest(self._packed(piece.values))
        piece = Piece(values, 2 * piece.window, 2 * piece.size)
        x = tf.cast(piece.bordered(super().input_window(window), "CONSTANT"), self.compute_dtype)
        return Piece(self.apply_bordered(x), window, piece.size)

    def input_window(self, window):
        window = super().input_window(window)
        return window_of(window[:2] // 2, -(-window[2:] // 2))

    def output_size(self, size):
        return 2 * size

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        enlarged = (None if side is None else 2 * side for side in (height, width))
        return super().compute_output_shape((batch, *enlarged, channels))
