"""Export a model for serving: --export_dir models/inpaint/1."""

import dataclasses
import importlib.util

from inpaint.checkpoints.config import resolve
from inpaint.checkpoints.plain_path import check_plain
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import UserError
from inpaint.images.image_files import MAX_PIXELS
from inpaint.io.atomic import check_folder
from inpaint.options.filling import InpainterOptions, ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(InpainterOptions, ScaleOptions):
    export_dir: str | None = option(None, "Version folder to write, such as models/inpaint/1.", required=True)
    overwrite: bool = option(False, "Replace an existing model.")
    format: str = option(
        "saved_model",
        "SavedModel for TensorFlow Serving, or model.onnx, in float32 and without input checks.",
        choices=("saved_model", "onnx"),
    )

    def check(self):
        super().check()
        if self.fill_size == "auto":
            raise UserError(
                "--fill_size=auto cannot be exported, as it cuts holes out: give whole or a number"
            )
        if self.format == "onnx":
            if self.max_pixels != MAX_PIXELS:
                raise UserError("--max_pixels is for --format=saved_model only: an ONNX model has no limit")
            if {self.fill_size, self.detail} - {None, "whole", "none"}:
                raise UserError("--fill_size and --detail are for --format=saved_model only")
            if self.precision != "float32":
                raise UserError(f"--format=onnx needs --precision=float32, received {self.precision}")


def main(options):
    if options.format == "onnx" and importlib.util.find_spec("tf2onnx") is None:
        raise UserError("--format=onnx needs tf2onnx: pip install tf2onnx")
    # Before loading the network, to fail early.
    if options.format == "saved_model":
        check_plain(options.export_dir)
    check_folder(options.export_dir, options.overwrite)
    config = resolve(options.checkpoint_dir, **options.requested())
    if config.fill_size == "auto" or options.format == "onnx":
        config = dataclasses.replace(config, fill_size="whole", detail=options.detail or "none")
    inpainter = make_inpainter(options, config)
    if options.format == "onnx":
        from inpaint.export.onnx import export_onnx

        export_onnx(inpainter, options.export_dir, options.overwrite)
    else:
        from inpaint.export.saved_model import export

        export(inpainter, options.export_dir, options.max_pixels, options.overwrite)
    print(options.export_dir)
