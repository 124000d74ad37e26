"""Write the page as files for any web space, where browsers fill: --output_dir site."""

import dataclasses
import pathlib
import shutil
import tempfile

from inpaint.checkpoints.config import resolve
from inpaint.checkpoints.formats.litert_file import NAME, find_litert
from inpaint.checkpoints.locate import BUNDLED
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.commands.export import WEIGHTS, check_installed, write_litert
from inpaint.errors import UserError
from inpaint.inference.scale import SIDES
from inpaint.io.atomic import check_folder
from inpaint.options.network import NetworkOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(NetworkOptions):
    checkpoint_dir: str | None = option(
        None, "Checkpoint, or a file that export --format=litert wrote. Default: the bundled weights."
    )
    output_dir: str | None = option(None, "Folder to write, such as site.", required=True)
    overwrite: bool = option(False, "Replace a page that was written before.")
    weights: str = option(
        "int8",
        "How the network's file keeps its weights: int8 is 5 MB, float16 9, float32 17.",
        choices=WEIGHTS,
    )


def main(options):
    if shutil.which("npm") is None:
        raise UserError("the page is bundled by npm, which is not installed: install Node.js")
    # Before loading, which takes seconds.
    check_folder(options.output_dir, options.overwrite)
    config = resolve(options.checkpoint_dir, **options.requested())
    from inpaint.site.build import write_site

    with tempfile.TemporaryDirectory() as folder:
        model = find_litert(options.checkpoint_dir or BUNDLED)
        if model is None:
            check_installed("litert", options.weights)
            load_tensorflow()
            from inpaint.inference.inpainter import Inpainter

            inpainter = Inpainter.of_config(options.checkpoint_dir, config)
            write_litert(inpainter, pathlib.Path(folder, "model"), SIDES, options.weights, config)
            model = pathlib.Path(folder, "model", NAME)
        write_site(options.output_dir, model, options.overwrite)
    print(options.output_dir)
