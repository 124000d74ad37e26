"""The losses of the partial convolution paper (Liu et al., ECCV 2018, section 3.3).

Every L1 norm is a mean over all elements, as the authors' erratum says.
"""

import tensorflow as tf


def hole_and_valid(images, output, masks):
    """The pixel losses of equation 4: (of the hole, of known pixels), both means over **all** elements.

    Args:
        images, output: [N, H, W, 3] float32.
        masks: [N or 1, H, W, 1] float32, 1 in the hole.

    Returns:
        two float32 scalars.
    """
    error = tf.abs(output - images)
    return tf.reduce_mean(masks * error), tf.reduce_mean((1 - masks) * error)


def total_variation(completed, masks):
    """Differences of neighbours, both within the hole grown by one pixel (equation 8).

    Args:
        completed: [N, H, W, 3] float32, the image with its hole filled.
        masks: [N or 1, H, W, 1] float32, 1 in the hole.

    Returns:
        float32 scalar: the sum of absolute differences in both directions, over the number of elements.
    """
    region = tf.nn.max_pool2d(masks, 3, 1, "SAME")
    below = tf.abs(completed[:, 1:] - completed[:, :-1]) * region[:, 1:] * region[:, :-1]
    beside = tf.abs(completed[:, :, 1:] - completed[:, :, :-1]) * region[:, :, 1:] * region[:, :, :-1]
    return (tf.reduce_sum(below) + tf.reduce_sum(beside)) / tf.cast(tf.size(completed), tf.float32)


def perceptual(maps, others):
    """The distance of features (equation 5): the sum over layers of their mean absolute difference.

    Args:
        maps, others: lists of [N, h, w, C] float32, features of two batches.

    Returns:
        float32 scalar.
    """
    return tf.add_n([tf.reduce_mean(tf.abs(x - y)) for x, y in zip(maps, others)])


def style(maps, others):
    """The same for the features' Gram matrices (equations 6 and 7); arguments and result as above."""
    return perceptual([gram(x) for x in maps], [gram(x) for x in others])


def gram(features):
    """How the channels of features go together: [N, H, W, C] -> [N, C, C], sums over positions / (C H W)."""
    _, height, width, channels = tf.unstack(tf.shape(features))
    products = tf.einsum("nhwi,nhwj->nij", features, features)
    return products / tf.cast(height * width * channels, tf.float32)
