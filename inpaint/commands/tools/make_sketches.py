"""Create the sketches for --guided: --images=FOLDER, or names of images."""

import dataclasses
import sys

from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.data.sketches import METHODS, write_sketches
from inpaint.errors import UserError
from inpaint.lists.file_lists import image_paths
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option

ARGUMENTS = "images"


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    images: tuple | None = option(
        None,
        "Photographs: folders, file lists (one path per line) or images, separated by commas.",
        required=True,
        earlier=("data_flist",),
    )
    method: str = option("canny", "Edge detector.", choices=tuple(METHODS))
    overwrite: bool = option(False, "Replace existing sketches.")


def main(options):
    sources = options.images
    if not sources or "" in sources:
        raise UserError("--images needs names of folders, file lists or images, received an empty name")
    paths = sorted({path for source in sources for path in image_paths(source)})
    with ProgressBar("images", len(paths)) as bar:
        written, kept, failed = write_sketches(paths, options.method, options.overwrite, warn, bar.update)
    print(f"{written} sketches written, {kept} kept, {failed} failed")
    if failed:
        sys.exit(1)
