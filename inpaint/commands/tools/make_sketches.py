"""Create the sketches for --guided: --data_flist=FOLDER."""

import sys

from absl.flags import DEFINE_bool, DEFINE_enum, DEFINE_list

from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.data.sketches import METHODS, write_sketches
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths


def define(values):
    DEFINE_list(
        "data_flist",
        None,
        "Images, as in train.py: file lists (one path per line) or folders, separated by commas.",
        required=True,
        flag_values=values,
    )
    DEFINE_enum("method", "canny", list(METHODS), "Edge detector.", flag_values=values)
    DEFINE_bool("overwrite", False, "Replace existing sketches.", flag_values=values)


def main(values):
    sources = values.data_flist
    if not sources or "" in sources:
        raise UserError("--data_flist needs names of file lists or folders, received an empty name")
    paths = sorted({path for source in sources for path in image_paths(source)})
    with ProgressBar("images", len(paths)) as bar:
        written, kept, failed = write_sketches(paths, values.method, values.overwrite, warn, bar.update)
    print(f"{written} sketches written, {kept} kept, {failed} failed")
    if failed:
        sys.exit(1)
