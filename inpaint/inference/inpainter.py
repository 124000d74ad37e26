"""Filling holes in images."""

import functools
import os

import numpy as np
import tensorflow as tf

from inpaint.checkpoints.config import resolve
from inpaint.checkpoints.restore import restored_generator
from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.inference.arguments import checked
from inpaint.inference.batch_fill import APART, BatchFill
from inpaint.inference.hole_windows import disjoint_windows
from inpaint.inference.pictures import as_levels
from inpaint.inference.scale import regions
from inpaint.models.architecture import CELL
from inpaint.options.filling import check_scale

_first_process = None  # that made an `Inpainter`, with all those that fork from it
_LARGE = 1 << 21  # pixels of images that are always filled eagerly: in bands, and open to Ctrl-C


class Inpainter:
    """Fills images of any size; known pixels are returned unchanged.

    Args:
        generator: what `make_generator` returns, with loaded weights.
        edge_threshold: sketch pixels with value / 255 above this are lines.
        hole_only: Whether to compute only what the hole's pixels depend on: same result, faster. The U-Net
            always computes everything.
        eager: Whether to run eagerly instead of tracing a graph in the first call. This makes the
            first call faster and later ones slower: for a process that fills a single image.
        fill_size: the size at which the network works. `"whole"`: that of the image. A number: that of a copy
            whose longer side has about so many pixels and no more. `"auto"`: for each hole (or group of
            neighbouring holes), a size at which it is as wide as those that the network learned on.
        detail: what is added to holes that were filled in a smaller copy: `"none"`, or `"residual"` for the
            fine detail of similar places in the image (Yi et al., CVPR 2020), which the attention finds.
        hole_width: width of the holes that the network fills well, in pixels; for `"auto"`.

    Raises:
        ValueError: if `fill_size`, `detail` or `hole_width` is none of these.
        UserError: if `detail` is `"residual"` and the network has no attention.
    """

    def __init__(
        self,
        generator,
        edge_threshold=0.6,
        hole_only=True,
        eager=False,
        fill_size="whole",
        detail="none",
        hole_width=48,
    ):
        check_scale(fill_size, detail, hole_width)
        _check_process()
        if detail == "residual" and not generator.has_attention:
            raise UserError(
                f"detail=residual needs attention, which network {generator.network} lacks: use detail=none"
            )
        self.generator = generator
        self.edge_threshold = edge_threshold
        self.hole_only = hole_only
        self.fill_size = fill_size
        self.detail = detail
        self.hole_width = hole_width
        self._eager = eager
        self._batches = BatchFill(generator, edge_threshold, hole_only, detail == "residual")
        self.network_inputs = self._batches.inputs
        images = tf.TensorSpec([None, None, None, 3], tf.uint8)
        masks = tf.TensorSpec([None, None, None, 1], tf.uint8)
        # One signature with unknown sizes, so that images of all sizes share one trace. Without AutoGraph,
        # which takes longer than a fill: no Python control flow depends on tensors.
        signature = [images, masks, masks] if generator.guided else [images, masks]
        whole, copy = map(tf.autograph.experimental.do_not_convert, (self._batches.whole, self._batches.copy))
        self._whole = tf.function(whole, signature, autograph=False)
        self._copy = tf.function(copy, [tf.TensorSpec([], tf.int32), *signature], autograph=False)

    @classmethod
    def from_checkpoint(
        cls,
        path=None,
        guided=None,
        padding=None,
        network=None,
        precision="float32",
        edge_threshold=0.6,
        say=None,
        fill_size=None,
        detail=None,
        **options,
    ):
        """Create an `Inpainter` from a checkpoint of this project, of the original TF1 code or of a port.

        Args:
            path: folder or prefix of the checkpoint; a file that Keras saved (`.keras`, `.h5`) or the port
                `deepfillv2-pytorch` (`.pth`, `.safetensors`); or None for the bundled weights.
            guided: Whether the generator takes a sketch. None: as in the checkpoint's config.json, or
                False without one.
            padding: padding of the convolutions, `"same"`, `"symmetric"`, `"reflect"` or `"centred"`. None:
                as in the checkpoint's config.json, or `"same"` without one.
            network: kind of network, one of `NETWORKS`. None: as in the checkpoint's config.json, or
                `"gated"` without one.
            precision: dtype policy, `"float32"`, `"mixed_bfloat16"` or `"mixed_float16"`.
            edge_threshold: sketch pixels with value / 255 above this are lines.
            say: called with one line of text that describes the loaded checkpoint, or None.
            fill_size, detail: as of the constructor. None: as in the checkpoint's config.json, or `"whole"`
                and `"none"` without one; `"whole"` also means no detail, unless it is given.
            options: further arguments of the constructor.

        Raises:
            UserError: if there is no checkpoint at `path`, or if it does not fit or contradicts `guided`,
                `padding` or `network`.
        """
        config = resolve(path, guided, padding, network, fill_size=fill_size, detail=detail)
        return cls.of_config(path, config, precision, edge_threshold, say, **options)

    @classmethod
    def of_config(cls, path, config, precision="float32", edge_threshold=0.6, say=None, **options):
        """As `from_checkpoint`, with the `GeneratorConfig` that `checkpoints.config.resolve` returns."""

        def say_scale(line):
            say(f"{line}; fill_size={config.fill_size}, detail={config.detail}")

        _check_process()
        generator = restored_generator(path, config, precision, say and say_scale)
        return cls(generator, edge_threshold, **{**config.scale(), **options})

    def __call__(self, image, mask, sketch=None, progress=None):
        """Fill an image or a batch of images of the same size.

        Args:
            image: an array [H, W, 3] RGB, or a batch [N, H, W, 3], of uint8 or of floating point in [0, 1];
                also gray ([H, W] or one channel) or RGBA, a path or a PIL image: see `pictures.as_levels`.
            mask: [H, W], [H, W, 1] or, as image files are read, [H, W, 3] with equal channels; for a batch
                one of these for all, or [N, ...]. Booleans, or numbers up to 1 (hole above 0.5) or up to 255
                (hole above 127.5), determined for each mask. Also a path or a PIL image.
            sketch: same kinds as the mask, uint8 in [0, 255] or bool, white lines; required if guided.
                Lines outside the hole are ignored.
            progress: called as `progress(done, total)` after each part of the work, some dozens in all, from
                the thread of the call. What it raises stops the work and is raised by the call.

        Returns:
            the filled image, of the same kind as `image`: an array of its shape and dtype, a PIL image for a
            PIL image, uint8 [H, W, 3] for a path. Outside of the hole it is the same, alpha everywhere.

        Raises:
            UserError: if sizes differ, the image has no pixels, the mask's values mean neither hole nor
                known, a sketch is missing or not allowed, a `fill_size` leaves no known pixel, or there is
                not enough memory.
        """
        _check_process()
        levels, like = as_levels(image)
        inputs = self.checked(levels, mask, sketch)
        hole = inputs[1] > 0
        try:
            return like(self._fill_regions(inputs, progress) if hole.any() else levels, hole)
        except tf.errors.ResourceExhaustedError as error:
            count, *size, _ = inputs[0].shape
            raise UserError(
                f"not enough memory for {count} x {size_text(size)} pixels: use a smaller image, batch or "
                f"fill_size"
            ) from error

    def __repr__(self):
        generator = self.generator
        kind = f"{generator.network}{', guided' * generator.guided}, {generator.dtype_policy.name}"
        return f"<Inpainter: {kind}, fill_size={self.fill_size}, detail={self.detail}>"

    def checked(self, image, mask, sketch=None):
        """Levels, mask and sketch as a batch, see `arguments.checked`; raises UserError as the call."""
        if self.generator.guided != (sketch is not None):
            needs = "needs a sketch" if self.generator.guided else "is not guided, it takes no sketch"
            raise UserError(f"this generator {needs}")
        return checked(image, mask, sketch)

    def fill(self, images, masks, sketches=None):
        """Fill a batch in a graph, also as part of another one, at `fill_size`, which must not be `"auto"`.

        Args:
            images: uint8 [N, H, W, 3] RGB.
            masks: uint8 [N, H, W, 1], 1 in the hole, else 0.
            sketches: uint8 [N, H, W, 1] in [0, 255], if guided.

        Returns:
            uint8 [N, H, W, 3].
        """
        inputs = [images, masks] if sketches is None else [images, masks, sketches]
        if self.fill_size == "whole":
            return self._graph(CELL)(*inputs)
        cell = tf.maximum(CELL, -(-CELL * tf.reduce_max(tf.shape(images)[1:3]) // self.fill_size))
        copy = functools.partial(self._copy, cell)
        if self.detail == "residual":
            return copy(*inputs)
        return tf.cond(cell > CELL, lambda: copy(*inputs), lambda: self._whole(*inputs))

    def _fill_regions(self, inputs, progress):
        """Fill uint8 arrays [N, H, W, C] region by region; returns uint8 [N, H, W, 3]."""
        images, masks = inputs[:2]
        alone = self.fill_size == "auto"  # else the images of a batch are filled together
        work = []
        for batch in [slice(i, i + 1) for i in range(len(images))] if alone else [slice(None)]:
            hole = masks[batch].any(axis=(0, 3))
            if hole.any():
                work += [(batch, region) for region in regions(hole, self.fill_size, self.hole_width)]
        filled = images.copy()
        for index, (batch, region) in enumerate(work):
            told = progress and functools.partial(_tell, progress, index, len(work))
            found = self._fill_region([x[(batch, *region.window)] for x in inputs], region.cell, told)
            place = np.zeros(masks[batch].shape, bool)
            place[(slice(None), *region.hole)] = masks[(batch, *region.hole)] > 0
            np.copyto(filled[(batch, *region.window)], found, where=place[(slice(None), *region.window)])
        return filled

    def _fill_region(self, inputs, cell, progress):
        """Fill uint8 arrays [N, H, W, C] at one size; returns uint8 [N, H, W, 3]."""
        tensors = [tf.constant(x) for x in inputs]
        while cell > CELL and not inputs[1].all() and tf.reduce_all(self._batches.hole(tensors[1], cell) > 0):
            if self.fill_size != "auto":
                raise UserError(
                    f"fill_size={self.fill_size} leaves no known pixel, as every pixel of such a small copy "
                    f"has a part in the hole: use a larger one"
                )
            cell = max(CELL, cell // 2)
        hole = inputs[1].any(axis=(0, 3))
        eager = self._eager or progress or hole.size > _LARGE
        if eager or len(disjoint_windows(hole, APART * cell // CELL)) > 1:
            copy = functools.partial(self._batches.copy, cell)
            fill = copy if self._needs_copy(cell) else self._batches.whole
            return fill(*tensors, progress=progress).numpy()
        return self._graph(cell)(*tensors).numpy()

    def _graph(self, cell):
        """The graph that fills a batch with a cell known now."""
        return functools.partial(self._copy, cell) if self._needs_copy(cell) else self._whole

    def _needs_copy(self, cell):
        return cell > CELL or self.detail == "residual"


def _check_process():
    """Raise UserError in a fork of a process that has computed: there TensorFlow waits for ever."""
    global _first_process
    _first_process = _first_process or os.getpid()
    if _first_process != os.getpid():
        raise UserError(
            "TensorFlow does not work in a fork of a process that has used it: make the Inpainter in a "
            'process that is started anew, as by multiprocessing.get_context("spawn")'
        )


def _tell(progress, index, count, done, total):
    """Report the progress of one of `count` regions as that of all; of several it is told in percent."""
    if count > 1:
        done, total = 100 * index + 100 * done // total, 100 * count
    progress(done, total)
