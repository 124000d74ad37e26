"""Sums along diagonals of score matrices: what is added moves in both maps at once."""

import tensorflow as tf


def diagonal_sum(x, axes, offsets):
    """Add up entries whose indices along two axes differ by the same offset.

    `y[.., i, .., j, ..] = sum over d in offsets of x[.., i + d, .., j + d, ..]`, where entries
    outside count as zero.

    Args:
        x: tensor of any rank.
        axes: the two axes, (axis of i, axis of j).
        offsets: consecutive integers, 0 among them.

    Returns:
        a tensor like `x`.
    """

    @tf.custom_gradient
    def summed(x):
        # The transposed sum walks the other way; slicing's own gradient would be far slower.
        return _summed(x, axes, offsets), lambda upstream: _summed(upstream, axes, [-d for d in offsets])

    return summed(x)


def _summed(x, axes, offsets):
    first = min(offsets)
    margins = [[0, 0]] * x.shape.rank
    for axis in axes:
        margins[axis] = [-first, max(offsets)]
    padded = tf.pad(x, margins)
    terms = []
    for offset in offsets:
        begin = [0] * x.shape.rank
        for axis in axes:
            begin[axis] = offset - first
        terms.append(tf.slice(padded, begin, tf.shape(x)))
    return tf.add_n(terms)
