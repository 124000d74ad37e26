"""Draw gates, masks and attention of a fill: --image x.png --mask m.png --output_dir inside."""

import pathlib

from absl.flags import DEFINE_list, DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import as_user_error
from inpaint.flags import filling, one_image
from inpaint.flags.define import parsed
from inpaint.flags.network import resolved
from inpaint.inference.fill_file import load
from inpaint.io.image_files import ImageFile, write_image
from inpaint.models.architecture import NETWORKS
from inpaint.options.filling import InpainterOptions


def define(values):
    one_image.define(values)
    filling.define(values, scale=None)
    DEFINE_string("output_dir", None, "Folder for the images.", required=True, flag_values=values)
    DEFINE_list(
        "layers",
        None,
        "Layers to draw the gates and masks of. Default: some from each part of the network.",
        flag_values=values,
    )


def main(values):
    folder = pathlib.Path(values.output_dir)
    options = parsed(values, InpainterOptions)
    config = resolved(values, options.checkpoint_dir)
    if values.layers is not None:
        NETWORKS[config.network].check_layers(values.layers)
    loaded = load(one_image.job(values, config.guided, output=None), options.max_pixels)
    inpainter = make_inpainter(options, config)
    from inpaint.inference.look_inside import look_inside

    inside = look_inside(inpainter, loaded.image.rgb, loaded.mask, loaded.sketch, values.layers)
    with as_user_error(f"cannot make the folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in {**inside.named(), **inside.keys()}.items():
        write_image(folder / f"{name}.png", ImageFile(pixels))
        print(folder / f"{name}.png")
