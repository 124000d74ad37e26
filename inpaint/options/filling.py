"""How holes are filled: by which weights, at which size, and what is written."""

import dataclasses

from inpaint.errors import UserError
from inpaint.images.image_files import MAX_PIXELS
from inpaint.images.mask_rule import MOST_GROWTH, MaskRule
from inpaint.models.architecture import CELL
from inpaint.options.examples import EDGE_THRESHOLD
from inpaint.options.network import NetworkOptions
from inpaint.options.option import Options, option
from inpaint.options.precision import PRECISION

DETAILS = ("none", "residual")
RUNTIMES = ("auto", "tensorflow", "litert")
_LEAST_SIDE, _MOST_SIDE = 64, 1 << 16


@dataclasses.dataclass(frozen=True)
class InpainterOptions(NetworkOptions):
    """The weights, and what they are used with."""

    checkpoint_dir: str | None = option(
        None,
        "Checkpoint: folder or prefix, of this project or the original; or a file of Keras, PyTorch or "
        "LiteRT. Default: the bundled weights.",
    )
    precision: str = PRECISION
    edge_threshold: float = EDGE_THRESHOLD
    max_pixels: int = option(
        MAX_PIXELS, "Maximum number of pixels of an image, with sides rounded up to multiples of 8.", least=1
    )


@dataclasses.dataclass(frozen=True)
class RuntimeOptions(Options):
    """What runs the network."""

    runtime: str = option(
        "auto",
        "What runs the network. auto: LiteRT for a file that export --format=litert wrote (the light "
        "distribution brings one of the bundled weights), else TensorFlow.",
        choices=RUNTIMES,
    )


@dataclasses.dataclass(frozen=True)
class ScaleOptions(Options):
    """The size at which the network works: None leaves it to the checkpoint."""

    fill_size: str | None = option(
        None,
        "Size at which holes are filled. whole: at full size. auto: in a copy reduced until the hole is as "
        "wide as those that the network was trained on. A number: in a copy whose longer side has at most "
        "this many pixels. Default: as the checkpoint says, or whole.",
    )
    detail: str | None = option(
        None,
        "residual: match colours at the hole's border, and add fine detail from similar places of the image. "
        "Default: as the checkpoint says; none with --fill_size=whole.",
        choices=DETAILS,
    )

    def check(self):
        super().check()
        fill_size(self.fill_size)

    def requested(self):
        return {**super().requested(), "fill_size": fill_size(self.fill_size), "detail": self.detail}


def check_scale(fill_size, detail, hole_width):
    """Raise ValueError unless these can be arguments of an `Inpainter`."""
    if fill_size not in ("whole", "auto") and not (type(fill_size) is int and fill_size >= CELL):
        raise ValueError(f'fill_size must be "whole", "auto" or at least {CELL}, received {fill_size!r}')
    if detail not in DETAILS:
        raise ValueError(f"detail must be one of {', '.join(DETAILS)}, received {detail!r}")
    if type(hole_width) is not int or hole_width < 1:
        raise ValueError(f"hole_width must be at least 1, received {hole_width!r}")


def fill_size(text):
    """The `fill_size` of an `Inpainter` from a flag's text, or None; UserError if it is none."""
    if text in (None, "whole", "auto"):
        return text
    if not text.isdecimal() or not _LEAST_SIDE <= int(text) <= _MOST_SIDE:
        raise UserError(
            f"--fill_size must be whole, auto or a number from {_LEAST_SIDE} to {_MOST_SIDE}, received "
            f"{text!r}"
        )
    return int(text)


@dataclasses.dataclass(frozen=True)
class OutputOptions(Options):
    """What is written."""

    strip_metadata: bool = option(
        False,
        "Leave out EXIF data (with the GPS position), XMP and text. The colour profile and resolution are "
        "kept.",
    )
    quality: int | None = option(
        None,
        "Quality of JPEG and WebP. Default: 95 for JPEG, lossless for WebP.",
        least=1,
        most=100,
    )


@dataclasses.dataclass(frozen=True)
class MaskOptions(Options):
    """How holes are taken from masks."""

    mask_from_alpha: bool = option(
        False,
        "The hole is where the mask (without one, the image) is transparent, as erased in an editor, soft "
        "rims included. The result is opaque there.",
    )
    hard_alpha: bool = option(
        False,
        "Fully transparent pixels alone are the hole, not a soft eraser's rim.",
        needs="mask_from_alpha",
    )
    invert_mask: bool = option(False, "The hole is where the mask is not white.")
    resize_mask: bool = option(
        False, "Resize masks to their images: what is more than half in the hole is hole."
    )
    grow_mask: int = option(
        0,
        "Pixels by which holes grow in all directions; they shrink if it is negative.",
        least=-MOST_GROWTH,
        most=MOST_GROWTH,
    )
    allow_empty: bool = option(
        False, "Write an image whose mask has no hole as it is, instead of ending with status 1."
    )

    def mask_rule(self):
        """The options as a `MaskRule`."""
        return MaskRule(
            self.mask_from_alpha,
            self.hard_alpha,
            self.invert_mask,
            self.resize_mask,
            self.grow_mask,
            self.allow_empty,
        )


@dataclasses.dataclass(frozen=True)
class JobOptions(MaskOptions, OutputOptions):
    """What holds for each image that is filled."""

    def for_jobs(self):
        """The options as attributes of a `Job`."""
        return {
            "rule": self.mask_rule(),
            "strip_metadata": self.strip_metadata,
            "quality": self.quality,
        }


@dataclasses.dataclass(frozen=True)
class OneImageOptions(InpainterOptions, MaskOptions):
    """An image and its hole."""

    image: str | None = option(None, "The image to fill.", required=True)
    mask: str | None = option(None, "Mask: white (above 127.5) is the hole.")
    sketch: str | None = option(None, "Sketch of the hole, if --guided. Default: <image>_edge.jpg.")

    def check(self):
        super().check()
        if self.mask is None and not self.mask_from_alpha:
            raise UserError("--mask is required, or --mask_from_alpha for an image with erased pixels")
