"""Draw gates, masks and attention of a fill: --image x.png --mask m.png --output_dir inside."""

import pathlib

from absl.flags import DEFINE_list, DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import telling
from inpaint.flags import one_image
from inpaint.flags.network import resolved
from inpaint.inference.fill_file import load
from inpaint.io.image_files import ImageFile, write_image
from inpaint.models.architecture import NETWORKS


def define(flags):
    one_image.define(flags)
    DEFINE_string("output_dir", None, "Folder for the images.", required=True, flag_values=flags)
    DEFINE_list(
        "layers",
        None,
        "Layers to draw the gates and masks of. Default: some from each part of the network.",
        flag_values=flags,
    )


def main(flags):
    folder = pathlib.Path(flags.output_dir)
    config = resolved(flags, flags.checkpoint_dir)
    if flags.layers is not None:
        NETWORKS[config.network].check_layers(flags.layers)
    loaded = load(one_image.job(flags, config.guided, output=None), flags.max_pixels)
    inpainter = make_inpainter(flags, config)
    from inpaint.inference.look_inside import look_inside

    inside = look_inside(inpainter, loaded.image.rgb, loaded.mask, loaded.sketch, flags.layers)
    with telling(f"cannot make the folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in {**inside.named(), **inside.keys()}.items():
        write_image(folder / f"{name}.png", ImageFile(pixels))
        print(folder / f"{name}.png")
