"""Checks inside a graph that reject invalid requests with a message for the client."""

import tensorflow as tf


def require(condition, message):
    """Return an operation that fails with a message unless a condition holds.

    Operations that must run after the check need `tf.control_dependencies`.

    Args:
        condition: bool scalar.
        message: str or string scalar.

    Returns:
        An operation that raises tf.errors.InvalidArgumentError.
    """
    return tf.debugging.Assert(condition, [message])


def one_channel(plane, name):
    """A mask or sketch of unknown shape as [N, H, W, 1], with a check that it is one.

    Args:
        plane: a tensor.
        name: `"mask"` or `"sketch"`.
    """
    shape = tf.shape(plane)
    message = tf.strings.format(f"the {name} must be [N, H, W, 1], received {{}}", shape)
    is_plane = tf.equal(tf.size(shape), 4) & tf.reduce_all(shape[-1:] == 1)
    with tf.control_dependencies([require(is_plane, message)]):
        return tf.ensure_shape(tf.identity(plane), [None, None, None, 1])


def size_text(size):
    """int64 [2], height and width -> string scalar, width first: `640 x 480`."""
    return tf.strings.format("{} x {}", (size[1], size[0]))


def require_size(size, wanted, name):
    """Return an operation that fails unless a mask or sketch has the image's size.

    Args:
        size: int64 [2], height and width of the mask or sketch.
        wanted: int64 [2], height and width of the image.
        name: `"mask"` or `"sketch"`.
    """
    begin = f"the {name} must have the size of the image: the image is "
    message = tf.strings.join([begin, size_text(wanted), f", the {name} ", size_text(size)])
    return require(tf.reduce_all(size == wanted), message)


def require_pixels(size, received, max_pixels, count=1, multiple=8):
    """Return operations that fail if images have no pixels, or too many in total.

    Args:
        size: int64 [2], height and width.
        received: string scalar for the message, such as `image_bytes is 640 x 480`.
        max_pixels: maximum number of pixels, with sides rounded up.
        count: number of images of this size.
        multiple: sides are rounded up to multiples of this, as the network takes them.

    Returns:
        List of operations.
    """
    rounded = -(-size // multiple) * multiple
    row = rounded[1] * tf.cast(count, tf.int64)
    fits = rounded[0] <= max_pixels // tf.maximum(row, 1)  # the product of all could overflow
    end = (
        f", over the limit of {max_pixels} pixels (sides rounded up to multiples of {multiple}): send "
        "smaller or fewer images, or export the model with a higher --max_pixels"
    )
    return [
        require((row > 0) & (rounded[0] > 0), tf.strings.join(["there are no pixels: ", received])),
        require(fits, tf.strings.join([received, end])),
    ]


def require_as_many(count, images, name):
    """Return an operation that fails unless there are as many masks or sketches as images.

    Args:
        count, images: integer scalars.
        name: `"mask"` or `"sketch"`.
    """
    plural = {"mask": "masks", "sketch": "sketches"}[name]
    message = f"there must be as many {plural} as images: {plural} received: {{}}, images: {{}}"
    return require(count == images, tf.strings.format(message, (count, images)))
