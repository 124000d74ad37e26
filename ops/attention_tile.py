"""A tile of contextual attention: some foreground positions against the whole background.

Scores, fuse, softmax and pasting of a rectangle of foreground positions need the foreground a few
positions around it and nothing else. Both maps are laid out as wrapped grids with a margin; every
sum over neighbours that move in both maps at once is a `step_sum`, which moves the first entry up
and left in both grids and eats up a position of the margin. What falls outside is excluded by
masks. So all work is matrix products and a few passes over one matrix, [positions, pitch].
"""

import tensorflow as tf

from ops.background_layout import part_sides
from ops.step_sums import step_sum, whole_rows
from ops.wrapped_grid import patches_at, wrapped_grid


class AttentionTile:
    """Attention of a rectangle of one picture's foreground positions.

    Args:
        f_size: (height, width) of the map of foreground positions.
        layout: the `BackgroundLayout` of the positions that have patches.
        cells: the `BackgroundLayout` of all positions; both of margin `margin(fuse_taps)`.
        known: float32 [hb, wb, 1], 1 where the background's patch is known.
        kernel_size, stride, rate, scale: as in `ContextualAttention`.
        fuse_taps: length of the fuse, 1 for none.
    """

    def __init__(self, f_size, layout, cells, known, kernel_size, stride, rate, scale, fuse_taps):
        self.f_size = f_size
        self.layout = layout
        self.cells = cells
        self.kernel_size = kernel_size
        self.stride = stride
        self.rate = rate
        self.fuse_taps = fuse_taps
        self.margin = margin(fuse_taps)
        # After the fuse one position of the margin is left.
        self.known = layout.place(known, 1)[:, 0]
        self.factors = self.known * scale
        inside = layout.place(tf.ones_like(known), 1)[:, 0]
        self.outside = (1 - inside) * tf.float32.min

    def weights(self, f, patches, top, left, rows, columns):
        """Softmax weights of positions (top - 1, left - 1) and on, rows of columns + 2 * margin.

        Args:
            f: float32 [h * w, C], the reduced foreground.
            patches: float32 [pitch, K], background patches, each divided by its norm.
            top, left, rows, columns: the rectangle.

        Returns:
            float32 [L, pitch], with a few more rows at the end; the background's first position is at
            (1, 1) of its grid.
        """
        height, width = self.f_size
        pitch, across = self.layout.pitch, columns + 2 * self.margin
        ys = tf.range(top - self.margin, top + rows + self.margin)
        xs = tf.range(left - self.margin, left + columns + self.margin)
        positions, ordered = wrapped_grid(ys, xs, self.f_size)
        # Steps are a little longer than the margin's rows, and rows that are cut are left out.
        spare = 2 * self.margin + 3
        positions = tf.pad(tf.reshape(positions, [-1]), [[0, spare]], constant_values=height * width)
        x = tf.matmul(patches_at(f, positions, self.f_size, self.kernel_size), patches, transpose_b=True)
        if self.fuse_taps > 1:
            x = whole_rows(step_sum(tf.reshape(x, [-1]), pitch + 1, self.fuse_taps), pitch)
            # The entries are sums around the place half a fuse to the right.
            half = self.fuse_taps // 2
            ordered = tf.pad(tf.reshape(tf.cast(ordered, tf.float32), [-1]), [[0, spare]])
            x *= ordered[half : half + tf.shape(x)[0], None]
            x *= tf.pad(self.layout.ordered[half:], [[0, half]])
            x = step_sum(tf.reshape(x, [-1]), across * pitch + self.layout.width, self.fuse_taps)
            x = whole_rows(x, pitch)
        # Multiplied before and after, not set to minus infinity: as in the original, excluded
        # positions keep exp(0) in the denominator.
        x = tf.nn.softmax(x * self.factors + self.outside) * self.known
        ys, xs = tf.range(top - 1, top + rows + 1), tf.range(left - 1, left - 1 + across)
        inside = ((ys >= 0) & (ys < height))[:, None] & (xs >= 0) & (xs < width)
        inside = tf.reshape(tf.cast(inside, tf.float32), [-1])
        inside = tf.pad(inside, [[0, tf.shape(x)[0] - tf.size(inside)]])
        return x * inside[:, None]

    def offsets(self, weights, top, left, rows, columns):
        """(row, column) of the background weighed most, less one's own: int32 [rows, columns, 2]."""
        across = columns + 2 * self.margin
        best = tf.argmax(weights[: (rows + 2) * across], -1, tf.int32)
        best = tf.reshape(best, [rows + 2, across])[1:-1, 1 : columns + 1]
        # Where no weight is above zero, the first entry, which lies outside the map, is the largest.
        best = tf.maximum(tf.stack([best // self.layout.width, best % self.layout.width], -1) - 1, 0)
        own = tf.meshgrid(tf.range(rows) + top, tf.range(columns) + left, indexing="ij")
        return best * self.stride - tf.stack(own, -1)

    def spread(self, weights):
        """Undo the stride: zero for the positions that it leaves out. [L, pitch] -> [L, cells.pitch]."""
        if self.stride == 1:
            return weights
        x = self.layout.taken(weights, 1)  # [L, hb, wb]
        shape, stride = tf.shape(x), self.stride
        x = tf.pad(x[:, :, None, :, None], [[0, 0], [0, 0], [0, stride - 1], [0, 0], [0, stride - 1]])
        x = tf.reshape(x, [shape[0], shape[1] * stride, shape[2] * stride])
        height, width = self.cells.size
        return tf.transpose(self.cells.place(tf.transpose(x[:, :height, :width], [1, 2, 0]), 1))

    def paste(self, weights, raw, rows, columns):
        """Lay raw patches of side 2 * rate at steps of rate, weighed, and divide by 4.

        A patch is 2 x 2 cells of side rate, so each cell is covered by four of them, and a given place
        in it by four cells of background that are neighbours as the patches are: their weights are
        summed first.

        Args:
            weights: [L, cells.pitch], what `spread` returned, in the dtype to compute in.
            raw: list of [pitch, pixels * C], what `raw_parts` returned.
            rows, columns: the rectangle.

        Returns:
            [rows, columns, rate, rate, C], the cells.
        """
        pitch, across = self.cells.pitch, columns + 2 * self.margin
        down, right = across * pitch + self.cells.width, pitch + 1
        sides = part_sides(self.rate)
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


def margin(fuse_taps):
    """Positions that the fuse and the pasting need around a tile."""
    return fuse_taps // 2 + 1
