"""Fill many pictures: `python batch_test.py --flist list.txt`, each line `image mask output`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import sys

import tensorflow as tf
from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.errors import UserError
from inpaint.fill_list import Failures, fill_list, read_jobs

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("flist", None, "The list: `image mask output` a line.", required=True)
flags.DEFINE_integer("image_height", 0, "Resize everything to this height. Default: keep sizes.", 0)
flags.DEFINE_integer("image_width", 0, "Resize everything to this width. Default: keep sizes.", 0)
flags.DEFINE_integer("batch_size", 8, "The most pictures of one size that are filled at once.", 1)


def main():
    if bool(FLAGS.image_height) != bool(FLAGS.image_width):
        raise UserError("--image_height and --image_width go together: give both or neither")
    size = (FLAGS.image_height, FLAGS.image_width) if FLAGS.image_height else None
    if size and size[0] * size[1] > FLAGS.max_pixels:
        raise UserError(f"--image_height x --image_width exceeds --max_pixels={FLAGS.max_pixels}")
    failures = Failures(command.warn)
    jobs = read_jobs(FLAGS.flist, FLAGS.guided, failures)
    inpainter = filling.inpainter()
    bar = tf.keras.utils.Progbar(len(jobs), unit_name="picture")
    fill_list(inpainter, jobs, FLAGS.batch_size, failures, size, FLAGS.max_pixels, command.warn, bar.update)
    listed = len({job.line for job in jobs} | failures.lines)
    print(f"{listed - len(failures.lines)} filled, {len(failures.lines)} failed")
    if failures.lines:
        sys.exit(1)


if __name__ == "__main__":
    command.run(main)
