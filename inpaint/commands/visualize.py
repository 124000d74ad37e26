"""Draw gates, masks and attention of a fill: --image x.png --mask m.png --output_dir inside."""

import dataclasses
import pathlib

from inpaint.checkpoints.config import resolve
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import as_user_error
from inpaint.images.image_files import ImageFile, write_image
from inpaint.inference.fill_file import load, make_job
from inpaint.models.architecture import NETWORKS
from inpaint.options.filling import OneImageOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(OneImageOptions):
    output_dir: str | None = option(None, "Folder for the images.", required=True)
    layers: tuple | None = option(
        None, "Layers to draw the gates and masks of. Default: some from each part of the network."
    )


def main(options):
    folder = pathlib.Path(options.output_dir)
    config = resolve(options.checkpoint_dir, **options.requested(), fill_size="whole")
    if options.layers is not None:
        NETWORKS[config.network].check_layers(options.layers)
    loaded = load(make_job(options, config.guided, output=None, rule=options.mask_rule()), options.max_pixels)
    inpainter = make_inpainter(options, config)
    from inpaint.inference.look_inside import look_inside

    inside = look_inside(inpainter, loaded.image.rgb, loaded.unknown, loaded.sketch, options.layers)
    with as_user_error(f"cannot make the folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in {**inside.named(), **inside.keys()}.items():
        write_image(folder / f"{name}.png", ImageFile(pixels))
        print(folder / f"{name}.png")
