"""Contextual attention of any size, in tiles that keep to a memory budget.

A tile is a rectangle of foreground positions against the whole background. Its scores, fuse, softmax
and pasting need the foreground a few positions around it and nothing else. Both maps are laid out as
wrapped grids with a margin (see `wrapped_grid`); every sum over neighbours that move in both maps at
once is a `step_sum`, which moves the first entry up and left in both grids and uses up a position of
the margin. What falls outside is excluded by masks. So all the work is matrix products and a few
passes over one matrix, [positions, pitch].
"""

import tensorflow as tf

from inpaint.ops.attention.background_layout import BackgroundLayout, largest_pitch, quarter_sides
from inpaint.ops.attention.shifted_sums import step_sum, whole_rows
from inpaint.ops.attention.window_tiling import WindowTiling, map_in_turn, map_tiles
from inpaint.ops.attention.wrapped_grid import Gaps, in_column_order, runs_at, wrapped_grid

LIVE_MATRICES = 5  # score matrices of a tile that are held at once


def attend_tiled(foreground, background, raw_background, known, window, options, rate=None):
    """Attention of a batch, one image at a time, where it is wanted.

    Args:
        foreground, background, raw_background, known, options: as in `attend_dense`.
        window: (top, left, rows, columns) of the foreground's positions that are wanted.
        rate: side of the background's cells, an integer or scalar tensor; None: `options.rate`.

    Returns:
        as `attend_dense`, of the window.
    """
    _, _, rows, columns = window
    f_size, b_size = height_and_width(foreground), height_and_width(background)
    rate, channels = options.rate if rate is None else rate, foreground.shape[-1]

    def one_image(maps):
        foreground, background, raw_background, known = maps
        tile = ForegroundTile(f_size, b_size, known, options, window)
        layout, tiling = tile.layout, tile.tiling
        background = tf.reshape(background, [-1, channels])
        inputs = [
            tf.reshape(foreground, [-1, channels]),
            layout.runs(background, options.kernel_size),
            layout.inverse_norms(background, options.kernel_size),
            *layout.raw_quarters(raw_background, rate),
        ]

        def one_tile(top, left, inputs):
            foreground, runs, inverse_norms, *raw = inputs
            rectangle = (top, left, tiling.rows, tiling.columns)
            weights = tile.weights(foreground, runs, inverse_norms, *rectangle)
            weights_of_raw = tf.cast(weights, raw_background.dtype)
            pasted = tile.paste(weights_of_raw, raw, tiling.rows, tiling.columns, rate)
            return pasted, tile.offsets(weights, *rectangle)

        pasted, offsets = map_tiles(one_tile, tiling, inputs, _specs(raw_background, [_known(rate)] * 2))
        pasted = tf.transpose(pasted, [0, 2, 1, 3, 4])  # [rows, rate, columns, rate, C]
        return tf.reshape(pasted, [rows * rate, columns * rate, raw_background.shape[-1]]), offsets

    maps = (foreground, background, raw_background, known)
    return map_in_turn(one_image, maps, _specs(raw_background, []))


def _known(number):
    """An integer; None for a tensor, whose value is not known yet."""
    return number if isinstance(number, int) else None


def _specs(raw_background, inner):
    shape = [None, None, *inner, raw_background.shape[-1]]
    return tf.TensorSpec(shape, raw_background.dtype), tf.TensorSpec([None, None, 2], tf.int32)


def height_and_width(x):
    """Of [N, H, W, C]: integers where they are known, else scalar tensors."""
    return tuple(
        size if known is None else known for known, size in zip(x.shape[1:3], tf.unstack(tf.shape(x)[1:3]))
    )


