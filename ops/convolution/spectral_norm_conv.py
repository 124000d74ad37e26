"""Convolution with a spectrally normalised kernel (Miyato et al., 2018)."""

import tensorflow as tf

from inpaint.ops.keras_compat import add_float32_weight

_EPSILON = 1e-12


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class SpectralNormConv(tf.keras.layers.Layer):
    """2-D convolution with `kernel / sigma`, where each call estimates sigma by one power iteration.

    With `w` the kernel as a matrix [k*k*C, filters] and `u` a stored row vector:
    `v = normalise(u w')`, `u_new = normalise(v w)`, `sigma = v w u_new'`. Every call, in training
    or not, stores `u_new`, as the original does. The kernel itself is never overwritten, and
    gradients flow through `v`, `u_new` and `sigma`. All of this is float32 under any dtype policy.

    Args:
        filters: number of output channels.
        kernel_size: side of the square kernel.
        strides: step in both directions.

    Input: [N, H, W, C]. Output: [N, ceil(H / strides), ceil(W / strides), filters], in the dtype
    policy's compute dtype.

    Raises:
        ValueError: an argument below 1, naming the argument and the value.
    """

    def __init__(self, filters, kernel_size=5, strides=2, **kwargs):
        super().__init__(**kwargs)
        for name, value in (("filters", filters), ("kernel_size", kernel_size), ("strides", strides)):
            if value < 1:
                raise ValueError(f"{name} must be positive, received {value}")
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides

    def build(self, input_shape):
        shape = (self.kernel_size, self.kernel_size, input_shape[-1], self.filters)
        self.kernel = add_float32_weight(self, "kernel", shape, "glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        # Keras names the standard deviation: TF1's truncated normal had 1, Keras' default is 0.05.
        start = tf.keras.initializers.TruncatedNormal(stddev=1.0)
        self.u = add_float32_weight(self, "u", (1, self.filters), start, trainable=False)
        self.built = True

    def normalised_kernel(self):
        """`kernel / sigma` [k, k, C, filters] in float32; stores the next `u`."""
        kernel = tf.convert_to_tensor(self.kernel)
        w = tf.reshape(kernel, [-1, self.filters])  # [k*k*C, filters]
        v = _unit(tf.matmul(self.u, w, transpose_b=True))  # [1, k*k*C]
        vw = tf.matmul(v, w)  # [1, filters]
        u = _unit(vw)
        sigma = tf.matmul(vw, u, transpose_b=True)  # [1, 1]
        self.u.assign(tf.stop_gradient(u))
        return kernel / sigma

    def call(self, inputs):
        kernel = tf.cast(self.normalised_kernel(), self.compute_dtype)
        outputs = tf.nn.conv2d(tf.cast(inputs, self.compute_dtype), kernel, self.strides, "SAME")
        return tf.nn.bias_add(outputs, tf.cast(self.bias, self.compute_dtype))

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        size = (None if side is None else -(-side // self.strides) for side in (height, width))
        return (batch, *size, self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
        }


def _unit(x):
    # As in the paper's code: the epsilon is added to the norm, not inside the root.
    return x / (tf.norm(x) + _EPSILON)
