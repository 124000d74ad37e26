"""The network at one size, as a graph without control flow, for runtimes that have none."""

import tensorflow as tf

from inpaint.errors import UserError
from inpaint.inference.runtimes.working_copy import colour_shift, detail_weights
from inpaint.models.architecture import LEAST_SIZE
from inpaint.models.generator import complete
from inpaint.models.preprocessing import from_network, holes, to_network


def check_size(generator, size):
    """Raise UserError unless a graph of images of size x size pixels can be made."""
    multiple, least = generator.architecture.multiple, LEAST_SIZE[generator.padding]
    if size % multiple or size < least:
        raise UserError(f"--size must be a multiple of {multiple} and at least {least}, received {size}")
    if generator.has_attention and not generator.contextual_attention.fits(size // 4, size // 4):
        raise UserError(f"--size={size} is too large for a file without control flow: give a smaller one")


def fill_function(generator, size, edge_threshold):
    """From pixels to pixels.

    Args:
        generator: what `make_generator` returns, in float32.
        size: height and width.
        edge_threshold: sketch pixels with value / 255 above this are lines.

    Returns:
        `tf.function`: `image` uint8 [1, size, size, 3] RGB, `mask` uint8 [1, size, size, 1] (see
        `preprocessing.holes`), if guided `sketch` uint8 like the mask -> dict of `output` uint8 like the
        image, the same outside the hole.
    """

    def fill(image, mask, sketch=None):
        image = tf.cast(image, tf.float32)  # LiteRT compares and selects float32 only
        hole = tf.cast(holes(mask), tf.float32)
        if sketch is not None:
            sketch = tf.cast(tf.cast(sketch, tf.float32) / 255 > edge_threshold, tf.float32) * hole
        refined = generator.forward(to_network(image) * (1 - hole), hole, sketch).refined
        filled = tf.cast(from_network(refined), tf.float32)
        return {"output": tf.cast(complete(filled, image, hole), tf.uint8)}

    return _function(fill, generator, size, tf.uint8)


def copy_function(generator, size):
    """A working copy's fill, for what `working_copy.fill_copy` makes of it.

    Args:
        generator, size: as of `fill_function`.

    Returns:
        `tf.function`: `image` float32 [1, size, size, 3] RGB in [0, 255], `mask` and, if guided, `sketch`
        float32 [1, size, size, 1] in {0, 1} -> dict of `filled` float32 like the image, not rounded, and with
        attention `shifted`, the same with `colour_shift`, and `weights`, see `detail_weights`.
    """

    def copy(image, mask, sketch=None):
        incomplete = to_network(image) * (1 - mask)
        refined = generator.forward(incomplete, mask, None if sketch is None else sketch * mask).refined
        found = {"filled": _levels(complete(refined, incomplete, mask))}
        if generator.has_attention:
            shifted = complete(refined + colour_shift(refined, incomplete, mask), incomplete, mask)
            found |= {"shifted": _levels(shifted), "weights": detail_weights(generator, shifted, mask)}
        return found

    return _function(copy, generator, size, tf.float32)


def _levels(bgr):
    """As `from_network`, but float32 and not rounded."""
    return tf.reverse((bgr + 1.0) * 127.5, axis=[-1])


def _function(function, generator, size, dtype):
    """A `tf.function` of images of a size, without variables: the converters lose those of Keras."""
    # tf.lite has no other way to it.
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    names = ["image", "mask", "sketch"] if generator.guided else ["image", "mask"]
    specs = [tf.TensorSpec([1, size, size, 3 if name == "image" else 1], dtype, name) for name in names]
    traced = tf.function(function, input_signature=specs, autograph=False).get_concrete_function()
    frozen, outputs = convert_variables_to_constants_v2(traced), traced.structured_outputs

    def named(*inputs):
        return tf.nest.pack_sequence_as(outputs, frozen(*inputs))

    return tf.function(named, input_signature=specs, autograph=False)
