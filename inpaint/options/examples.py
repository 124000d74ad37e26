"""Training examples: images, crops and masks."""

import dataclasses

from inpaint.errors import UserError
from inpaint.options.option import Options, option

EDGE_THRESHOLD = option(0.6, "Sketch pixels with value / 255 above this are lines.", least=0, most=1)


@dataclasses.dataclass(frozen=True)
class SourceOptions(Options):
    """Which files a run reads, and the size of an example."""

    GROUP = "Data"
    COMMON = ("dataset", "data_flist", "mask_flist", "img_shapes", "random_crop")

    dataset: str = option(
        "celebahq",
        "Preset of file lists and --random_crop: celebahq, celeba, places2, imagenet, or sample, the bundled "
        "photographs.",
    )
    data_flist: tuple | None = option(
        None,
        "Training images and, after a comma, validation images: folders or shuffled file lists (one path per "
        "line). Default: those of --dataset.",
    )
    mask_flist: str | None = option(
        None, "Folder or file list of masks to train with. Default: random boxes and strokes."
    )
    img_shapes: tuple = option(("256", "256", "3"), "Height, width and channels of an example.")
    random_crop: bool | None = option(
        None, "Crop examples from the images instead of resizing whole images. Default: as --dataset says."
    )
    edge_threshold: float = EDGE_THRESHOLD


@dataclasses.dataclass(frozen=True)
class BoxOptions(Options):
    """Size of the random box and its variation, named as in the original."""

    GROUP = "Random box of the masks"
    COMMON = ()

    height: int = option(128, "Height of the box, in pixels.", least=1)
    width: int = option(128, "Width of the box, in pixels.", least=1)
    max_delta_height: int = option(32, "How much lower the box may be, in pixels.", least=0)
    max_delta_width: int = option(32, "How much narrower the box may be, in pixels.", least=0)
    vertical_margin: int = option(
        0, "Minimum distance of the box from the top and bottom, in pixels.", least=0
    )
    horizontal_margin: int = option(
        0, "Minimum distance of the box from the left and right, in pixels.", least=0
    )

    def check(self):
        for name, side in (("max_delta_height", self.height), ("max_delta_width", self.width)):
            if getattr(self, name) >= side:
                raise UserError(f"--{name} must be below the box's {side}, received {getattr(self, name)}")

    def check_fits(self, size):
        """Raise UserError unless these boxes fit images of this (height, width)."""
        sides = (("height", self.height, self.vertical_margin, size[0]),)
        sides += (("width", self.width, self.horizontal_margin, size[1]),)
        for name, side, margin, limit in sides:
            if side >= limit - 2 * margin:
                raise UserError(
                    f"--{name} of the masks' box must be below the image's {limit} minus both margins of "
                    f"{margin}, received {side}: lower it, or raise --img_shapes"
                )


@dataclasses.dataclass(frozen=True)
class ExampleOptions:
    """How images become examples: `SourceOptions` as they are resolved.

    Attributes:
        size: (height, width) of an example.
        random_crop: whether to take a random crop, enlarging only images that are too small, instead of
            resizing whole images.
        box: size and position of the random box in the masks.
        guided: whether to read sketches.
        edge_threshold: sketch pixels with value / 255 above this are lines.
        masks: paths of mask files; each example gets a random one, resized. If empty, masks are drawn.
        boxes: whether masks are a random box alone, whose place an example tells, as DeepFill v1's critics
            need it; else a box and free-form strokes.
    """

    size: tuple = (256, 256)
    random_crop: bool = False
    box: BoxOptions = BoxOptions()
    guided: bool = False
    edge_threshold: float = 0.6
    masks: tuple = ()
    boxes: bool = False
