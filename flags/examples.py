"""From the flags about images to how examples are made."""

import os

from inpaint.errors import UserError
from inpaint.flags.presets import PRESETS
from inpaint.images.image_files import MAX_PIXELS
from inpaint.lists.file_lists import image_paths
from inpaint.models.architecture import LEAST_SIZE, NETWORKS
from inpaint.options.examples import ExampleOptions


def example_options(source, box, config, boxes=False):
    """How examples are made.

    Args:
        source: a `SourceOptions`.
        box: a `BoxOptions`.
        config: the `GeneratorConfig` of the network that is trained.
        boxes: whether masks are boxes alone.

    Returns:
        An `ExampleOptions`.

    Raises:
        UserError: --img_shapes is not for this network or this box, or there are no masks.
    """
    size = _size(source, config)
    random_crop = _preset(source).random_crop if source.random_crop is None else source.random_crop
    masks = tuple(image_paths(source.mask_flist)) if source.mask_flist else ()
    box = box.fitted(size)
    return ExampleOptions(size, random_crop, box, config.guided, source.edge_threshold, masks, boxes)


def _preset(source):
    if source.dataset not in PRESETS:
        raise UserError(f"--dataset must be {' or '.join(PRESETS)}, received {source.dataset}")
    return PRESETS[source.dataset]


def _size(source, config):
    """(height, width) of --img_shapes."""
    received = ",".join(source.img_shapes)
    try:
        height, width, channels = (int(value) for value in source.img_shapes)
    except ValueError as error:
        raise UserError(f"--img_shapes is height,width,3, received {received}") from error
    multiple = NETWORKS[config.network].multiple
    least = max(LEAST_SIZE[config.padding], multiple)
    if channels != 3 or height % multiple or width % multiple or min(height, width) < least:
        raise UserError(
            f"--img_shapes needs a height and width that are multiples of {multiple} and at least {least}, "
            f"and 3 channels, received {received}"
        )
    if height * width > MAX_PIXELS:
        raise UserError(f"--img_shapes exceeds {MAX_PIXELS} pixels, received {received}")
    return height, width


def image_sources(source, val):
    """(training images, validation images or None if not asked for): file lists or folders."""
    preset = _preset(source)
    sources = source.data_flist or (preset.training, preset.validation)
    if source.data_flist is not None and (not source.data_flist or "" in source.data_flist):
        raise UserError("--data_flist names file lists or folders, received an empty name")
    if len(sources) > 2:
        raise UserError(f"--data_flist takes one or two sources, received {len(sources)}")
    if source.data_flist is None and not os.path.exists(preset.training):
        raise UserError(
            f"--dataset={source.dataset} needs {preset.training}, which the command make_flist creates; "
            f"--data_flist=FOLDER takes your own images"
        )
    if not val:
        return sources[0], None
    if len(sources) < 2:
        raise UserError("--val needs validation images: --data_flist=training,validation")
    return sources[0], sources[1]
