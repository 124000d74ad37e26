"""Filling a batch of images at one size: from pixels through the network to pixels, in tensors."""

import tensorflow as tf

from inpaint.inference.hole_windows import disjoint_windows
from inpaint.inference.runtimes.working_copy import CELL, fill_copy, reduced
from inpaint.models.architecture import LEAST_SIZE
from inpaint.models.plans import AroundHole, Everywhere, band_count
from inpaint.models.preprocessing import from_network, to_network

APART = 80  # pixels around each of several windows: half of what the network reads around a hole


class BatchFill:
    """Fills batches with a generator.

    In a graph, one window holds all holes of the batch. Eagerly, holes far from each other are filled
    window by window, with the same result.

    Args:
        generator: what `make_generator` returns.
        edge_threshold: sketch pixels with value / 255 above this are lines.
        hole_only: Whether to compute only what the hole's pixels depend on, which the U-Net ignores.
        detail: Whether residuals are laid in when a working copy is filled.
    """

    def __init__(self, generator, edge_threshold, hole_only, detail):
        self._generator = generator
        self._edge_threshold = edge_threshold
        self._hole_only = hole_only
        self._detail = detail

    def inputs(self, images, masks, sketches=None, cell=None):
        """Prepare the generator's inputs, padded to sizes that it accepts.

        Args:
            images: uint8 [N, H, W, 3] RGB.
            masks: uint8 [N, H, W, 1], 1 in the hole, else 0.
            sketches: uint8 [N, H, W, 1] in [0, 255], or None.
            cell: of working copies, see `working_copy`; None for the images themselves.

        Returns:
            (incomplete, mask, sketch): float32, mirrored at the bottom and right to sizes that the network
            takes, multiples of 8 or, of the U-Net, 256; sketch is None if `sketches` is.
        """
        images, hole = self._padded(images, cell), self.hole(masks, cell)
        if sketches is not None:
            lines = tf.cast(self._padded(sketches, cell), tf.float32) / 255 > self._edge_threshold
            sketches = tf.cast(lines, tf.float32)
        if cell is not None:
            images = reduced(images, cell)
            sketches = None if sketches is None else tf.cast(reduced(sketches, cell) > 0, tf.float32)
        return to_network(images) * (1 - hole), hole, None if sketches is None else sketches * hole

    def hole(self, masks, cell=None):
        """The generator's mask, float32; in a working copy, a pixel is in the hole if anything of it is.

        Args:
            masks, cell: as for `inputs`.
        """
        hole = tf.cast(self._padded(masks, cell), tf.float32)
        return hole if cell is None else tf.cast(reduced(hole, cell) > 0, tf.float32)

    def whole(self, images, masks, sketches=None, progress=None):
        """Fill images at their own size.

        Args:
            images, masks, sketches: as for `inputs`.
            progress: called as `progress(done, total)` after each part of the work, or None; eager only.

        Returns:
            uint8 [N, H, W, 3], RGB.
        """
        inputs = self.inputs(images, masks, sketches)
        plan = self._around(inputs[1], progress) if self._hole_only else Everywhere()
        refined = self._generator.forward(*inputs, plan).refined
        return _laid_in(plan.whole(plan.apply(from_network, refined)), images, masks)

    def copy(self, cell, images, masks, sketches=None, progress=None):
        """Fill images through smaller working copies.

        Args:
            cell: see `working_copy`; an integer or scalar tensor of at least 8.
            images, masks, sketches, progress: as for `whole`.

        Returns:
            uint8 [N, H, W, 3], RGB.
        """
        inputs, padded = self.inputs(images, masks, sketches, cell), self._padded(images, cell)
        plan = self._around(inputs[1], progress, self._detail)
        return _laid_in(fill_copy(self._generator, plan, inputs, padded, cell, self._detail), images, masks)

    def _around(self, hole, progress, detail=False):
        """The `AroundHole` for a padded mask, float32 [N, H, W, 1]."""
        if not tf.executing_eagerly():
            return AroundHole(beside=int(detail))
        windows = list(disjoint_windows(hole.numpy().any(axis=(0, 3)), APART))
        total = self._generator.part_count(len(windows), band_count(hole.shape[1:3]), detail)
        return AroundHole(windows, progress and _Counter(progress, total), beside=int(detail))

    def _padded(self, x, cell=None):
        """Mirror [N, H, W, C] at the bottom and right, repeatedly, to whole cells, as many as are needed."""
        cell, size = CELL if cell is None else cell, tf.shape(x)[1:3]
        step = self._generator.architecture.multiple // CELL
        for axis in (1, 2):
            length = size[axis - 1]
            cells = tf.maximum(-(-length // cell), LEAST_SIZE[self._generator.padding] // CELL)
            cells = -(-cells // step) * step
            position = tf.range(cells * cell) % (2 * length)
            x = tf.gather(x, tf.minimum(position, 2 * length - 1 - position), axis=axis)
        return x


class _Counter:
    """Counts its calls and reports them as `progress(done, total)`."""

    def __init__(self, progress, total):
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self):
        self._done += 1
        self._progress(self._done, self._total)


def _laid_in(filled, images, masks):
    """Known pixels of `images`, and those of padded `filled` in the holes."""
    size = tf.shape(images)[1:3]
    return tf.where(masks > 0, filled[:, : size[0], : size[1]], images)
