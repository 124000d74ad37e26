"""Convolution with a spectrally normalised kernel (Miyato et al., 2018)."""

import tensorflow as tf

from inpaint.ops.convolution.padded_conv import PaddedConv
from inpaint.ops.keras_compat import add_float32_weight

_EPSILON = 1e-12


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class SpectralNormConv(PaddedConv):
    """2-D convolution with `kernel / sigma`, where each call estimates sigma by one power iteration.

    With `w` the kernel as a matrix [k*k*C, filters] and `u` a stored row vector:
    `v = normalise(u w')`, `u_new = normalise(v w)`, `sigma = v w u_new'`. Every call, in training
    or not, stores `u_new`, as the original does. The kernel itself is never overwritten, and
    gradients flow through `v`, `u_new` and `sigma`. All of this is float32 under any dtype policy.

    Args:
        filters, kernel_size, strides, padding, dilation_rate, activation: as in `PaddedConv`.

    Input: [N, H, W, C]. Output: [N, ceil(H / strides), ceil(W / strides), filters], in the dtype
    policy's compute dtype.

    Raises:
        ValueError: what `PaddedConv` raises.
    """

    def __init__(self, filters, kernel_size=5, strides=2, padding="same", **kwargs):
        super().__init__(filters, kernel_size, strides, padding, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        # Keras names the standard deviation: TF1's truncated normal had 1, Keras' default is 0.05.
        start = tf.keras.initializers.TruncatedNormal(stddev=1.0)
        self.u = add_float32_weight(self, "u", (1, self.filters), start, trainable=False)

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

    def apply_bordered(self, x, border="VALID"):
        return self.activation(self.convolve(x, self.normalised_kernel(), self.bias, border))


def _unit(x):
    # As in the paper's code: the epsilon is added to the norm, not inside the root.
    return x / (tf.norm(x) + _EPSILON)
