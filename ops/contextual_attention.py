"""Contextual attention (Yu et al., CVPR 2018, section 4; used unchanged by DeepFillv2)."""

import tensorflow as tf

from ops.attention_tile import AttentionTile
from ops.background_layout import raw_parts
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
        if mask is None:
            mask = tf.zeros_like(background[..., :1])
        known = self._known(mask)
        known = tf.broadcast_to(known, tf.concat([tf.shape(b)[:1], tf.shape(known)[1:]], axis=0))
        f_size, b_size = self._sizes(foreground), self._sizes(background)
        if window is None:
            window = (0, 0, *f_size)
        else:
            top, left, bottom, right = tf.unstack(window)
            window = (top, left, bottom - top, right - left)

        def one(inputs):
            return self._attend(*inputs, f_size, b_size, window)

        channels = background.shape[-1]
        specs = (
            tf.TensorSpec([None, None, channels], background.dtype),
            tf.TensorSpec([None, None, 2], tf.int32),
        )
        inputs = (f, b, background, known)
        output, offsets = tf.map_fn(one, inputs, fn_output_signature=specs, parallel_iterations=1)
        output.set_shape([*foreground.shape[:1], None, None, channels])
        return output, offsets

    def _attend(self, f, b, background, known, f_size, b_size, window):
        """One picture: ([Hr, Wr, C], [hr, wr, C], [h, w, C], [hr, wr, 1]) -> the results without N."""
        taps, channels = self.fuse_kernel_size if self.fuse else 1, f.shape[-1]
        tile = AttentionTile(f_size, b_size, known, self.kernel_size, self.rate, self.softmax_scale, taps)
        layout = tile.layout
        b = tf.reshape(b, [-1, channels])
        inputs = [
            tf.reshape(f, [-1, channels]),
            layout.runs(b, self.kernel_size),
            layout.inverse_norms(b, self.kernel_size),
            *raw_parts(background, self.rate, b_size, layout),
        ]
        tiles = Tiles(window, self.memory_budget // (_MATRICES * 4 * layout.pitch), tile.margin)

        def one(top, left, inputs):
            f, runs, inverse_norms, *raw = inputs
            place = (top, left, tiles.rows, tiles.columns)
            weights = tile.weights(f, runs, inverse_norms, *place)
            pasted = tile.paste(tf.cast(weights, background.dtype), raw, tiles.rows, tiles.columns)
            return pasted, tile.offsets(weights, *place)

        specs = (
            tf.TensorSpec([None, None, self.rate, self.rate, channels], background.dtype),
            tf.TensorSpec([None, None, 2], tf.int32),
        )
        pasted, offsets = over_tiles(one, tiles, inputs, specs)  # [rows, columns, rate, rate, C]
        _, _, rows, columns = window
        pasted = tf.transpose(pasted, [0, 2, 1, 3, 4])
        return tf.reshape(pasted, [rows * self.rate, columns * self.rate, channels]), offsets

    def _sizes(self, x):
        """Height and width after the reduction: integers where they are known, else tensors."""
        shape = zip(x.shape[1:3], tf.unstack(tf.shape(x)[1:3]))
        return tuple((size if known is None else known) // self.rate for known, size in shape)

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
