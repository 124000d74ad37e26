"""Draw the sketches that --guided reads: --data_flist=FOLDER."""

import sys

from absl.flags import DEFINE_bool, DEFINE_enum, DEFINE_list

from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.data.sketches import METHODS, write_sketches
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths


def define(flags):
    DEFINE_list(
        "data_flist",
        None,
        "The images, as for train.py: file lists (a path a line) or folders, separated by commas.",
        required=True,
        flag_values=flags,
    )
    DEFINE_enum("method", "canny", list(METHODS), "How lines are found.", flag_values=flags)
    DEFINE_bool("overwrite", False, "Draw sketches again that exist already.", flag_values=flags)


def main(flags):
    sources = flags.data_flist
    if not sources or "" in sources:
        raise UserError("--data_flist needs names of file lists or folders, received an empty one")
    paths = sorted({path for source in sources for path in image_paths(source)})
    with ProgressBar(len(paths), "images") as bar:
        written, kept, failed = write_sketches(paths, flags.method, flags.overwrite, warn, bar.update)
    print(f"{written} sketches written, {kept} kept, {failed} failed")
    if failed:
        sys.exit(1)
