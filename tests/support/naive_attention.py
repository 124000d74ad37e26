"""Contextual attention as the description reads, in TensorFlow: an oracle for gradients.

Every patch is copied out, compared, and laid back by a transposed convolution of one image at a
time; float32, stride 1.
"""

import tensorflow as tf

from inpaint.ops.nearest import resize_nearest


def _patches(x, size, stride):
    ones = [1, 1, 1, 1]
    taken = tf.image.extract_patches(x, [1, size, size, 1], [1, stride, stride, 1], ones, "SAME")
    return tf.reshape(taken, [-1, size, size, x.shape[-1]])  # [Q, size, size, C]


def _fuse(scores, f_size, b_size, length):
    kernel = tf.reshape(tf.eye(length), [length, length, 1, 1])
    for _ in range(2):
        image = tf.reshape(scores, [1, f_size[0] * f_size[1], b_size[0] * b_size[1], 1])
        scores = tf.reshape(tf.nn.conv2d(image, kernel, 1, "SAME"), [*f_size, *b_size])
        scores = tf.transpose(scores, [1, 0, 3, 2])
        f_size, b_size = f_size[::-1], b_size[::-1]
    return tf.reshape(scores, [f_size[0] * f_size[1], b_size[0] * b_size[1]])


def attention(
    f, b, mask=None, rate=2, kernel_size=3, fuse_kernel_size=3, scale=10.0, fuse=True, values=None, cell=None
):
    """[1, H, W, C], [1, h, w, C], [1, h, w, 1] or None -> [1, H, W, C].

    With other values to paste, of cells of another side, [1, h / rate * cell, w / rate * cell, K].
    """
    values, cell = (b, rate) if values is None else (values, cell)
    f_size, b_size = (tf.unstack(tf.shape(x)[1:3] // rate) for x in (f, b))
    theirs = _patches(resize_nearest(b, b_size), kernel_size, 1)
    squares = tf.reduce_sum(theirs**2, axis=[1, 2, 3], keepdims=True)
    kernels = tf.transpose(theirs / tf.sqrt(tf.maximum(squares, 1e-8)), [1, 2, 3, 0])
    scores = tf.nn.conv2d(resize_nearest(f, f_size), kernels, 1, "SAME")
    scores = tf.reshape(scores, [f_size[0] * f_size[1], -1])
    if fuse:
        scores = _fuse(scores, f_size, b_size, fuse_kernel_size)
    known = 1.0
    if mask is not None:
        holes = _patches(resize_nearest(mask, b_size), kernel_size, 1)
        known = tf.cast(tf.reduce_sum(holes, axis=[1, 2, 3]) == 0, tf.float32)
    weights = tf.nn.softmax(scores * known * scale) * known
    raw = tf.transpose(_patches(values, 2 * cell, cell), [1, 2, 3, 0])
    weights = tf.reshape(weights, [1, *f_size, -1])
    shape = [1, f_size[0] * cell, f_size[1] * cell, values.shape[-1]]
    return tf.nn.conv2d_transpose(weights, raw, shape, cell, "SAME") / 4
