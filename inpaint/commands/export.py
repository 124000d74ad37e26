"""Export a model for serving: --export_dir models/inpaint/1."""

import importlib.util

from absl.flags import DEFINE_bool, DEFINE_enum, DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import UserError
from inpaint.flags import filling
from inpaint.flags.define import parsed
from inpaint.flags.network import resolved
from inpaint.io.atomic import check_folder
from inpaint.options.filling import InpainterOptions, ScaleOptions


def define(values):
    DEFINE_string(
        "export_dir",
        None,
        "Version folder to write, such as models/inpaint/1.",
        required=True,
        flag_values=values,
    )
    DEFINE_bool("overwrite", False, "Replace an existing model.", flag_values=values)
    DEFINE_enum(
        "format",
        "saved_model",
        ["saved_model", "onnx"],
        "SavedModel for TensorFlow Serving, or model.onnx, in float32 and without input checks.",
        flag_values=values,
    )
    filling.define(values)


def main(values):
    options, scale = parsed(values, InpainterOptions), parsed(values, ScaleOptions)
    # Before loading the network, to fail early.
    check_folder(values.export_dir, values.overwrite)
    config = resolved(values, options.checkpoint_dir)
    if scale.fill_size == "auto":
        raise UserError("--fill_size=auto cannot be exported, as it cuts holes out: give whole or a number")
    if values.format == "onnx":
        if values["max_pixels"].present:
            raise UserError("--max_pixels is for --format=saved_model only: an ONNX model has no limit")
        if scale != ScaleOptions():
            raise UserError("--fill_size and --detail are for --format=saved_model only")
        _check_onnx(options.precision)
    inpainter = make_inpainter(options, config, **scale.arguments())
    if values.format == "onnx":
        from inpaint.export.onnx import export_onnx

        export_onnx(inpainter, values.export_dir, values.overwrite)
    else:
        from inpaint.export.saved_model import export

        export(inpainter, values.export_dir, options.max_pixels, values.overwrite)
    print(values.export_dir)


def _check_onnx(precision):
    if importlib.util.find_spec("tf2onnx") is None:
        raise UserError('--format=onnx needs tf2onnx: pip install ".[onnx]"')
    if precision != "float32":
        raise UserError(f"--format=onnx needs --precision=float32, received {precision}")
