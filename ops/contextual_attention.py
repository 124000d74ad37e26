"""Contextual attention (Yu et al., CVPR 2018, section 4; used unchanged by DeepFillv2)."""

import tensorflow as tf

from ops.attention_tile import AttentionTile, margin
from ops.background_layout import BackgroundLayout, raw_parts, unit_patches
from ops.nearest import resize_nearest
from ops.tiled import Tiles, over_tiles

_MATRICES = 5  # score matrices of a tile that live at once


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
        memory_budget=512 * 2**20,
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
        self.memory_budget = memory_budget

    def call(self, foreground, background, mask=None, window=None):
        foreground = tf.cast(foreground, self.compute_dtype)
        background = tf.cast(background, self.compute_dtype)
        f = tf.cast(self._reduce(foreground), tf.float32)  # [N, Hr, Wr, C]
        b = tf.cast(self._reduce(background), tf.float32)  # [N, hr, wr, C]
        if mask is None:
            mask = tf.zeros_like(background[..., :1])
        known = self._known(mask)
        known = tf.broadcast_to(known, tf.concat([tf.shape(b)[:1], tf.shape(known)[1:]], axis=0))
        if window is None:
            window = tf.concat([[0, 0], tf.shape(f)[1:3]], axis=0)
        top, left, bottom, right = tf.unstack(window)
        window = (top, left, bottom - top, right - left)

        def one(inputs):
            return self._attend(*inputs, window)

        channels = background.shape[-1]
        specs = (
            tf.TensorSpec([None, None, channels], background.dtype),
            tf.TensorSpec([None, None, 2], tf.int32),
        )
        return tf.map_fn(one, (f, b, background, known), fn_output_signature=specs, parallel_iterations=1)

    def _attend(self, f, b, background, known, window):
        """One picture: ([Hr, Wr, C], [hr, wr, C], [h, w, C], [hb, wb, 1]) -> the results without N."""
        taps, channels = self.fuse_kernel_size if self.fuse else 1, f.shape[-1]
        f_size, b_size = tf.unstack(tf.shape(f)[:2]), tf.unstack(tf.shape(b)[:2])
        layout = BackgroundLayout(tf.unstack(tf.shape(known)[:2]), margin(taps))
        cells = layout if self.stride == 1 else BackgroundLayout(b_size, margin(taps))
        b = tf.reshape(b, [-1, channels])
        inputs = [
            tf.reshape(f, [-1, channels]),
            unit_patches(b, b_size, self.stride, self.kernel_size, layout),
            *raw_parts(background, self.rate, cells),
        ]
        tile = AttentionTile(
            f_size, layout, cells, known, self.kernel_size, self.stride, self.rate, self.softmax_scale, taps
        )
        most = self.memory_budget // (_MATRICES * 4 * cells.pitch)
        tiles = Tiles(window, most, tile.margin)

        def one(top, left, inputs):
            f, patches, *raw = inputs
            place = (top, left, tiles.rows, tiles.columns)
            weights = tile.weights(f, patches, *place)
            offsets = tile.offsets(weights, *place)
            weights = tf.cast(tile.spread(weights), background.dtype)
            return tile.paste(weights, raw, tiles.rows, tiles.columns), offsets

        specs = (
            tf.TensorSpec([None, None, self.rate, self.rate, channels], background.dtype),
            tf.TensorSpec([None, None, 2], tf.int32),
        )
        pasted, offsets = over_tiles(one, tiles, inputs, specs)  # [rows, columns, rate, rate, C]
        shape = tf.shape(pasted)
        pasted = tf.transpose(pasted, [0, 2, 1, 3, 4])
        return tf.reshape(pasted, [shape[0] * self.rate, shape[1] * self.rate, channels]), offsets

    def _reduce(self, x):
        size = tf.shape(x)[1:3]
        tf.debugging.assert_equal(
            size % self.rate, 0, f"height and width must be multiples of rate {self.rate}"
        )
        return x if self.rate == 1 else resize_nearest(x, size // self.rate)

    def _known(self, mask):
        """1 where the background's patch holds no hole at all: float32 [N or 1, hb, wb, 1]."""
        holes = self._reduce(tf.cast(mask, tf.float32))
        holes = tf.nn.max_pool2d(holes, self.kernel_size, 1, "SAME")
        return tf.cast(holes == 0, tf.float32)[:, :: self.stride, :: self.stride]

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "rate": self.rate,
            "fuse_kernel_size": self.fuse_kernel_size,
            "softmax_scale": self.softmax_scale,
            "fuse": self.fuse,
            "memory_budget": self.memory_budget,
        }
