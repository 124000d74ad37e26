"""Make the file lists of a dataset: `python make_flist.py --image_dir=PHOTOS --output_dir=data/mine`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import os

import tensorflow as tf
from absl import flags

from inpaint.errors import UserError
from inpaint.file_lists import picture_paths
from inpaint.list_making import TRAINING, VALIDATION, check_free, checked, split, write_lists

FLAGS = flags.FLAGS
flags.DEFINE_string("image_dir", None, "Folder of pictures, or a file list.", required=True)
flags.DEFINE_string("output_dir", None, f"The folder that gets {TRAINING} and {VALIDATION}.", required=True)
flags.DEFINE_integer("validation", 0, "How many pictures are set aside for validation.", 0)
flags.DEFINE_string("validation_dir", None, "Where validation pictures are, instead of --validation.")
flags.DEFINE_integer("least_side", 1, "Leave out pictures with a side below this.", 1)
flags.DEFINE_bool(
    "decode", True, "Read the whole of each picture to find damaged ones, not its header alone."
)
flags.DEFINE_integer("random_seed", 0, "Seed of the shuffle.", 0)


def main():
    if FLAGS.validation and FLAGS.validation_dir:
        raise UserError("--validation and --validation_dir exclude each other: give one of them")
    check_free(FLAGS.output_dir)
    training, validation = split(_pictures(FLAGS.image_dir), FLAGS.validation, FLAGS.random_seed)
    if FLAGS.validation_dir:
        validation, _ = split(_pictures(FLAGS.validation_dir), 0, FLAGS.random_seed)
        if both := set(map(os.path.abspath, training)) & set(map(os.path.abspath, validation)):
            raise UserError(f"{len(both)} pictures are in both folders, such as {min(both)}")
    write_lists(FLAGS.output_dir, training, validation)
    print(f"{len(training)} pictures to train on, {len(validation)} for validation, in {FLAGS.output_dir}")


def _pictures(source):
    paths = sorted({os.path.abspath(path): path for path in picture_paths(source)}.values())
    bar = tf.keras.utils.Progbar(len(paths), unit_name="picture")
    good = checked(paths, FLAGS.least_side, FLAGS.decode, command.warn, bar.update)
    if not good:
        raise UserError(f"none of the {len(paths)} pictures of {source} can be used")
    return good


if __name__ == "__main__":
    command.run(main)
