"""Export a model to be served: `python export.py --export_dir models/inpaint/1`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.errors import UserError
from inpaint.export import export
from inpaint.onnx_model import check_onnx, export_onnx
from inpaint.whole_folder import check_folder

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("export_dir", None, "The folder to write, a version: models/inpaint/1.", required=True)
flags.DEFINE_bool("overwrite", False, "Replace the model that is in the folder.")
flags.DEFINE_enum(
    "format",
    "saved_model",
    ["saved_model", "onnx"],
    "A SavedModel for TensorFlow Serving, or model.onnx, in float32 and without checks of what it gets.",
)


def main():
    # Before the network: it fails sooner.
    check_folder(FLAGS.export_dir, FLAGS.overwrite)
    if FLAGS.format == "onnx":
        if FLAGS["max_pixels"].present:
            raise UserError("--max_pixels is for --format=saved_model: an ONNX model has no limit")
        check_onnx(FLAGS.precision)
        export_onnx(filling.inpainter(), FLAGS.export_dir, FLAGS.overwrite)
    else:
        export(filling.inpainter(), FLAGS.export_dir, FLAGS.max_pixels, FLAGS.overwrite)
    print(FLAGS.export_dir)


if __name__ == "__main__":
    command.run(main)
