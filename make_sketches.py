"""Draw the sketches that `--guided` reads: `python make_sketches.py --data_flist=FOLDER`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import sys

import tensorflow as tf
from absl import flags

from inpaint.errors import UserError
from inpaint.file_lists import picture_paths
from inpaint.sketches import METHODS, write_sketches

FLAGS = flags.FLAGS
flags.DEFINE_list(
    "data_flist",
    None,
    "The pictures, as for train.py: file lists (a path a line) or folders, with commas between.",
    required=True,
)
flags.DEFINE_enum("method", "canny", list(METHODS), "How lines are found.")
flags.DEFINE_bool("overwrite", False, "Draw again the sketches that are there already.")


def main():
    sources = FLAGS.data_flist
    if not sources or "" in sources:
        raise UserError("--data_flist needs names of file lists or folders, received an empty one")
    paths = sorted({path for source in sources for path in picture_paths(source)})
    bar = tf.keras.utils.Progbar(len(paths), unit_name="picture")
    written, kept, failed = write_sketches(paths, FLAGS.method, FLAGS.overwrite, command.warn, bar.update)
    print(f"{written} sketches written, {kept} kept, {failed} failed")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    command.run(main)
