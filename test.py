"""Fill the hole in a picture: `python test.py --image x.png --mask m.png --output out.png`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

from absl import flags

from flags import filling, one_picture
from flags.filling import FLAGS
from inpaint.fill_files import fill_loaded, load
from inpaint.picture_files import check_output

flags.adopt_module_key_flags(one_picture)
flags.DEFINE_string("output", "output.png", "Where the result goes: .png, .jpg or .webp.")


def main():
    job = one_picture.job(FLAGS.output)
    check_output(job.output)
    loaded = load(job, FLAGS.max_pixels)  # before the network: it fails sooner
    fill_loaded(filling.inpainter(), job, loaded)
    print(FLAGS.output)


if __name__ == "__main__":
    command.run(main)
