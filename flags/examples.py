"""The flags of training examples: images, crops and masks, named as the original's options."""

from absl import flags

from inpaint.data.examples import DataOptions
from inpaint.data.masks import BoxOptions
from inpaint.errors import UserError
from inpaint.flags.presets import PRESETS
from inpaint.io.file_lists import image_paths
from inpaint.io.image_files import MAX_PIXELS
from inpaint.models.architecture import LEAST_SIZE, NETWORKS


def define(values):
    flags.DEFINE_enum(
        "dataset", "celebahq", list(PRESETS), "Preset: file lists and random_crop.", flag_values=values
    )
    flags.DEFINE_list(
        "data_flist",
        None,
        "Training images and, after a comma, validation images: file lists (one path per line, shuffled "
        "beforehand) or folders. Default: those of --dataset.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "img_shapes", ["256", "256", "3"], "Height, width and channels of an example.", flag_values=values
    )
    flags.DEFINE_bool(
        "random_crop", None, "Cut from images instead of resizing. Default: --dataset's.", flag_values=values
    )
    flags.DEFINE_integer(
        "batch_size",
        16,
        "Images in each of an iteration's batches, over all devices.",
        1,
        flag_values=values,
    )
    flags.DEFINE_float(
        "max_bad_share",
        0.01,
        "Stop if more of the images than this cannot be read.",
        0,
        1,
        flag_values=values,
    )
    flags.DEFINE_float(
        "stall_seconds",
        60.0,
        "Warn when no batch has arrived for this many seconds.",
        0.001,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "random_seed", 0, "Seed of weights, crops and masks.", 0, 2**32 - 1, flag_values=values
    )

    flags.DEFINE_integer("height", 128, "Height of the masks' box.", 1, flag_values=values)
    flags.DEFINE_integer("width", 128, "Width of the masks' box.", 1, flag_values=values)
    flags.DEFINE_integer(
        "max_delta_height", 32, "How much smaller the box may be, in height.", 0, flag_values=values
    )
    flags.DEFINE_integer(
        "max_delta_width", 32, "How much smaller the box may be, in width.", 0, flag_values=values
    )
    flags.DEFINE_integer(
        "vertical_margin", 0, "Least distance of the box from top and bottom.", 0, flag_values=values
    )
    flags.DEFINE_integer(
        "horizontal_margin", 0, "Least distance of the box from left and right.", 0, flag_values=values
    )
    flags.DEFINE_string(
        "mask_flist",
        None,
        "File list or folder of masks to train with, instead of random ones.",
        flag_values=values,
    )


def data_options(values):
    """The flags about examples as a `DataOptions`; UserError if they contradict each other."""
    try:
        height, width, channels = (int(value) for value in values.img_shapes)
    except ValueError as error:
        raise UserError(f"--img_shapes is height,width,3, received {','.join(values.img_shapes)}") from error
    multiple = NETWORKS[values.network].multiple
    least = max(LEAST_SIZE[values.padding.lower()], multiple)
    if channels != 3 or height % multiple or width % multiple or min(height, width) < least:
        raise UserError(
            f"--img_shapes needs a height and width that are multiples of {multiple} and at least {least}, "
            f"and 3 channels, received {','.join(values.img_shapes)}"
        )
    if height * width > MAX_PIXELS:
        raise UserError(f"--img_shapes exceeds {MAX_PIXELS} pixels, received {','.join(values.img_shapes)}")
    box = BoxOptions(
        height=values.height,
        width=values.width,
        max_delta_height=values.max_delta_height,
        max_delta_width=values.max_delta_width,
        vertical_margin=values.vertical_margin,
        horizontal_margin=values.horizontal_margin,
    )
    try:
        box.check((height, width))
    except ValueError as error:
        raise UserError(f"{error} (flags --height, --width, --img_shapes and the like)") from error
    random_crop = PRESETS[values.dataset].random_crop if values.random_crop is None else values.random_crop
    masks = tuple(image_paths(values.mask_flist)) if values.mask_flist else ()
    return DataOptions(
        size=(height, width),
        random_crop=random_crop,
        box=box,
        guided=values.guided,
        edge_threshold=values.edge_threshold,
        masks=masks,
        for_critics=values.gan == "wgan_gp",
    )


def image_sources(values):
    """(training source, validation source or None if not asked for)."""
    preset = PRESETS[values.dataset]
    sources = values.data_flist or [preset.training, preset.validation]
    if values.data_flist is not None and (not values.data_flist or "" in values.data_flist):
        raise UserError("--data_flist names file lists or folders, received an empty name")
    if len(sources) > 2:
        raise UserError(f"--data_flist takes one or two sources, received {len(sources)}")
    if not values.val:
        return sources[0], None
    if len(sources) < 2:
        raise UserError("--val needs validation images: --data_flist=training,validation")
    return sources[0], sources[1]