class ForegroundTile:
    """Attention of rectangles of one image's foreground positions.

    Args:
        f_size, b_size: (height, width) of the reduced foreground and background.
        known: float32 [h, w, 1], 1 where the background's patch is known.
        options: `AttentionOptions`.
        window: (top, left, rows, columns) of the foreground's positions that are wanted.

    Attributes:
        tiling: the rectangles, a `WindowTiling`.
        layout: the `BackgroundLayout`.
        margin: positions that a tile needs around it.
    """

    def __init__(self, f_size, b_size, known, options, window):
        self._size = f_size
        self._options = options
        self.margin = options.fuse_taps // 2 + 1  # the fuse, and patches pasted one position away
        reach = options.kernel_size // 2
        self._gaps = Gaps(f_size, reach, self.margin)
        # The largest matrix is that of scores with gaps.
        most = options.memory_budget // (LIVE_MATRICES * 4 * largest_pitch(b_size, self.margin, reach))
        self.tiling = WindowTiling(window, most, (2 * self.margin + self._gaps.more, 2 * self.margin))
        self.layout = BackgroundLayout(b_size, self.margin, reach, self.tiling.columns + 2 * self.margin)
        # After the fuse one position of the margin is left.
        self._known = self.layout.place(known, 1)[:, 0]
        self._factors = self._known * options.softmax_scale
        self._outside = (1 - self.layout.place(tf.ones_like(known), 1)[:, 0]) * tf.float32.min

    def weights(self, foreground, runs, inverse_norms, top, left, rows, columns):
        """Softmax weights of positions (top - 1, left - 1) and on, rows of columns + 2 * margin.

        Args:
            foreground: float32 [h * w, C], reduced.
            runs, inverse_norms: the layout's, of the reduced background.
            top, left, rows, columns: the rectangle.

        Returns:
            float32 [L, pitch], with a few more rows at the end; the background's first position is at
            (1, 1) of its grid.
        """
        pitch, across = self.layout.pitch, columns + 2 * self.margin
        ys = top + tf.range(-self.margin, rows + self.margin)
        xs = left + tf.range(-self.margin, columns + self.margin)
        x = self._scores(foreground, runs, inverse_norms, ys, xs)
        if self._options.fuse_taps > 1:
            x = whole_rows(step_sum(tf.reshape(x, [-1]), pitch + 1, self._options.fuse_taps), pitch)
            # The entries are sums around the place half a fuse to the right.
            half, count = self._options.fuse_taps // 2, tf.shape(x)[0]
            ordered = tf.reshape(in_column_order(ys, xs, self._size), [-1])[half:]
            x *= tf.pad(ordered, [[0, count - tf.size(ordered)]])[:, None]
            x *= tf.pad(self.layout.ordered[half:], [[0, half]])
            x = step_sum(tf.reshape(x, [-1]), across * pitch + self.layout.width, self._options.fuse_taps)
            x = whole_rows(x, pitch)
        # Multiplied before and after, not set to minus infinity: as in the original, excluded
        # positions keep exp(0) in the denominator.
        x = tf.nn.softmax(x * self._factors + self._outside) * self._known
        ys, xs = top + tf.range(-1, rows + 1), left + tf.range(-1, across - 1)
        inside = ((ys >= 0) & (ys < self._size[0]))[:, None] & (xs >= 0) & (xs < self._size[1])
        inside = tf.reshape(tf.cast(inside, tf.float32), [-1])
        return x * tf.pad(inside, [[0, tf.shape(x)[0] - tf.size(inside)]])[:, None]

    def _scores(self, foreground, runs, inverse_norms, ys, xs):
        """Inner products of patches: sums of runs' products, one row above the other.

        Returns float32 [len(ys) * len(xs) + 2 * margin + 5, pitch].
        """
        nothing, across = self._size[0] * self._size[1], tf.size(xs)
        gapped, places = self._gaps.around(ys[0], tf.size(ys))
        positions = tf.reshape(wrapped_grid(gapped, xs, self._size, self._gaps.gap), [-1])
        positions = tf.pad(positions, [[0, 1]], constant_values=nothing)
        ours = runs_at(foreground, positions, self._size, self._options.kernel_size)
        pitch = self.layout.gapped_pitch
        x = tf.reshape(tf.matmul(ours, runs, transpose_b=True), [-1])
        x = whole_rows(step_sum(x, across * pitch + self.layout.width, self._options.kernel_size), pitch)

        # Spare rows: later steps reach a little beyond the margin's rows, and drop incomplete ones.
        spare = [[0, 2 * self.margin + 5]]
        exists = wrapped_grid(ys, xs, self._size) < nothing
        exists = tf.pad(tf.reshape(tf.cast(exists, tf.float32), [-1]), spare)
        places = tf.pad(tf.reshape(places[:, None] * across + tf.range(across), [-1]), spare)
        x = tf.gather(x, places) * exists[:, None]
        return self.layout.padded(self.layout.without_gaps(x) * inverse_norms)

    def offsets(self, weights, top, left, rows, columns):
        """(row, column) of the largest weight, relative to the position itself: int32 [rows, columns, 2]."""
        across = columns + 2 * self.margin
        best = tf.argmax(weights[: (rows + 2) * across], -1, tf.int32)
        best = tf.reshape(best, [rows + 2, across])[1:-1, 1 : columns + 1]
        # Where no weight is above zero, the first entry, which lies outside the map, is the largest.
        best = tf.maximum(tf.stack([best // self.layout.width, best % self.layout.width], -1) - 1, 0)
        own = tf.meshgrid(tf.range(rows) + top, tf.range(columns) + left, indexing="ij")
        return best - tf.stack(own, -1)

    def paste(self, weights, raw, rows, columns, rate):
        """Add up weighted raw patches of side 2 * rate at steps of rate, and divide by 4.

        A patch is 2 x 2 cells of side rate, so four patches cover each cell. For each of four steps d, the
        patch of (foreground p + d, background q + d) covers a given pixel of cell p with a pixel of cell
        q: these weights are summed first, and the sum weights the raw cell once.

        Args:
            weights: [L, pitch], what `weights` returned, in the dtype to compute in.
            raw: list of [pitch, pixels * C], what `raw_quarters` returned.
            rows, columns: the rectangle.
            rate: side of a cell.

        Returns:
            [rows, columns, rate, rate, C], the cells.
        """
        pitch, across = self.layout.pitch, columns + 2 * self.margin
        down, right = across * pitch + self.layout.width, pitch + 1
        sides = quarter_sides(rate)
        weights, bands = tf.reshape(weights, [-1]), []
        for i, height in enumerate(sides):
            # A cell's first rows are covered by its own patch and the one before, the others by its
            # own and the one after; columns alike.
            summed, blocks = step_sum(weights, down, 2, first=i), []
            for j, width in enumerate(sides):
                four = whole_rows(step_sum(summed, right, 2, first=j), pitch, rows * across)
                block = tf.matmul(four, raw[i * len(sides) + j])
                blocks.append(tf.reshape(block, [rows, across, height, width, -1])[:, :columns])
            bands.append(tf.concat(blocks, axis=3))  # [rows, columns, height, rate, C]
        return tf.concat(bands, axis=2) / 4
