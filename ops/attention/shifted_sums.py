"""Sums along the diagonals of a score matrix, taken of its numbers in one row.

In a matrix of rows of length `pitch`, going one row down and one column right is a step of
`pitch + 1` numbers in memory, wherever it starts. A sum along diagonals is then a sum of shifted
copies of one vector; TensorFlow shifts without copying where the step is a multiple of 64 bytes.
"""

import tensorflow as tf


def step_sum(x, step, taps, first=0):
    """`y[i] = sum over t in first .. first + taps - 1 of x[i + t * step]`, for all i that have all terms.

    Args:
        x: [L].
        step: positive integer.
        taps: how many terms.
        first: steps to the first term.

    Returns:
        [L - (first + taps - 1) * step].
    """
    count = tf.size(x) - (first + taps - 1) * step
    return tf.add_n([tf.slice(x, [t * step], [count]) for t in range(first, first + taps)])


def whole_rows(x, pitch, rows=None):
    """The first rows of length `pitch`, by default all that are complete: [L] -> [rows, pitch]."""
    rows = tf.size(x) // pitch if rows is None else rows
    return tf.reshape(tf.slice(x, [0], [rows * pitch]), [rows, pitch])
