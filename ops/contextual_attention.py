"""Contextual attention (Yu et al., CVPR 2018, section 4; used unchanged by DeepFillv2)."""

import tensorflow as tf

from ops.diagonals import diagonal_sum
from ops.nearest import resize_nearest
from ops.patches import neighbourhoods

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
        f = tf.cast(self._reduce(foreground), tf.float32)  # [N, Hr, Wr, C]
        b = tf.cast(self._reduce(background), tf.float32)  # [N, hr, wr, C]
        scores = self._scores(f, b)  # [N, Hr, Wr, hb, wb]
        if self.fuse:
            scores = self._fuse(scores)
        known = None if mask is None else self._known(mask)  # [N or 1, 1, 1, hb, wb]
        attention = self._softmax(scores, known)
        return self._paste(attention, background), self._offsets(attention)

    def _scores(self, f, b):
        """Inner products of patches: the sum of the pixels' products along the patches' diagonal."""
        f_shape, b_shape, channels = tf.shape(f), tf.shape(b), f.shape[-1]
        rows = tf.reshape(f, [f_shape[0], -1, channels])
        columns = tf.reshape(b, [b_shape[0], -1, channels])
        products = tf.matmul(rows, columns, transpose_b=True)
        products = tf.reshape(products, tf.concat([f_shape[:3], b_shape[1:3]], axis=0))
        offsets = _around(self.kernel_size)
        scores = diagonal_sum(diagonal_sum(products, (1, 3), offsets), (2, 4), offsets)

        squares = neighbourhoods(tf.reduce_sum(tf.square(b), -1, keepdims=True), self.kernel_size)
        # The root is taken of a bounded number, not bounded itself: its gradient at 0 is NaN.
        norms = tf.sqrt(tf.maximum(tf.reduce_sum(squares, axis=-1), _SMALLEST_NORM**2))
        scores /= norms[:, None, None]
        return scores if self.stride == 1 else scores[:, :, :, :: self.stride, :: self.stride]

    def _softmax(self, scores, known):
        shape = tf.shape(scores)
        flat = tf.concat([shape[:3], [-1]], axis=0)
        if known is None:
            return tf.reshape(tf.nn.softmax(tf.reshape(scores * self.softmax_scale, flat)), shape)
        # Multiplied before and after, not set to minus infinity: as in the original, excluded
        # positions keep exp(0) in the denominator.
        weights = tf.nn.softmax(tf.reshape(scores * (known * self.softmax_scale), flat))
        return tf.reshape(weights, shape) * known

    def _paste(self, attention, background):
        """Lay raw patches of side 2 * rate at steps of rate, weighed, and divide by 4.

        A patch is 2 x 2 blocks of side rate, so each output block is covered by four of them, and
        a given place in it by four blocks of background that are neighbours as the patches are:
        their weights are summed first, along the diagonal.
        """
        rate, channels, dtype = self.rate, background.shape[-1], background.dtype
        shape = tf.shape(background)
        n, h, w = shape[0], shape[1] // rate, shape[2] // rate
        f_size, p = tf.shape(attention)[1:3], tf.reduce_prod(tf.shape(attention)[1:3])
        attention = tf.cast(self._spread(attention, (h, w)), dtype)
        cells = tf.transpose(tf.reshape(background, [n, h, rate, w, rate, channels]), [2, 4, 0, 1, 3, 5])

        # A block's first rows are covered by its own patch and the one before, the others by its
        # own and the one after; columns alike.
        parts = [(rate - rate // 2, (-1, 0)), (rate // 2, (0, 1))]
        parts = [part for part in parts if part[0]]
        heights = [height for height, _ in parts]
        rows = []
        for (height, row_offsets), band in zip(parts, tf.split(cells, heights, axis=0)):
            summed = diagonal_sum(attention, (1, 3), row_offsets)
            columns = []
            for (width, column_offsets), raw in zip(parts, tf.split(band, heights, axis=1)):
                weights = tf.reshape(diagonal_sum(summed, (2, 4), column_offsets), [n, p, h * w])
                raw = tf.transpose(raw, [2, 3, 4, 0, 1, 5])  # [N, h, w, height, width, C]
                raw = tf.reshape(raw, [n, h * w, height * width * channels])
                shape = [n, f_size[0], f_size[1], height, width, channels]
                columns.append(tf.reshape(tf.matmul(weights, raw), shape))
            rows.append(tf.concat(columns, axis=4))
        output = tf.concat(rows, axis=3)  # [N, Hr, Wr, rate, rate, C]
        output = tf.transpose(output, [0, 1, 3, 2, 4, 5]) / 4
        return tf.reshape(output, [n, f_size[0] * rate, f_size[1] * rate, channels])

    def _spread(self, attention, size):
        """Undo the stride: zero for the background positions that it leaves out."""
        if self.stride == 1:
            return attention
        shape = tf.shape(attention)
        gaps = [[0, 0]] * 3 + [[0, 0], [0, self.stride - 1]] * 2
        x = tf.reshape(attention, [*tf.unstack(shape[:4]), 1, shape[4], 1])
        x = tf.pad(x, gaps)
        x = tf.reshape(x, [*tf.unstack(shape[:3]), shape[3] * self.stride, shape[4] * self.stride])
        return x[..., : size[0], : size[1]]

    def _reduce(self, x):
        size = tf.shape(x)[1:3]
        tf.debugging.assert_equal(
            size % self.rate, 0, f"height and width must be multiples of rate {self.rate}"
        )
        return x if self.rate == 1 else resize_nearest(x, size // self.rate)

    def _strided(self, patches):
        return patches[:, :: self.stride, :: self.stride]

    def _known(self, mask):
        """1 where the background's patch holds no hole at all: [N or 1, 1, 1, hb, wb] float32."""
        holes = neighbourhoods(self._reduce(tf.cast(mask, tf.float32)), self.kernel_size)
        known = tf.cast(tf.reduce_max(holes, axis=-1) == 0, tf.float32)
        return known[:, None, None, :: self.stride, :: self.stride]

    def _fuse(self, scores):
        """Add each score's diagonal neighbours, first in row-major, then in column-major order."""
        for _ in range(2):
            shape = tf.shape(scores)
            flat = tf.reshape(scores, [shape[0], shape[1] * shape[2], shape[3] * shape[4]])
            scores = tf.reshape(diagonal_sum(flat, (1, 2), _around(self.fuse_kernel_size)), shape)
            scores = tf.transpose(scores, [0, 2, 1, 4, 3])  # twice: back again
        return scores

    def _offsets(self, attention):
        shape = tf.shape(attention)
        f_size, b_size = shape[1:3], shape[3:]
        best = tf.argmax(tf.reshape(attention, tf.concat([shape[:3], [-1]], 0)), -1, tf.int32)
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


def _around(size):
    """The offsets of a kernel's taps from its middle."""
    return range(-(size // 2), size // 2 + 1)
