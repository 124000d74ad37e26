"""Sums over neighbours: of shifted copies of a tensor, and of the pixels of a patch.

Neighbouring scores, those of (foreground i, background j) and (i + d, j + d), lie on a diagonal of the
score matrix. `diagonal_sum` adds them up along two axes of a tensor of any rank. `step_sum` does so in
a matrix whose rows are laid out so that no step leaves it: there, going one row down and one column
right is a step of `pitch + 1` numbers in memory, wherever it starts, and the sum is one of shifted
copies of a vector. TensorFlow shifts without copying where the step and the length are multiples of 64 bytes.
"""

import tensorflow as tf

ALIGNMENT = 32  # numbers: 64 bytes at least, in half precision too
SMALLEST_NORM = 1e-4  # of a patch, so that an empty one can be divided by it


def diagonal_sum(x, axes, offsets):
    """Add up entries whose indices along two axes differ by the same offset.

    `y[.., i, .., j, ..] = sum over d in offsets of x[.., i + d, .., j + d, ..]`, where entries
    outside `x` count as zero.

    Args:
        x: tensor of any rank.
        axes: the two axes, (axis of i, axis of j).
        offsets: integers, 0 among them.

    Returns:
        a tensor like `x`.
    """

    @tf.custom_gradient
    def summed(x):
        # The transposed sum walks the other way; the gradient of slicing would be far slower.
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


def step_sum(x, step, taps, first=0):
    """`y[i] = sum over t in first .. first + taps - 1 of x[i + t * step]`, for i that have all terms.

    The last few of them are left out, so that the length is a multiple of `ALIGNMENT`.

    Args:
        x: [L].
        step: positive integer.
        taps: number of terms.
        first: steps to the first term.

    Returns:
        [L - (first + taps - 1) * step], or up to 31 less.
    """
    count = tf.size(x) - (first + taps - 1) * step
    count -= count % ALIGNMENT
    return tf.add_n([tf.slice(x, [t * step], [count]) for t in range(first, first + taps)])


def whole_rows(x, pitch, rows=None):
    """The first rows of length `pitch`, by default all complete ones: [L] -> [rows, pitch]."""
    rows = tf.size(x) // pitch if rows is None else rows
    return tf.reshape(tf.slice(x, [0], [rows * pitch]), [rows, pitch])


def squared_patch_norms(x, side):
    """The sum of squares of the zero-padded patch around every position, at least `SMALLEST_NORM` squared.

    The squares are bounded, not the norms: the gradient of a root at 0 is NaN.

    Args:
        x: [N, H, W, C].
        side: odd side of the patch.

    Returns:
        [N, H, W].
    """
    squares = tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)  # [N, H, W, 1]
    r, shape = side // 2, tf.shape(squares)
    padded = tf.pad(squares, [[0, 0], [r, r], [r, r], [0, 0]])
    # Slices, unlike `tf.image.extract_patches`, have a cheap gradient.
    taps = [tf.slice(padded, [0, i, j, 0], shape) for i in range(side) for j in range(side)]
    return tf.maximum(tf.reduce_sum(tf.concat(taps, axis=-1), axis=-1), SMALLEST_NORM**2)
