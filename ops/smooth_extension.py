"""Continuing values smoothly from where they are known."""

import tensorflow as tf

_LEVELS = 10  # halvings: of 1024 positions, one is left
_STEPS = 2  # of relaxation, at each level


def smooth_extension(values, known):
    """Continue values into the unknown, close to a solution of Laplace's equation.

    The pyramid of Gortler et al. (The Lumigraph, 1996, section 4.3): known values are averaged to ever
    coarser maps; then each map, from the coarsest, takes its unknown values from the coarser one. Two
    steps of relaxation at each level smooth what is left of the blocks. The difference between an image and
    what is put into it, extended from the border inwards, hides the border (Perez et al., Poisson Image
    Editing, 2003).

    Args:
        values: float32 [N, H, W, C].
        known: float32 [N, H, W, 1], 1 where values are known, 0 elsewhere.

    Returns:
        [N, H, W, C], the values where they are known; zero everywhere if they are known nowhere.
    """
    levels = [(values * known, known)]
    for _ in range(_LEVELS):
        sums, weights = (tf.nn.avg_pool2d(x, 2, 2, "SAME") * 4 for x in levels[-1])
        levels.append((sums / tf.maximum(weights, 1), tf.minimum(weights, 1)))
    sums, weights = levels.pop()
    x = sums / tf.maximum(weights, 1e-6)
    for sums, weights in reversed(levels):
        x = sums + (1 - weights) * tf.image.resize(x, tf.shape(sums)[1:3], "bilinear")
        for _ in range(_STEPS):
            padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
            x = sums + (1 - weights) * tf.nn.avg_pool2d(padded, 3, 1, "VALID")
    return x


def border(hole):
    """The known positions beside a hole, diagonally too: float32 [N, H, W, 1] -> the same."""
    return tf.nn.max_pool2d(hole, 3, 1, "SAME") - hole
