"""Sums along diagonals of score matrices: what is added moves in both maps at once."""

import tensorflow as tf


def diagonal_sum(x, axes, offsets):
    """Add up entries whose indices along two axes differ by the same offset.

    `y[.., i, .., j, ..] = sum over d in offsets of x[.., i + d, .., j + d, ..]`, where entries
    outside count as zero.

    Args:
        x: tensor of any rank.
        axes: the two axes, (axis of i, axis of j).
        offsets: integers, 0 among them.

    Returns:
        a tensor like `x`.
    """

    @tf.custom_gradient
    def summed(x):
        # The transposed sum walks the other way; slicing's own gradient would be far slower.
        return _summed(x, axes, offsets), lambda upstream: _summed(upstream, axes, [-d for d in offsets])

    return summed(x)


def _summed(x, axes, offsets):
    return tf.add_n([x] + [_moved(x, axes, offset) for offset in offsets if offset])


def _moved(x, axes, offset):
    """`y[.., i, .., j, ..] = x[.., i + offset, .., j + offset, ..]`, zero where there is no such entry."""
    begin, size, margins = [0] * x.shape.rank, tf.unstack(tf.shape(x)), [[0, 0]] * x.shape.rank
    for axis in axes:
        gap = tf.minimum(abs(offset), size[axis])
        begin[axis] = gap if offset > 0 else 0
        size[axis] -= gap
        margins[axis] = [0, gap] if offset > 0 else [gap, 0]
    return tf.pad(tf.slice(x, begin, size), margins)
