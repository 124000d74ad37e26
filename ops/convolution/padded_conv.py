"""The convolution that all layers of the generator are built on."""

import tensorflow as tf

from inpaint.ops.convolution.dilated_conv import dilated_conv
from inpaint.ops.keras_compat import add_float32_weight
from inpaint.ops.pieces import Piece, window_of

PADDINGS = ("same", "symmetric", "reflect", "centred")


def check_convolution(filters, kernel_size, strides, dilation_rate):
    """Raise ValueError, naming the argument and the value, for what no convolution here takes."""
    for name, value in (("filters", filters), ("strides", strides), ("dilation_rate", dilation_rate)):
        if value < 1:
            raise ValueError(f"{name} must be positive, received {value}")
    if kernel_size < 1 or kernel_size % 2 == 0:
        raise ValueError(f"kernel_size must be odd and positive, received {kernel_size}")
    if strides > 1 and dilation_rate > 1:
        raise ValueError(
            f"strides and dilation_rate cannot both exceed 1, received {strides} and {dilation_rate}"
        )


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class PaddedConv(tf.keras.layers.Layer):
    """2-D convolution that keeps the size (divided by the stride), with a choice of borders.

    `"same"` is TensorFlow's zero padding, asymmetric where the stride is 2. The others first pad by
    `dilation_rate * (kernel_size - 1) // 2` on every side, then convolve without padding: `"symmetric"` and
    `"reflect"` mirror, `"centred"` pads with zeros, as PyTorch does.

    Args:
        filters: number of output channels.
        kernel_size: odd side of the square kernel.
        strides: step in both directions.
        padding: `"same"`, `"symmetric"`, `"reflect"` or `"centred"`, in upper or lower case.
        dilation_rate: spacing of the kernel's taps; 1 if `strides` is above 1.
        activation: Keras activation of the output. Default: none.

    Input: [N, H, W, C]. Output: [N, ceil(H / strides), ceil(W / strides), filters], in the dtype
    policy's compute dtype.

    Raises:
        ValueError: an argument out of its range, naming the argument and the value.
    """

    def __init__(
        self, filters, kernel_size, strides=1, padding="same", *, dilation_rate=1, activation=None, **kwargs
    ):
        super().__init__(**kwargs)
        check_convolution(filters, kernel_size, strides, dilation_rate)
        if padding.lower() not in PADDINGS:
            raise ValueError(f"padding must be one of {PADDINGS}, received {padding!r}")
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.padding = padding.lower()
        self.dilation_rate = dilation_rate
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (self.kernel_size, self.kernel_size, input_shape[-1], self.filters)
        self.kernel = add_float32_weight(self, "kernel", shape, "glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        self.built = True

    def call(self, inputs):
        return self.apply_bordered(*self.with_borders(inputs))

    def with_borders(self, inputs):
        """(the input in the compute dtype, padded if need be; the `border` that a convolution takes then)."""
        x = tf.cast(inputs, self.compute_dtype)
        if self.padding == "same" or (self.padding == "centred" and self.strides == 1):
            return x, "SAME"
        margin = self._reach // 2
        return tf.pad(x, [[0, 0], [margin, margin], [margin, margin], [0, 0]], self._border), "VALID"

    def apply_bordered(self, x, border="VALID"):
        """The layer applied to an input that already has its borders and the compute dtype."""
        return self.activation(self.convolve(x, self.kernel, self.bias, border))

    def convolve(self, x, kernel, bias, border):
        """The convolution alone, with a kernel and a bias, which may be None."""
        kernel = tf.cast(kernel, x.dtype)
        if self.dilation_rate > 1:
            y = dilated_conv(x, kernel, self.dilation_rate, border)
        else:
            y = tf.nn.conv2d(x, kernel, self.strides, border)
        return y if bias is None else tf.nn.bias_add(y, tf.cast(bias, x.dtype))

    def piece(self, piece, window):
        """Compute the layer only for a window of its output.

        Args:
            piece: `Piece` of the input, with all of `input_window(window)` that lies within the map. With
                strides of 2 the map's sides are even.
            window: of the output.

        Returns:
            `Piece` of the output: the window.
        """
        x = tf.cast(piece.bordered(self.input_window(window), self._border), self.compute_dtype)
        return Piece(self.apply_bordered(x), window, self.output_size(piece.size))

    def input_window(self, window):
        """The window of the input that a window of the output depends on; it may reach over the edges."""
        # TensorFlow pads the end first: with a stride of 2, the beginning gets one zero less.
        before = self._reach - (self.strides - 1 if self.padding == "same" else 0)
        before = max(before, 0) // 2
        first = window[:2] * self.strides - before
        last = (window[2:] - 1) * self.strides - before + self._reach
        return window_of(first, last + 1)

    def output_size(self, size):
        """(height, width) of the output for an input of a size, int32 [2]."""
        return -(-size // self.strides)

    @property
    def _border(self):
        """What lies beyond the edges, a mode of `tf.pad`."""
        return "CONSTANT" if self.padding in ("same", "centred") else self.padding

    @property
    def _reach(self):
        """Distance from the kernel's first tap to its last."""
        return self.dilation_rate * (self.kernel_size - 1)

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        size = (None if side is None else -(-side // self.strides) for side in (height, width))
        return (batch, *size, self.output_channels)

    @property
    def output_channels(self):
        """Number of channels of the output."""
        return self.filters

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "activation": tf.keras.activations.serialize(self.activation),
        }
