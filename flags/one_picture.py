"""The flags of scripts that fill one picture."""

from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.errors import UserError
from inpaint.file_lists import sketch_path
from inpaint.fill_files import Job

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("image", None, "The picture to fill.", required=True)
flags.DEFINE_string("mask", None, "The hole: white (above 127.5) is filled.", required=True)
flags.DEFINE_string("sketch", None, "Lines to follow, if --guided. Default: <image>_edge.jpg.")


def job(output):
    """The flags as a `Job` that writes to `output`."""
    if FLAGS.sketch and not FLAGS.guided:
        raise UserError("--sketch needs --guided, and a checkpoint that was trained with sketches")
    sketch = (FLAGS.sketch or str(sketch_path(FLAGS.image))) if FLAGS.guided else None
    return Job(FLAGS.image, FLAGS.mask, output, sketch)
