"""Filling with TensorFlow: eagerly, or in graphs."""

import functools
import os

import tensorflow as tf

from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.inference.hole_windows import disjoint_windows
from inpaint.inference.runtimes.batch_fill import APART, BatchFill
from inpaint.inference.scale import SIDES
from inpaint.models.architecture import CELL

_first_process = None  # that made a filler, with all those that fork from it
_LARGE = 1 << 21  # pixels of images that are always filled eagerly: in bands, and open to Ctrl-C


class TensorFlowFiller:
    """Fills batches of images at one size.

    Args:
        generator, edge_threshold, hole_only, eager: as of the `Inpainter`.
        detail: whether residuals are laid in.

    Attributes:
        inputs: the network's inputs, see `BatchFill.inputs`.
        sides: as of `scale.regions`.
        precision: the network's dtype policy.
    """

    sides = SIDES  # of working copies; any would do

    def __init__(self, generator, edge_threshold, hole_only, eager, detail):
        self.check_process()
        self.precision = generator.dtype_policy.name
        self._detail = detail
        self._eager = eager
        self._batches = BatchFill(generator, edge_threshold, hole_only, detail)
        self.inputs = self._batches.inputs
        images = tf.TensorSpec([None, None, None, 3], tf.uint8)
        masks = tf.TensorSpec([None, None, None, 1], tf.uint8)
        # One signature with unknown sizes, so that images of all sizes share one trace. Without AutoGraph,
        # which takes longer than a fill: no Python control flow depends on tensors.
        signature = [images, masks, masks] if generator.guided else [images, masks]
        whole, copy = map(tf.autograph.experimental.do_not_convert, (self._batches.whole, self._batches.copy))
        self._whole = tf.function(whole, signature, autograph=False)
        self._copy = tf.function(copy, [tf.TensorSpec([], tf.int32), *signature], autograph=False)

    @staticmethod
    def check_process():
        """Raise UserError in a fork of a process that has computed: there TensorFlow waits for ever."""
        global _first_process
        _first_process = _first_process or os.getpid()
        if _first_process != os.getpid():
            raise UserError(
                "TensorFlow does not work in a fork of a process that has used it: make the Inpainter in a "
                'process that is started anew, as by multiprocessing.get_context("spawn")'
            )

    def hides_all(self, masks, cell):
        """Whether working copies of masks, uint8 [N, H, W, 1] in {0, 1}, have no known pixel."""
        return bool(tf.reduce_all(self._batches.hole(tf.constant(masks), cell) > 0))

    def fill(self, inputs, cell, progress=None):
        """Fill images.

        Args:
            inputs: list of uint8 [N, H, W, C] arrays: images, masks in {0, 1}, and if guided sketches.
            cell: how many pixels 8 pixels of the working copy stand for; 8: no copy is needed.
            progress: called as `progress(done, total)` after each part of the work, or None.

        Returns:
            uint8 [N, H, W, 3].

        Raises:
            UserError: there is not enough memory.
        """
        hole = inputs[1].any(axis=(0, 3))
        eager = self._eager or progress or hole.size > _LARGE
        eager = eager or len(disjoint_windows(hole, APART * cell // CELL)) > 1
        tensors = [tf.constant(x) for x in inputs]
        try:
            if not eager:
                return self._graph(cell)(*tensors).numpy()
            copy = functools.partial(self._batches.copy, cell)
            return (copy if self._needs_copy(cell) else self._batches.whole)(
                *tensors, progress=progress
            ).numpy()
        except tf.errors.ResourceExhaustedError as error:
            count, *size, _ = inputs[0].shape
            raise UserError(
                f"not enough memory for {count} x {size_text(size)} pixels: use a smaller image, batch or "
                f"fill_size"
            ) from error

    def fill_in_graph(self, inputs, fill_size):
        """Fill tensors like the arrays of `fill` at a `fill_size` other than `"auto"`, also in a graph."""
        if fill_size == "whole":
            return self._graph(CELL)(*inputs)
        cell = tf.maximum(CELL, -(-CELL * tf.reduce_max(tf.shape(inputs[0])[1:3]) // fill_size))
        copy = functools.partial(self._copy, cell)
        if self._detail:
            return copy(*inputs)
        return tf.cond(cell > CELL, lambda: copy(*inputs), lambda: self._whole(*inputs))

    def _graph(self, cell):
        """The graph that fills a batch with a cell known now."""
        return functools.partial(self._copy, cell) if self._needs_copy(cell) else self._whole

    def _needs_copy(self, cell):
        return cell > CELL or self._detail
