"""Contextual attention in NumPy, position by position, from the description of what TF1 computes."""

import numpy as np


def nearest(x, height, width):
    """[h, w, c] reduced with align_corners, halves rounded up, in float32 as TF1 did."""

    def positions(n_in, n_out):
        scale = np.float32(n_in - 1) / np.float32(n_out - 1) if n_out > 1 else np.float32(0)
        return [min(int(np.floor(np.float32(i) * scale + np.float32(0.5))), n_in - 1) for i in range(n_out)]

    return x[positions(x.shape[0], height)][:, positions(x.shape[1], width)]


def patch(x, y, z, before, size):
    """The zero-padded patch of `size` whose first element is (y - before, z - before)."""
    result = np.zeros((size, size, x.shape[-1]))
    for i in range(size):
        for j in range(size):
            row, column = y - before + i, z - before + j
            if 0 <= row < x.shape[0] and 0 <= column < x.shape[1]:
                result[i, j] = x[row, column]
    return result


def add_diagonal(scores, length):
    result = np.zeros_like(scores)
    for p in range(scores.shape[0]):
        for q in range(scores.shape[1]):
            for d in range(-(length // 2), length // 2 + 1):
                if 0 <= p + d < scores.shape[0] and 0 <= q + d < scores.shape[1]:
                    result[p, q] += scores[p + d, q + d]
    return result


def column_major(size):
    """Row-major indices of all positions, listed column by column."""
    return np.arange(size[0] * size[1]).reshape(size).T.ravel()


def attention(
    foreground, background, mask=None, rate=2, kernel_size=3, fuse_kernel_size=3, scale=10.0, fuse=True
):
    """One image: ([H, W, C], [h, w, C], [h, w] or None) -> (output [H, W, C], offsets [.., .., 2])."""
    f_size = (foreground.shape[0] // rate, foreground.shape[1] // rate)
    b_size = (background.shape[0] // rate, background.shape[1] // rate)
    f, b = nearest(foreground, *f_size), nearest(background, *b_size)
    f_positions, b_positions = list(np.ndindex(*f_size)), list(np.ndindex(*b_size))
    r = kernel_size // 2

    scores = np.zeros((len(f_positions), len(b_positions)))
    for j, q in enumerate(b_positions):
        theirs = patch(b, *q, r, kernel_size)
        theirs /= max(np.sqrt((theirs**2).sum()), 1e-4)
        for i, p in enumerate(f_positions):
            scores[i, j] = (patch(f, *p, r, kernel_size) * theirs).sum()
    if fuse:
        scores = add_diagonal(scores, fuse_kernel_size)
        rows, columns = column_major(f_size), column_major(b_size)
        fused = add_diagonal(scores[rows][:, columns], fuse_kernel_size)
        scores[np.ix_(rows, columns)] = fused

    known = np.ones(len(b_positions))
    if mask is not None:
        small = nearest(mask[..., None].astype(float), *b_size)
        known = np.array([float(patch(small, *q, r, kernel_size).sum() == 0) for q in b_positions])
    weights = np.exp(scale * (scores * known - (scores * known).max(axis=1, keepdims=True)))
    weights = weights / weights.sum(axis=1, keepdims=True) * known

    output = np.zeros(foreground.shape)
    before = rate // 2
    for i, (y, x) in enumerate(f_positions):
        for j, q in enumerate(b_positions):
            raw = patch(background, q[0] * rate, q[1] * rate, before, 2 * rate)
            for row in range(2 * rate):
                for column in range(2 * rate):
                    at = (y * rate - before + row, x * rate - before + column)
                    if 0 <= at[0] < output.shape[0] and 0 <= at[1] < output.shape[1]:
                        output[at] += weights[i, j] * raw[row, column] / 4
    best = [b_positions[j] for j in weights.argmax(axis=1)]
    offsets = np.array(best) - np.array(f_positions)
    return output, offsets.reshape(*f_size, 2)
