"""Contextual attention (Yu et al., CVPR 2018, section 4; used unchanged by DeepFillv2)."""

import tensorflow as tf

from ops.nearest import resize_nearest
from ops.patches import lay_blocks, neighbourhoods, overlapping_blocks

_SMALLEST_NORM = 1e-4


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class ContextualAttention(tf.keras.layers.Layer):
    """Rebuild the foreground from patches of the background that resemble it.

    Every position of the reduced foreground is compared with every position of the reduced
    background by the inner product of their patches; the softmax of these scores weighs raw
    background patches, which are laid down overlapping. Scores and softmax are float32 in any
    dtype policy: `softmax_scale` times a score overflows float16.

    Args:
        kernel_size: odd side of the patches compared.
        stride: step between background patches, in positions of the reduced map.
        rate: factor by which both maps are reduced before they are compared.
        fuse_kernel_size: odd length of the diagonal along which neighbouring scores are added.
        softmax_scale: factor on the scores before the softmax.
        fuse: whether neighbouring scores are added, so that neighbours copy from neighbours.

    Call arguments:
        foreground: [N, H, W, C], what is filled; H and W multiples of `rate`.
        background: [N, h, w, C], where patches come from; h and w multiples of `rate`.
        mask: [N or 1, h, w, 1], 1 where the background is a hole, or None for no hole.

    Returns:
        output: [N, H, W, C] in the policy's compute dtype; all zero where no background is known.
        offsets: [N, H / rate, W / rate, 2] int32, (row, column) of the background position
        weighed most, less the position's own.

    Raises:
        ValueError: an argument out of its range, naming the argument and the value.
        tf.errors.InvalidArgumentError: sizes that are no multiples of `rate`.
    """

    def __init__(
        self,
        kernel_size=3,
        stride=1,
        rate=2,
        fuse_kernel_size=3,
        softmax_scale=10.0,
        fuse=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, size in (("kernel_size", kernel_size), ("fuse_kernel_size", fuse_kernel_size)):
            if size < 1 or size % 2 == 0:
                raise ValueError(f"{name} must be odd and positive, received {size}")
        for name, value in (("stride", stride), ("rate", rate)):
            if value < 1:
                raise ValueError(f"{name} must be positive, received {value}")
        self.kernel_size = kernel_size
        self.stride = stride
        self.rate = rate
        self.fuse_kernel_size = fuse_kernel_size
        self.softmax_scale = softmax_scale
        self.fuse = fuse

    def call(self, foreground, background, mask=None):
        foreground = tf.cast(foreground, self.compute_dtype)
        background = tf.cast(background, self.compute_dtype)
        f = self._reduce(foreground)  # [N, Hr, Wr, C]
        b = self._reduce(background)  # [N, hr, wr, C]
        f_patches = tf.cast(neighbourhoods(f, self.kernel_size), tf.float32)
        b_patches = tf.cast(self._strided(neighbourhoods(b, self.kernel_size)), tf.float32)
        n, f_size, b_size = tf.shape(f)[0], tf.shape(f)[1:3], tf.shape(b_patches)[1:3]
        p, q = tf.reduce_prod(f_size), tf.reduce_prod(b_size)

        f_patches = tf.reshape(f_patches, [n, p, f_patches.shape[-1]])
        b_patches = tf.reshape(b_patches, [n, q, b_patches.shape[-1]])
        # The root is taken of a bounded number, not bounded itself: its gradient at 0 is NaN.
        squares = tf.reduce_sum(tf.square(b_patches), axis=-1, keepdims=True)
        b_patches /= tf.sqrt(tf.maximum(squares, _SMALLEST_NORM**2))
        scores = tf.matmul(f_patches, b_patches, transpose_b=True)  # [N, P, Q]
        if self.fuse:
            scores = self._fuse(scores, f_size, b_size)

        known = 1.0
        if mask is not None:
            known = tf.reshape(self._known(mask), [-1, 1, q])  # [N or 1, 1, Q]
        # Multiplied before and after, not set to minus infinity: as in the original, excluded
        # positions keep exp(0) in the denominator.
        attention = tf.nn.softmax(scores * known * self.softmax_scale, axis=-1) * known

        raw = self._strided(overlapping_blocks(background, self.rate))  # [N, hb, wb, 2, 2, rrC]
        channels = background.shape[-1]
        raw = tf.reshape(raw, [n, q, 4 * self.rate**2 * channels])
        pasted = tf.matmul(tf.cast(attention, raw.dtype), raw)  # [N, P, 4rrC]
        pasted = tf.reshape(pasted, [n, f_size[0], f_size[1], 2, 2, self.rate**2 * channels])
        output = lay_blocks(pasted, self.rate, channels) / 4.0
        return output, self._offsets(attention, f_size, b_size)

    def _reduce(self, x):
        size = tf.shape(x)[1:3]
        tf.debugging.assert_equal(
            size % self.rate, 0, f"height and width must be multiples of rate {self.rate}"
        )
        return x if self.rate == 1 else resize_nearest(x, size // self.rate)

    def _strided(self, patches):
        return patches[:, :: self.stride, :: self.stride]

    def _known(self, mask):
        """1 where the background's patch holds no hole at all: [N or 1, hb, wb, 1] float32."""
        holes = neighbourhoods(self._reduce(tf.cast(mask, tf.float32)), self.kernel_size)
        return tf.cast(tf.reduce_max(self._strided(holes), -1, keepdims=True) == 0, tf.float32)

    def _fuse(self, scores, f_size, b_size):
        """Add each score's diagonal neighbours, first in row-major, then in column-major order."""
        (fh, fw), (bh, bw) = tf.unstack(f_size), tf.unstack(b_size)
        scores = self._add_diagonal(scores)
        scores = tf.reshape(scores, [-1, fh, fw, bh, bw])
        scores = tf.reshape(tf.transpose(scores, [0, 2, 1, 4, 3]), [-1, fh * fw, bh * bw])
        scores = self._add_diagonal(scores)
        scores = tf.reshape(scores, [-1, fw, fh, bw, bh])
        return tf.reshape(tf.transpose(scores, [0, 2, 1, 4, 3]), [-1, fh * fw, bh * bw])

    def _add_diagonal(self, scores):
        """Sum of scores[p + d, q + d] for |d| <= fuse_kernel_size // 2, zero outside."""
        r = self.fuse_kernel_size // 2
        p, q = tf.shape(scores)[1], tf.shape(scores)[2]
        padded = tf.pad(scores, [[0, 0], [r, r], [r, r]])
        return tf.add_n([padded[:, d : d + p, d : d + q] for d in range(2 * r + 1)])

    def _offsets(self, attention, f_size, b_size):
        best = tf.argmax(attention, axis=-1, output_type=tf.int32)  # [N, P]
        best = tf.reshape(best, [-1, f_size[0], f_size[1]])
        best = tf.stack([best // b_size[1], best % b_size[1]], axis=-1) * self.stride
        own = tf.stack(tf.meshgrid(tf.range(f_size[0]), tf.range(f_size[1]), indexing="ij"), axis=-1)
        return best - own  # [N, Hr, Wr, 2]

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "rate": self.rate,
            "fuse_kernel_size": self.fuse_kernel_size,
            "softmax_scale": self.softmax_scale,
            "fuse": self.fuse,
        }
