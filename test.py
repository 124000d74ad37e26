"""Fill the hole in a picture: `python test.py --image x.png --mask m.png --output out.png`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.errors import UserError
from inpaint.file_lists import sketch_path
from inpaint.fill_files import Job, fill_loaded, load
from inpaint.picture_files import check_output

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("image", None, "The picture to fill.", required=True)
flags.DEFINE_string("mask", None, "The hole: white (above 127.5) is filled.", required=True)
flags.DEFINE_string("output", "output.png", "Where the result goes: .png, .jpg or .webp.")
flags.DEFINE_string("sketch", None, "Lines to follow, if --guided. Default: <image>_edge.jpg.")


def main():
    if FLAGS.sketch and not FLAGS.guided:
        raise UserError("--sketch needs --guided, and a checkpoint that was trained with sketches")
    sketch = (FLAGS.sketch or str(sketch_path(FLAGS.image))) if FLAGS.guided else None
    job = Job(FLAGS.image, FLAGS.mask, FLAGS.output, sketch)
    check_output(job.output)
    loaded = load(job, FLAGS.max_pixels)  # before the network: it fails sooner
    fill_loaded(filling.inpainter(), job, loaded)
    print(FLAGS.output)


if __name__ == "__main__":
    command.run(main)
