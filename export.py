"""Export a SavedModel to be served: `python export.py --export_dir models/inpaint/1`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.export import check_folder, export

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("export_dir", None, "The version folder to write: models/inpaint/1.", required=True)
flags.DEFINE_bool("overwrite", False, "Replace the model that is in the folder.")


def main():
    check_folder(FLAGS.export_dir, FLAGS.overwrite)  # before the network: it fails sooner
    export(filling.inpainter(), FLAGS.export_dir, FLAGS.max_pixels, FLAGS.overwrite)
    print(FLAGS.export_dir)


if __name__ == "__main__":
    command.run(main)
