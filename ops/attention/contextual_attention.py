"""Contextual attention (Yu et al., CVPR 2018, section 4; used unchanged by DeepFillv2)."""

import dataclasses
import math

import tensorflow as tf

from inpaint.ops.attention.dense import attend_dense, dense_weights
from inpaint.ops.attention.options import AttentionOptions
from inpaint.ops.attention.tiled import LIVE_MATRICES, attend_tiled, height_and_width
from inpaint.ops.nearest import resize_nearest


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class ContextualAttention(tf.keras.layers.Layer):
    """Rebuild the foreground from patches of the background that resemble it.

    Every position of the reduced foreground is compared with every position of the reduced
    background by the inner product of their patches. The softmax of these scores weights the
    full-resolution background patches, which are pasted with overlap. Scores and softmax are float32
    under any dtype policy, because `softmax_scale` times a score overflows float16.

    If the scores of the whole batch are known to fit into `memory_budget`, they are computed at once
    (`ops.attention.dense`). Otherwise each image is processed tile by tile, and its tiles are computed
    again for the gradient (`ops.attention.tiled`).

    Args:
        kernel_size: odd side of the patches that are compared.
        rate: factor by which both maps are reduced before they are compared.
        fuse: whether neighbouring scores are added, so that neighbours copy from neighbours.
        fuse_kernel_size: odd length of the diagonal along which neighbouring scores are added.
        softmax_scale: factor on the scores before the softmax.
        memory_budget: bytes that the score matrices may take together.
        align_corners: how the maps and the mask are reduced, see `resize_nearest`.

    Call arguments (the first three also as one list, tuple or dict by these names):
        foreground: [N, H, W, C], what is filled; H and W multiples of `rate`.
        background: [N, h, w, C], where patches come from; h and w multiples of `rate`.
        mask: [N or 1, h, w, 1], 1 where the background is a hole, or None for no hole.
        window: the part of the reduced foreground to compute, (top, left, bottom, right) with the last
            two exclusive, integers or an int32 tensor; None for all of it.

    Returns:
        output: [N, H, W, C] in the policy's compute dtype, or the window's part of it; zero where
        the whole background is a hole.
        offsets: [N, H / rate, W / rate, 2] int32, or the window's part, (row, column) of the
        background position with the largest weight, relative to the position itself.

    Raises:
        ValueError: an argument out of its range, naming the argument and the value.
        TypeError: a list or dict of other maps.
        tf.errors.InvalidArgumentError: a height or width that is not a multiple of `rate`.

    Example:
        >>> maps = {"foreground": tf.ones([1, 8, 8, 3]), "background": tf.ones([1, 6, 6, 3])}
        >>> output, offsets = ContextualAttention()(maps)
        >>> output.shape, offsets.shape
        (TensorShape([1, 8, 8, 3]), TensorShape([1, 4, 4, 2]))
    """

    def __init__(
        self,
        kernel_size=3,
        rate=2,
        *,
        fuse=True,
        fuse_kernel_size=3,
        softmax_scale=10.0,
        memory_budget=2**30,
        align_corners=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.options = AttentionOptions(
            kernel_size, rate, fuse, fuse_kernel_size, softmax_scale, memory_budget, align_corners
        )

    @property
    def rate(self):
        """Factor by which both maps are reduced."""
        return self.options.rate

    def call(self, foreground, background=None, mask=None, window=None):
        # Of a list or dict Keras finds a mask for each map, and passes these as `mask`.
        if isinstance(foreground, dict):
            foreground, background, mask = _maps(**foreground)
        elif isinstance(foreground, (list, tuple)):
            foreground, background, mask = _maps(*foreground)
        foreground = tf.cast(foreground, self.compute_dtype)
        background = tf.cast(background, self.compute_dtype)
        small_foreground = tf.cast(self._reduce(foreground), tf.float32)  # [N, Hr, Wr, C]
        small_background = tf.cast(self._reduce(background), tf.float32)  # [N, hr, wr, C]
        known = self._known(tf.zeros_like(background[..., :1]) if mask is None else mask)
        known = tf.broadcast_to(known, tf.concat([tf.shape(small_background)[:3], [1]], axis=0))
        maps = (small_foreground, small_background, background, known)
        if window is None and self._fits(small_foreground, small_background):
            return attend_dense(*maps, self.options)
        if window is not None:
            return attend_tiled(*maps, _place(window), self.options)
        everywhere = (0, 0, *height_and_width(small_foreground))
        output, offsets = attend_tiled(*maps, everywhere, self.options)
        output.set_shape(foreground.shape)  # which a graph forgets
        offsets.set_shape([*small_foreground.shape[:3], 2])
        return output, offsets

    def transfer(self, features, mask, values, cell, softmax_scale, window):
        """Rebuild a hole's part of another map by the weights that the features' patches have.

        As a call with `features` as foreground and background, but what is pasted are the patches of
        `values`, and only in the window (Yi et al., CVPR 2020, section 3.2).

        Args:
            features: [N, h, w, C], complete; h and w multiples of `rate`.
            mask: [N or 1, h, w, 1], 1 where the values are not known.
            values: [N, h / rate * cell, w / rate * cell, K].
            cell: side of the values' cells, an integer or scalar tensor, at least 2.
            softmax_scale: factor on the scores before the softmax.
            window: as in the call.

        Returns:
            [N, rows * cell, columns * cell, K], the window's part, in the dtype of the values.
        """
        small, known, options = self._of_transfer(features, mask, softmax_scale)
        return attend_tiled(small, small, values, known, _place(window), options, cell)[0]

    def transfer_weights(self, features, mask, softmax_scale):
        """The weights of `transfer` at all positions at once, for a runtime that pastes by itself.

        Args:
            features, mask, softmax_scale: as of `transfer`.

        Returns:
            float32 [N, Hr, Wr, Hr, Wr]: of each position, that of the patch at each other one.
        """
        small, known, options = self._of_transfer(features, mask, softmax_scale)
        return dense_weights(small, small, known, options)

    def _of_transfer(self, features, mask, softmax_scale):
        """The reduced features, where they are known, and the options of a transfer."""
        small = tf.cast(self._reduce(features), tf.float32)
        known = tf.broadcast_to(self._known(mask), tf.concat([tf.shape(small)[:3], [1]], axis=0))
        return small, known, dataclasses.replace(self.options, softmax_scale=softmax_scale)

    def fits(self, height, width):
        """Whether all scores of one image's map of a size, a multiple of `rate`, fit into `memory_budget`."""
        positions = height // self.rate * (width // self.rate)
        return LIVE_MATRICES * 4 * positions**2 <= self.options.memory_budget

    def _fits(self, foreground, background):
        """Whether all scores are known to fit into the budget."""
        entries = [foreground.shape[:3].num_elements(), background.shape[1:3].num_elements()]
        return None not in entries and LIVE_MATRICES * 4 * math.prod(entries) <= self.options.memory_budget

    def _reduce(self, x):
        tf.debugging.assert_equal(
            tf.shape(x)[1:3] % self.rate, 0, f"height and width must be multiples of rate {self.rate}"
        )
        size = [side // self.rate for side in height_and_width(x)]
        return x if self.rate == 1 else resize_nearest(x, size, self.options.align_corners)

    def _known(self, mask):
        """1 where the background's patch holds no hole at all: float32 [N or 1, hr, wr, 1]."""
        holes = self._reduce(tf.cast(mask, tf.float32))
        holes = tf.nn.max_pool2d(holes, self.options.kernel_size, 1, "SAME")
        return tf.cast(holes == 0, tf.float32)

    def get_config(self):
        return {**super().get_config(), **dataclasses.asdict(self.options)}


def _maps(foreground, background, mask=None):
    return foreground, background, mask


def _place(window):
    """(top, left, bottom, right) -> (top, left, rows, columns)."""
    top, left, bottom, right = tf.unstack(window) if tf.is_tensor(window) else map(_plain, window)
    return top, left, bottom - top, right - left


def _plain(number):
    """A NumPy integer as a Python one; a tensor as it is."""
    return number if tf.is_tensor(number) else int(number)
