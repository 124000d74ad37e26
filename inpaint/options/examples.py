"""Training examples: images, crops and masks."""

import dataclasses

from inpaint.errors import UserError
from inpaint.options.option import Options, option

IMAGES = option(
    None,
    "Photographs: a folder, a file list (one path per line) or an image.",
    required=True,
    earlier=("image_dir", "flist"),
)
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
    """Size of the random box and its variation, named as in the original. `fitted` replaces all None."""

    GROUP = "Random box of the masks"
    COMMON = ()

    height: int | None = option(None, "Height of the box, in pixels. Default: half the image.", least=1)
    width: int | None = option(None, "Width of the box, in pixels. Default: half the image.", least=1)
    max_delta_height: int | None = option(
        None, "How much lower the box may be, in pixels. Default: an eighth of the image.", least=0
    )
    max_delta_width: int | None = option(
        None, "How much narrower the box may be, in pixels. Default: an eighth of the image.", least=0
    )
    vertical_margin: int = option(
        0, "Minimum distance of the box from the top and bottom, in pixels.", least=0
    )
    horizontal_margin: int = option(
        0, "Minimum distance of the box from the left and right, in pixels.", least=0
    )

    def fitted(self, size):
        """These options for images of a (height, width): what is not given is in proportion to it.

        At 256 x 256 these are the original's: 128 x 128, up to 32 smaller.

        Raises:
            UserError: the boxes do not fit.
        """
        found = dataclasses.asdict(self)
        sides = zip(("height", "width"), (self.vertical_margin, self.horizontal_margin), size)
        for name, margin, limit in sides:
            side = found[name] = found[name] or limit // 2
            if side >= limit - 2 * margin:
                raise UserError(
                    f"--{name} of the masks' box must be below the image's {limit} minus both margins of "
                    f"{margin}, received {side}: lower it, or raise --img_shapes"
                )
            delta = f"max_delta_{name}"
            if found[delta] is None:
                found[delta] = min(limit // 8, side - 1)
            if found[delta] >= side:
                raise UserError(f"--{delta} must be below the box's {side}, received {found[delta]}")
        return BoxOptions(**found)

    def __str__(self):
        """What is fitted, in words."""
        return (
            f"{self.height} x {self.width}, up to {self.max_delta_height} x {self.max_delta_width} smaller, "
            f"with margins of {self.vertical_margin} and {self.horizontal_margin}"
        )


ORIGINAL_BOX = BoxOptions().fitted((256, 256))


@dataclasses.dataclass(frozen=True)
class ExampleOptions:
    """How images become examples: `SourceOptions` as they are resolved.

    Attributes:
        size: (height, width) of an example.
        random_crop: whether to take a random crop, enlarging only images that are too small, instead of
            resizing whole images.
        box: size and position of the random box in the masks, fitted to `size`.
        guided: whether to read sketches.
        edge_threshold: sketch pixels with value / 255 above this are lines.
        masks: paths of mask files; each example gets a random one, resized. If empty, masks are drawn.
        boxes: whether masks are a random box alone, whose place an example tells, as DeepFill v1's critics
            need it; else a box and free-form strokes.
    """

    size: tuple = (256, 256)
    random_crop: bool = False
    box: BoxOptions = ORIGINAL_BOX
    guided: bool = False
    edge_threshold: float = 0.6
    masks: tuple = ()
    boxes: bool = False
