"""Filling holes in images."""

import numpy as np
import tensorflow as tf

from inpaint.checkpoints import restore
from inpaint.checkpoints.config import settle
from inpaint.errors import UserError
from inpaint.io.image_files import size_text
from inpaint.models.architecture import LEAST_SIZE
from inpaint.models.generator import Generator
from inpaint.models.passes import AroundHole, Everywhere
from inpaint.models.preprocessing import from_network, holes, to_network

_MULTIPLE = 8  # the network needs heights and widths that are multiples of this


class Inpainter:
    """Fills images of any size; known pixels are returned unchanged.

    Args:
        generator: a `Generator` with loaded weights.
        edge_threshold: sketch pixels with value / 255 above this are lines.
        hole_only: Whether to compute only what the hole's pixels depend on: same result, faster.
        eager: Whether to run eagerly instead of tracing a graph in the first call. This makes the
            first call faster and later ones slower: for a process that fills a single image.
    """

    def __init__(self, generator, edge_threshold=0.6, hole_only=True, eager=False):
        self.generator = generator
        self.edge_threshold = edge_threshold
        self.hole_only = hole_only
        images = tf.TensorSpec([None, None, None, 3], tf.uint8)
        masks = tf.TensorSpec([None, None, None, 1], tf.uint8)
        # One signature with unknown sizes, so that images of all sizes share one trace.
        signature = [images, masks, masks] if generator.guided else [images, masks]
        # Without AutoGraph, which takes longer than a fill: no Python control flow depends on tensors.
        fill = tf.autograph.experimental.do_not_convert(self._fill)
        self.fill = fill if eager else tf.function(fill, input_signature=signature, autograph=False)

    @classmethod
    def from_checkpoint(
        cls,
        path=None,
        guided=None,
        padding=None,
        precision="float32",
        edge_threshold=0.6,
        say=None,
        eager=False,
    ):
        """Create an `Inpainter` from a checkpoint of this project or of the original TF1 code.

        Args:
            path: folder or prefix of the checkpoint; None for the bundled weights.
            guided: Whether the generator takes a sketch. None: as in the checkpoint's config.json, or
                False without one.
            padding: padding of the convolutions, `"same"`, `"symmetric"` or `"reflect"`. None: as in the
                checkpoint's config.json, or `"same"` without one.
            precision: dtype policy, `"float32"`, `"mixed_bfloat16"` or `"mixed_float16"`.
            edge_threshold: sketch pixels with value / 255 above this are lines.
            say: called with one line of text that describes the loaded checkpoint, or None.
            eager: as in the constructor.

        Raises:
            UserError: if there is no checkpoint at `path`, or if it does not fit or contradicts `guided`
                or `padding`.
        """
        if path is None and guided:
            raise UserError("the bundled weights are not guided: name a guided --checkpoint_dir")
        config = settle(path, guided, padding)
        generator = Generator(config.guided, config.padding, dtype=precision)
        loaded = restore.load_generator(path, generator)
        if say:
            say(f"loaded {loaded}")
        return cls(generator, edge_threshold, eager=eager)

    def __call__(self, image, mask, sketch=None):
        """Fill an image or a batch of images of the same size.

        Args:
            image: uint8 [H, W, 3] RGB, or [N, H, W, 3].
            mask: [H, W] or [H, W, 1], or [N, H, W] or [N, H, W, 1] for a batch: bool, or numbers up
                to 1 (hole above 0.5) or up to 255 (hole above 127.5), determined for each mask.
            sketch: same shapes as the mask, uint8 in [0, 255], white lines; required if guided. Lines
                outside the hole are ignored.

        Returns:
            uint8 array of the image's shape, RGB; an image without a hole is returned unchanged.

        Raises:
            UserError: if sizes differ, the image has no pixels, a sketch is missing or not allowed,
                or there is not enough memory.
        """
        inputs = self.checked(image, mask, sketch)
        if not inputs[1].any():
            return np.array(image)
        try:
            filled = self.fill(*(tf.constant(x) for x in inputs))
        except tf.errors.ResourceExhaustedError as error:
            count, *size, _ = inputs[0].shape
            raise UserError(
                f"not enough memory for {count} x {size_text(size)} pixels: use a smaller image or batch"
            ) from error
        return filled.numpy().reshape(np.shape(image))

    def checked(self, image, mask, sketch=None):
        """Check the arguments of a call and convert them to a batch; raises UserError as the call.

        Returns:
            [uint8 [N, H, W, 3], uint8 [N, H, W, 1] in {0, 1}], and if guided uint8 [N, H, W, 1].
        """
        image = np.asarray(image)
        if image.dtype != np.uint8 or image.ndim not in (3, 4) or image.shape[-1] != 3:
            raise UserError(
                f"the image must be uint8 [H, W, 3] or [N, H, W, 3], received {image.dtype} "
                f"{list(image.shape)}"
            )
        if self.generator.guided != (sketch is not None):
            needs = "needs a sketch" if self.generator.guided else "is not guided, it takes no sketch"
            raise UserError(f"this generator {needs}")
        batch = image if image.ndim == 4 else image[None]
        if batch.size == 0:
            raise UserError(f"the image has no pixels: its shape is {list(image.shape)}")
        inputs = [batch, holes(_as_batch(mask, batch, "mask")).numpy()]
        if sketch is not None:
            inputs.append(np.uint8(_as_batch(sketch, batch, "sketch")))
        return inputs

    def network_inputs(self, images, masks, sketches=None):
        """Prepare the generator's inputs, padded to sizes that it accepts.

        Args:
            images: uint8 [N, H, W, 3] RGB.
            masks: uint8 [N, H, W, 1], 1 in the hole, else 0.
            sketches: uint8 [N, H, W, 1] in [0, 255], or None.

        Returns:
            (incomplete, mask, sketch): float32, mirrored at the bottom and right to multiples of 8;
            sketch is None if `sketches` is.
        """
        size = tf.shape(images)[1:3]
        least = LEAST_SIZE[self.generator.padding]
        hole = tf.cast(_pad(masks, size, least), tf.float32)
        incomplete = to_network(_pad(images, size, least)) * (1 - hole)
        if sketches is None:
            return incomplete, hole, None
        lines = tf.cast(_pad(sketches, size, least), tf.float32) / 255 > self.edge_threshold
        return incomplete, hole, tf.cast(lines, tf.float32) * hole

    def _fill(self, images, masks, sketches=None):
        """The graph: uint8 [N, H, W, 3] RGB, uint8 [N, H, W, 1] {0, 1} -> uint8 [N, H, W, 3]."""
        size = tf.shape(images)[1:3]
        incomplete, hole, lines = self.network_inputs(images, masks, sketches)
        way = AroundHole() if self.hole_only else Everywhere()
        _, refined, _ = self.generator.forward(incomplete, hole, lines, way)
        filled = way.whole(way.apply(from_network, refined))
        return tf.where(masks > 0, filled[:, : size[0], : size[1]], images)


def _as_batch(array, batch, name):
    """Check a mask or sketch against the images and reshape it to [N, H, W, 1]."""
    array = np.asarray(array)
    shape = batch.shape[:3]
    fitting = [shape, (*shape, 1)]
    if shape[0] == 1:
        fitting += [shape[1:], (*shape[1:], 1)]
    if array.shape in fitting and array.dtype != object:
        return array.reshape(*shape, 1)
    received = f"{array.dtype} {list(array.shape)}"
    if array.ndim == 2:
        received = f"{size_text(array.shape)} ({received})"
    raise UserError(
        f"the {name} must have the image's size: the image is {size_text(shape[1:])}, the {name} {received}"
    )


def _pad(x, size, least):
    """Mirror [N, H, W, C] at the bottom and right, repeatedly, to multiples of 8 and at least `least`."""
    for axis in (1, 2):
        length = size[axis - 1]
        padded = tf.maximum(-(-length // _MULTIPLE) * _MULTIPLE, least)
        position = tf.range(padded) % (2 * length)
        x = tf.gather(x, tf.minimum(position, 2 * length - 1 - position), axis=axis)
    return x
