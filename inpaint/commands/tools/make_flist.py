"""Create the file lists of a dataset: --images=PHOTOS --output_dir=data/mine."""

import dataclasses
import os

from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.data.dataset_lists import TRAINING, VALIDATION, check_free, checked, split, write_lists
from inpaint.errors import UserError
from inpaint.lists.file_lists import image_paths
from inpaint.options.examples import IMAGES
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    images: str | None = IMAGES
    output_dir: str | None = option(None, f"Folder for {TRAINING} and {VALIDATION}.", required=True)
    validation: int = option(0, "Number of images to split off for validation.", least=0)
    validation_dir: str | None = option(
        None, "Folder or file list of validation images, instead of --validation."
    )
    least_side: int = option(1, "Leave out images with a side shorter than this, in pixels.", least=1)
    decode: bool = option(
        True, "Decode each image completely to find damaged ones, instead of reading only its header."
    )
    random_seed: int = option(0, "Seed of the shuffle.", least=0)

    def check(self):
        if self.validation and self.validation_dir:
            raise UserError("--validation and --validation_dir are mutually exclusive: give only one of them")


def main(options):
    check_free(options.output_dir)
    training, validation = split(_images(options.images, options), options.validation, options.random_seed)
    if options.validation_dir:
        validation, _ = split(_images(options.validation_dir, options), 0, options.random_seed)
        if both := set(map(os.path.realpath, training)) & set(map(os.path.realpath, validation)):
            raise UserError(f"{len(both)} images are in both sets, such as {min(both)}")
    write_lists(options.output_dir, training, validation)
    print(f"{len(training)} images to train on, {len(validation)} for validation, in {options.output_dir}")


def _images(source, options):
    paths = sorted({os.path.realpath(path): path for path in image_paths(source)}.values())
    with ProgressBar("images", len(paths)) as bar:
        good = checked(paths, options.least_side, options.decode, warn, bar.update)
    if not good:
        raise UserError(f"none of the {len(paths)} images of {source} can be used")
    return good
