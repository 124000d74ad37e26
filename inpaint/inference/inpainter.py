"""Filling holes in images."""

import functools

import numpy as np

from inpaint.checkpoints.config import resolve
from inpaint.errors import UserError
from inpaint.inference.arguments import checked
from inpaint.inference.pictures import as_levels
from inpaint.inference.runtimes.choice import filler_for, loaded_network
from inpaint.inference.scale import regions
from inpaint.models.architecture import CELL
from inpaint.options.filling import check_scale


class Inpainter:
    """Fills images of any size; known pixels are returned unchanged.

    Args:
        generator: what `make_generator` returns, with loaded weights; or a `LiteRTNetwork`, which needs
            `fill_size="auto"`, computes everything, and has an `edge_threshold` of its own.
        edge_threshold: sketch pixels with value / 255 above this are lines.
        hole_only: Whether to compute only what the hole's pixels depend on: same result, faster. The U-Net
            always computes everything.
        eager: Whether to run eagerly instead of tracing a graph in the first call. This makes the
            first call faster and later ones slower: for a process that fills a single image.
        fill_size: the size at which the network works. `"whole"`: that of the image. A number: that of a copy
            whose longer side has about so many pixels and no more. `"auto"`: for each hole (or group of
            neighbouring holes), a size at which it is as wide as those that the network learned on.
        detail: what is added to fills: `"none"`, or `"residual"` for a shift of colours that meets the image
            at the hole's border, and the fine detail of similar places in the image (Yi et al., CVPR 2020),
            which the attention finds.
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
        self.filler = filler_for(generator, edge_threshold, hole_only, eager, fill_size, detail == "residual")

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
        runtime="auto",
        **options,
    ):
        """Create an `Inpainter` from a checkpoint of this project, of the original TF1 code or of a port.

        Args:
            path: folder or prefix of the checkpoint; a file that Keras saved (`.keras`, `.h5`), of the port
                `deepfillv2-pytorch` (`.pth`, `.safetensors`) or for LiteRT (`.tflite`, or its folder); None
                for the bundled weights.
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
            runtime: what runs the network: `"tensorflow"`, `"litert"` or `"auto"`, see `runtimes.choice`.
            options: further arguments of the constructor.

        Raises:
            UserError: if there is no checkpoint at `path`, or if it does not fit or contradicts `guided`,
                `padding` or `network`.
        """
        config = resolve(path, guided, padding, network, fill_size=fill_size, detail=detail)
        return cls.of_config(path, config, precision, edge_threshold, say, runtime, **options)

    @classmethod
    def of_config(
        cls, path, config, precision="float32", edge_threshold=0.6, say=None, runtime="auto", **options
    ):
        """As `from_checkpoint`, with the `GeneratorConfig` that `checkpoints.config.resolve` returns."""

        def say_scale(line):
            say(f"{line}; fill_size={config.fill_size}, detail={config.detail}")

        generator = loaded_network(path, config, precision, runtime, say and say_scale)
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
        self.filler.check_process()
        levels, like = as_levels(image)
        inputs = self.checked(levels, mask, sketch)
        hole = inputs[1] > 0
        return like(self._fill_regions(inputs, progress) if hole.any() else levels, hole)

    def __repr__(self):
        generator = self.generator
        kind = f"{generator.network}{', guided' * generator.guided}, {self.filler.precision}"
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
        return self.filler.fill_in_graph(inputs, self.fill_size)

    def _fill_regions(self, inputs, progress):
        """Fill uint8 arrays [N, H, W, C] region by region; returns uint8 [N, H, W, 3]."""
        images, masks = inputs[:2]
        alone = self.fill_size == "auto"  # else the images of a batch are filled together
        work = []
        for batch in [slice(i, i + 1) for i in range(len(images))] if alone else [slice(None)]:
            hole = masks[batch].any(axis=(0, 3))
            if hole.any():
                found = regions(hole, self.fill_size, self.hole_width, self.filler.sides)
                work += [(batch, region) for region in found]
        filled = images.copy()
        for index, (batch, region) in enumerate(work):
            told = progress and functools.partial(_tell, progress, index, len(work))
            found = self._fill_region([region.cut(x[batch]) for x in inputs], region.cell, told)
            place = np.zeros(masks[batch].shape, bool)
            place[(slice(None), *region.hole)] = masks[(batch, *region.hole)] > 0
            target = filled[(batch, *region.window)]
            found = found[:, : target.shape[1], : target.shape[2]]
            np.copyto(target, found, where=place[(slice(None), *region.window)])
        return filled

    def _fill_region(self, inputs, cell, progress):
        """Fill uint8 arrays [N, H, W, C] at one size; returns uint8 [N, H, W, 3]."""
        while cell > CELL and not inputs[1].all() and self.filler.hides_all(inputs[1], cell):
            if self.fill_size != "auto":
                raise UserError(
                    f"fill_size={self.fill_size} leaves no known pixel, as every pixel of such a small copy "
                    f"has a part in the hole: use a larger one"
                )
            cell = max(CELL, cell // 2)
        return self.filler.fill(inputs, cell, progress)


def _tell(progress, index, count, done, total):
    """Report the progress of one of `count` regions as that of all; of several it is told in percent."""
    if count > 1:
        done, total = 100 * index + 100 * done // total, 100 * count
    progress(done, total)
