"""Export a model for serving: --export_dir models/inpaint/1."""

import importlib.util

from absl.flags import DEFINE_bool, DEFINE_enum, DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import UserError
from inpaint.flags import filling, scale
from inpaint.flags.network import resolved
from inpaint.io.atomic import check_folder


def define(flags):
    DEFINE_string(
        "export_dir",
        None,
        "Version folder to write, such as models/inpaint/1.",
        required=True,
        flag_values=flags,
    )
    DEFINE_bool("overwrite", False, "Replace an existing model.", flag_values=flags)
    DEFINE_enum(
        "format",
        "saved_model",
        ["saved_model", "onnx"],
        "SavedModel for TensorFlow Serving, or model.onnx, in float32 and without input checks.",
        flag_values=flags,
    )
    filling.define(flags)
    scale.define(flags)


def main(flags):
    # Before loading the network, to fail early.
    check_folder(flags.export_dir, flags.overwrite)
    config = resolved(flags, flags.checkpoint_dir)
    if flags.fill_size == "auto":
        raise UserError("--fill_size=auto cannot be exported, as it cuts holes out: give whole or a number")
    if flags.format == "onnx":
        if flags["max_pixels"].present:
            raise UserError("--max_pixels is for --format=saved_model only: an ONNX model has no limit")
        if flags.fill_size != "whole" or flags.detail != "none":
            raise UserError("--fill_size and --detail are for --format=saved_model only")
        _check_onnx(flags.precision)
    inpainter = make_inpainter(flags, config)
    if flags.format == "onnx":
        from inpaint.export.onnx import export_onnx

        export_onnx(inpainter, flags.export_dir, flags.overwrite)
    else:
        from inpaint.export.saved_model import export

        export(inpainter, flags.export_dir, flags.max_pixels, flags.overwrite)
    print(flags.export_dir)


def _check_onnx(precision):
    if importlib.util.find_spec("tf2onnx") is None:
        raise UserError('--format=onnx needs tf2onnx: pip install ".[onnx]"')
    if precision != "float32":
        raise UserError(f"--format=onnx needs --precision=float32, received {precision}")
