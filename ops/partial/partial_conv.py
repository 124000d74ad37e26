"""Partial convolution (Liu et al., ECCV 2018, section 3.1)."""

import tensorflow as tf

from inpaint.ops.convolution.dilated_conv import dilated_conv
from inpaint.ops.convolution.padded_conv import check_convolution
from inpaint.ops.keras_compat import add_float32_weight

PADDINGS = ("same", "centred")
_EPSILON = 1e-8  # beside sums of a mask, which are 0 or at least 1


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class PartialConv(tf.keras.layers.Layer):
    """Convolution that uses known positions only, and tells which positions are known after it.

    With `seen` the sum of the mask in a window, everything outside of the map unknown, and `full` that of a
    window of ones, the output is `conv(x * known) * full / seen + bias`, or 0 where nothing is seen
    (equation 1); a position is known afterwards if anything was seen (equation 2). No gradient flows through
    the mask.

    **The mask is 1 where the image is known**, as in the paper: the opposite of an image's mask.

    Args:
        filters: number of output channels.
        kernel_size: odd side of the square kernel.
        strides: step in both directions.
        padding: `"same"`, TensorFlow's, or `"centred"`, the authors': on every side
            `dilation_rate * (kernel_size - 1) / 2` zeros. They differ where `strides` is above 1.
        dilation_rate: spacing of the kernel's taps; 1 if `strides` is above 1.
        activation: Keras activation of the output. Default: none.
        use_bias: Whether the layer has a bias.
        kernel_initializer: Keras initializer of the kernel.

    Call arguments:
        inputs: [N, H, W, C], or a list of several maps, which are joined along the channels.
        known: [N or 1, H, W, 1], or [N or 1, H, W, C] with a mask for each channel, of 0 and 1; for a list of
            maps, a list with one of these for each, all of one batch size.

    Returns:
        [N, ceil(H / strides), ceil(W / strides), filters] in the dtype policy's compute dtype, and the new
        mask, [N or 1, ceil(H / strides), ceil(W / strides), 1] float32.

    Raises:
        ValueError: an argument out of its range, naming the argument and the value.

    Example:
        >>> y, known = PartialConv(24, 5)(tf.zeros([1, 8, 8, 3]), tf.ones([1, 8, 8, 1]))
        >>> y.shape, known.shape
        (TensorShape([1, 8, 8, 24]), TensorShape([1, 8, 8, 1]))
    """

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="same",
        *,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        **kwargs,
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
        self.use_bias = use_bias
        self.kernel_initializer = tf.keras.initializers.get(kernel_initializer)

    def build(self, inputs_shape, known_shape=None):
        channels = sum(shape[-1] for shape in _each(inputs_shape))
        shape = (self.kernel_size, self.kernel_size, channels, self.filters)
        self.kernel = add_float32_weight(self, "kernel", shape, self.kernel_initializer)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        self.built = True

    def call(self, inputs, known):
        x = tf.nest.map_structure(lambda x: tf.cast(x, self.compute_dtype), inputs)
        y, known_after = partial_convolution(self._convolved, x, known, self.kernel, self.bias)
        return self.activation(y), known_after

    def _convolved(self, x, kernel):
        border = "SAME"
        if self.padding == "centred":
            margin = self.dilation_rate * (self.kernel_size - 1) // 2
            x, border = tf.pad(x, [[0, 0], [margin, margin], [margin, margin], [0, 0]]), "VALID"
        if self.dilation_rate > 1:
            return dilated_conv(x, kernel, self.dilation_rate, border)
        return tf.nn.conv2d(x, kernel, self.strides, border)

    def compute_output_shape(self, inputs_shape, known_shape):
        (count, *size, _), (masks, *_) = _each(inputs_shape)[0], _each(known_shape)[0]
        size = [None if side is None else -(-side // self.strides) for side in size]
        return (count, *size, self.filters), (masks, *size, 1)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "activation": tf.keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": tf.keras.initializers.serialize(self.kernel_initializer),
        }


def partial_convolution(convolution, x, known, kernel, bias):
    """A partial convolution without its activation; arguments and results in the terms of `PartialConv`.

    Args:
        convolution: computes the convolution of [N, H, W, c] with a kernel [k, k, c, f], both of one dtype.
        x: [N, H, W, C] in the compute dtype, or a list of several, which are joined along the channels.
        known: [N or 1, H, W, 1 or C], or a list of one for each map.
        kernel: [k, k, C, filters].
        bias: [filters], or None.

    Returns:
        (y in the compute dtype, the new mask in float32).
    """
    if not isinstance(x, (list, tuple)):
        x, known = [x], [known]
    # Half precision cannot count a window's channels.
    known = [tf.stop_gradient(tf.cast(mask, tf.float32)) for mask in known]
    counts = tf.tile(_channels_of_masks(x, known), [*kernel.shape[:2], 1, 1])  # [k, k, masks' channels, 1]
    seen = convolution(tf.concat(known, axis=-1), counts)  # [N or 1, h, w, 1]
    known_after = tf.clip_by_value(seen, 0.0, 1.0)
    scale = tf.reduce_sum(counts) / (seen + _EPSILON) * tf.cast(seen > 0, tf.float32)
    x = tf.concat([values * tf.cast(mask, values.dtype) for values, mask in zip(x, known)], axis=-1)
    y = convolution(x, tf.cast(kernel, x.dtype)) * tf.cast(scale, x.dtype)
    if bias is not None:
        y = tf.nn.bias_add(y, tf.cast(bias, x.dtype))
    return y * tf.cast(known_after, x.dtype), known_after


def _channels_of_masks(x, known):
    """How many channels of the maps each channel of their masks stands for: float32 [1, 1, channels, 1]."""
    if len(x) == 1:  # all alike, so that ones do
        return tf.ones([1, 1, known[0].shape[-1], 1])
    counts = []
    for values, mask in zip(x, known):
        counts += [values.shape[-1] / mask.shape[-1]] * mask.shape[-1]
    return tf.reshape(tf.constant(counts, tf.float32), [1, 1, -1, 1])


def _each(shape):
    """The shapes of a list of maps; that of one map as a list."""
    return [shape] if shape is None or isinstance(shape[0], (int, type(None))) else list(shape)
