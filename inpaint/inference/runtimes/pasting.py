"""Adding up patches by the attention's weights, in NumPy: what `ForegroundTile.paste` does in TensorFlow."""

import numpy as np


def pasted(weights, values, cell, rows, columns):
    """Rebuild some cells of a map from its patches of 2 x 2 cells.

    Args:
        weights: float32 [h, w, h, w]: of each cell, that of the patch at each other one.
        values: float32 [h * cell, w * cell, C].
        cell: side of a cell, at least 2.
        rows, columns: the cells that are wanted, as slices.

    Returns:
        float32 [rows * cell, columns * cell, C].
    """
    height, width = weights.shape[:2]
    down, across, channels = rows.stop - rows.start, columns.stop - columns.start, values.shape[-1]
    # The weights in the cells around the wanted ones, too; none where there is no cell or no patch.
    around = weights[max(0, rows.start - 1) : rows.stop + 1, max(0, columns.start - 1) : columns.stop + 1]
    beyond = [(part.start == 0, part.stop == side) for part, side in ((rows, height), (columns, width))]
    around = np.pad(around, [*beyond, (1, 1), (1, 1)])
    cells = values.reshape(height, cell, width, cell, channels)
    result = np.empty((down, cell, across, cell, channels), np.float32)
    half = cell - cell // 2
    # A cell's first half is covered by its own patch and the one before, the other by its own and the one
    # after: their weights are added up first, and the sum weights the cell's pixels once.
    for i, ys in enumerate((slice(0, half), slice(half, cell))):
        for j, xs in enumerate((slice(0, half), slice(half, cell))):
            four = sum(
                around[a : a + down, b : b + across, a : a + height, b : b + width]
                for a in (i, i + 1)
                for b in (j, j + 1)
            )
            raw = cells[:, ys, :, xs].transpose(0, 2, 1, 3, 4).reshape(height * width, -1)
            block = four.reshape(down * across, height * width) @ raw
            shape = down, across, ys.stop - ys.start, xs.stop - xs.start, channels
            result[:, ys, :, xs] = block.reshape(shape).transpose(0, 2, 1, 3, 4)
    return result.reshape(down * cell, across * cell, channels) / 4
