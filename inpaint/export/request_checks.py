"""Refusing wrong requests inside a graph, with a message for whoever sent them."""

import tensorflow as tf

_MULTIPLE = 8  # what the sides of an image are rounded up to before its pixels are counted


def require(condition, message):
    """An operation that fails with a message unless a condition holds.

    Nothing waits for it by itself: put what must come after it under `tf.control_dependencies`.

    Args:
        condition: bool scalar.
        message: text, or a string scalar.

    Returns:
        the operation; it raises tf.errors.InvalidArgumentError.
    """
    return tf.debugging.Assert(condition, [message])


def size_text(size):
    """int64 [2], height and width -> string scalar, `640 x 480`."""
    return tf.strings.format("{} x {}", (size[1], size[0]))


def require_size(size, wanted, name):
    """The operation that fails unless a mask or sketch has the image's size.

    Args:
        size: int64 [2], height and width.
        wanted: int64 [2], the image's.
        name: `"mask"` or `"sketch"`.
    """
    begin = f"the {name} must have the size of the image: the image is "
    message = tf.strings.join([begin, size_text(wanted), f", the {name} ", size_text(size)])
    return require(tf.reduce_all(size == wanted), message)


def require_pixels(size, received, max_pixels, count=1):
    """Operations that fail unless images have pixels, and no more than the limit together.

    Args:
        size: int64 [2], height and width.
        received: string scalar, for the message: `image_bytes is 640 x 480`.
        max_pixels: the limit, sides rounded up to multiples of 8.
        count: how many images of this size.

    Returns:
        list of operations.
    """
    rounded = -(-size // _MULTIPLE) * _MULTIPLE
    row = rounded[1] * tf.cast(count, tf.int64)
    fits = rounded[0] <= max_pixels // tf.maximum(row, 1)  # a product could overflow
    end = (
        f", over the limit of {max_pixels} pixels (sides rounded up to multiples of 8): send smaller or "
        "fewer images, or export the model with a higher --max_pixels"
    )
    return [
        require((row > 0) & (rounded[0] > 0), tf.strings.join(["there are no pixels: ", received])),
        require(fits, tf.strings.join([received, end])),
    ]


def require_as_many(count, images, name):
    """The operation that fails unless there are as many masks or sketches as images.

    Args:
        count, images: integer scalars.
        name: `"mask"` or `"sketch"`.
    """
    plural = {"mask": "masks", "sketch": "sketches"}[name]
    message = f"there must be as many {plural} as images: {plural} received: {{}}, images: {{}}"
    return require(count == images, tf.strings.format(message, (count, images)))
