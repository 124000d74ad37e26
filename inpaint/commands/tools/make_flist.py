"""Create the file lists of a dataset: --image_dir=PHOTOS --output_dir=data/mine."""

import os

from absl.flags import DEFINE_bool, DEFINE_integer, DEFINE_string

from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.data.dataset_lists import TRAINING, VALIDATION, check_free, checked, split, write_lists
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths


def define(values):
    DEFINE_string("image_dir", None, "Folder of images, or a file list.", required=True, flag_values=values)
    DEFINE_string(
        "output_dir",
        None,
        f"Folder for {TRAINING} and {VALIDATION}.",
        required=True,
        flag_values=values,
    )
    DEFINE_integer("validation", 0, "Number of images to split off for validation.", 0, flag_values=values)
    DEFINE_string(
        "validation_dir",
        None,
        "Folder or file list of validation images, instead of --validation.",
        flag_values=values,
    )
    DEFINE_integer(
        "least_side", 1, "Leave out images with a side shorter than this, in pixels.", 1, flag_values=values
    )
    DEFINE_bool(
        "decode",
        True,
        "Decode each image completely to find damaged ones, instead of reading only its header.",
        flag_values=values,
    )
    DEFINE_integer("random_seed", 0, "Seed of the shuffle.", 0, flag_values=values)


def main(values):
    if values.validation and values.validation_dir:
        raise UserError("--validation and --validation_dir are mutually exclusive: give only one of them")
    check_free(values.output_dir)
    training, validation = split(_images(values.image_dir, values), values.validation, values.random_seed)
    if values.validation_dir:
        validation, _ = split(_images(values.validation_dir, values), 0, values.random_seed)
        if both := set(map(os.path.abspath, training)) & set(map(os.path.abspath, validation)):
            raise UserError(f"{len(both)} images are in both sets, such as {min(both)}")
    write_lists(values.output_dir, training, validation)
    print(f"{len(training)} images to train on, {len(validation)} for validation, in {values.output_dir}")


def _images(source, values):
    paths = sorted({os.path.abspath(path): path for path in image_paths(source)}.values())
    with ProgressBar("images", len(paths)) as bar:
        good = checked(paths, values.least_side, values.decode, warn, bar.update)
    if not good:
        raise UserError(f"none of the {len(paths)} images of {source} can be used")
    return good
