"""Contextual attention (Yu et al., CVPR 2018, section 4; used unchanged by DeepFillv2)."""

import math

import tensorflow as tf

from ops.attention.dense import attend_whole
from ops.attention.tiled import MATRICES, attend_tiled, known_size
from ops.nearest import resize_nearest


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class ContextualAttention(tf.keras.layers.Layer):
    """Rebuild the foreground from patches of the background that resemble it.

    Every position of the reduced foreground is compared with every position of the reduced
    background by the inner product of their patches; the softmax of these scores weighs raw
    background patches, which are laid down overlapping. Scores and softmax are float32 in any
    dtype policy: `softmax_scale` times a score overflows float16.

    Args:
        kernel_size: odd side of the patches compared.
        rate: factor by which both maps are reduced before they are compared.
        fuse_kernel_size: odd length of the diagonal along which neighbouring scores are added.
        softmax_scale: factor on the scores before the softmax.
        fuse: whether neighbouring scores are added, so that neighbours copy from neighbours.
        memory_budget: bytes that score matrices may take. Where all scores of a batch are known to
            keep to it, they are computed at once; else image by image and tile by tile, again for
            the gradient.

    Call arguments:
        foreground: [N, H, W, C], what is filled; H and W multiples of `rate`.
        background: [N, h, w, C], where patches come from; h and w multiples of `rate`.
        mask: [N or 1, h, w, 1], 1 where the background is a hole, or None for no hole.
        window: (top, left, bottom, right) of the reduced foreground's positions that are wanted, the
            last two exclusive, integers or an int32 tensor; None for all.

    Returns:
        output: [N, H, W, C] in the policy's compute dtype, or the window's part of it; all zero where
        no background is known.
        offsets: [N, H / rate, W / rate, 2] int32, or the window's, (row, column) of the background
        position weighed most, less the position's own.

    Raises:
        ValueError: an argument out of its range, naming the argument and the value.
        tf.errors.InvalidArgumentError: sizes that are no multiples of `rate`.
    """

    def __init__(
        self,
        kernel_size=3,
        rate=2,
        fuse_kernel_size=3,
        softmax_scale=10.0,
        fuse=True,
        memory_budget=2**30,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, size in (("kernel_size", kernel_size), ("fuse_kernel_size", fuse_kernel_size)):
            if size < 1 or size % 2 == 0:
                raise ValueError(f"{name} must be odd and positive, received {size}")
        if rate < 1:
            raise ValueError(f"rate must be positive, received {rate}")
        self.kernel_size = kernel_size
        self.rate = rate
        self.fuse_kernel_size = fuse_kernel_size
        self.softmax_scale = softmax_scale
        self.fuse = fuse
        self.memory_budget = memory_budget

    def call(self, foreground, background, mask=None, window=None):
        foreground = tf.cast(foreground, self.compute_dtype)
        background = tf.cast(background, self.compute_dtype)
        f = tf.cast(self._reduce(foreground), tf.float32)  # [N, Hr, Wr, C]
        b = tf.cast(self._reduce(background), tf.float32)  # [N, hr, wr, C]
        known = self._known(tf.zeros_like(background[..., :1]) if mask is None else mask)
        known = tf.broadcast_to(known, tf.concat([tf.shape(b)[:3], [1]], axis=0))
        taps = self.fuse_kernel_size if self.fuse else 1
        options = (self.kernel_size, self.rate, self.softmax_scale, taps)
        if window is None and self._fits(f, b):
            return attend_whole(f, b, background, known, *options)
        if window is None:
            window = [0, 0, *known_size(f)]
        top, left, bottom, right = tf.unstack(window) if tf.is_tensor(window) else window
        window = (top, left, bottom - top, right - left)
        return attend_tiled(f, b, background, known, window, *options, self.memory_budget)

    def _fits(self, f, b):
        """Whether all scores are known to keep to the budget."""
        entries = [f.shape[:3].num_elements(), b.shape[1:3].num_elements()]
        return None not in entries and MATRICES * 4 * math.prod(entries) <= self.memory_budget

    def _reduce(self, x):
        size = tf.shape(x)[1:3]
        tf.debugging.assert_equal(
            size % self.rate, 0, f"height and width must be multiples of rate {self.rate}"
        )
        return x if self.rate == 1 else resize_nearest(x, size // self.rate)

    def _known(self, mask):
        """1 where the background's patch holds no hole at all: float32 [N or 1, hr, wr, 1]."""
        holes = self._reduce(tf.cast(mask, tf.float32))
        holes = tf.nn.max_pool2d(holes, self.kernel_size, 1, "SAME")
        return tf.cast(holes == 0, tf.float32)

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "rate": self.rate,
            "fuse_kernel_size": self.fuse_kernel_size,
            "softmax_scale": self.softmax_scale,
            "fuse": self.fuse,
            "memory_budget": self.memory_budget,
        }
