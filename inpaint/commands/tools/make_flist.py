"""Create the file lists of a dataset: --image_dir=PHOTOS --output_dir=data/mine."""

import os

from absl.flags import DEFINE_bool, DEFINE_integer, DEFINE_string

from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.data.dataset_lists import TRAINING, VALIDATION, check_free, checked, split, write_lists
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths


def define(flags):
    DEFINE_string("image_dir", None, "Folder of images, or a file list.", required=True, flag_values=flags)
    DEFINE_string(
        "output_dir",
        None,
        f"Folder for {TRAINING} and {VALIDATION}.",
        required=True,
        flag_values=flags,
    )
    DEFINE_integer("validation", 0, "Number of images to split off for validation.", 0, flag_values=flags)
    DEFINE_string(
        "validation_dir",
        None,
        "Folder or file list of validation images, instead of --validation.",
        flag_values=flags,
    )
    DEFINE_integer(
        "least_side", 1, "Leave out images with a side shorter than this, in pixels.", 1, flag_values=flags
    )
    DEFINE_bool(
        "decode",
        True,
        "Decode each image completely to find damaged ones, instead of reading only its header.",
        flag_values=flags,
    )
    DEFINE_integer("random_seed", 0, "Seed of the shuffle.", 0, flag_values=flags)


def main(flags):
    if flags.validation and flags.validation_dir:
        raise UserError("--validation and --validation_dir are mutually exclusive: give only one of them")
    check_free(flags.output_dir)
    training, validation = split(_images(flags.image_dir, flags), flags.validation, flags.random_seed)
    if flags.validation_dir:
        validation, _ = split(_images(flags.validation_dir, flags), 0, flags.random_seed)
        if both := set(map(os.path.abspath, training)) & set(map(os.path.abspath, validation)):
            raise UserError(f"{len(both)} images are in both sets, such as {min(both)}")
    write_lists(flags.output_dir, training, validation)
    print(f"{len(training)} images to train on, {len(validation)} for validation, in {flags.output_dir}")


def _images(source, flags):
    paths = sorted({os.path.abspath(path): path for path in image_paths(source)}.values())
    with ProgressBar("images", len(paths)) as bar:
        good = checked(paths, flags.least_side, flags.decode, warn, bar.update)
    if not good:
        raise UserError(f"none of the {len(paths)} images of {source} can be used")
    return good
