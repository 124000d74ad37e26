"""Export a model for serving: --export_dir models/inpaint/1."""

import contextlib
import dataclasses
import importlib.util
import sys

from inpaint.checkpoints.config import resolve
from inpaint.checkpoints.plain_path import check_plain
from inpaint.cli.captured_stderr import captured_stderr
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import UserError
from inpaint.images.image_files import MAX_PIXELS
from inpaint.inference.scale import SIDES
from inpaint.io.atomic import check_folder
from inpaint.options.filling import InpainterOptions, ScaleOptions
from inpaint.options.option import option

WEIGHTS = ("float32", "float16", "int8")
_NEEDED = {("onnx", None): "tf2onnx", ("litert", "int8"): "ai-edge-quantizer"}


@dataclasses.dataclass(frozen=True)
class Options(InpainterOptions, ScaleOptions):
    export_dir: str | None = option(
        None,
        "Folder to write. TensorFlow Serving wants NAME/NUMBER: models/inpaint/1.",
        required=True,
    )
    overwrite: bool = option(False, "Replace an existing model.")
    format: str = option(
        "saved_model",
        "SavedModel for TensorFlow Serving; model.onnx; or model.tflite, for LiteRT: phones, browsers, small "
        "machines. The last two compute in float32 and do not check their inputs.",
        choices=("saved_model", "onnx", "litert"),
    )
    size: tuple = option(
        (),
        "Sides of the square images that the model takes, in pixels, separated by commas. Default of litert: "
        "256,512; of onnx: one model for images of any size.",
    )
    weights: str | None = option(
        None, "How model.tflite keeps its weights. Default: float32.", choices=WEIGHTS
    )

    def check(self):
        super().check()
        if self.fill_size == "auto":
            raise UserError(
                "--fill_size=auto cannot be exported, as it cuts holes out: give whole or a number"
            )
        self.sizes()
        if self.weights and self.format != "litert":
            raise UserError(f"--weights is for --format=litert only, received --format={self.format}")
        if self.format == "saved_model":
            if self.size:
                raise UserError("--size is for --format=onnx and litert only: a SavedModel takes all sizes")
            return
        if self.max_pixels != MAX_PIXELS:
            raise UserError("--max_pixels is for --format=saved_model only: other models have no limit")
        if {self.fill_size, self.detail} - {None, "whole", "none"}:
            raise UserError("--fill_size and --detail are for --format=saved_model only")
        if self.precision != "float32":
            raise UserError(f"--format={self.format} needs --precision=float32, received {self.precision}")

    def sizes(self):
        """The sizes as numbers, in ascending order."""
        wrong = [text for text in self.size if not text.isdecimal() or not 0 < int(text) <= 1 << 16]
        if wrong:
            raise UserError(f"--size must be whole numbers of pixels, such as 256,512, received {wrong[0]!r}")
        return sorted({int(text) for text in self.size})


def check_installed(format, weights):
    """Raise UserError if a package is missing that writes such a file."""
    needed = _NEEDED.get((format, weights))
    if needed and importlib.util.find_spec(needed.replace("-", "_")) is None:
        raise UserError(f"this export needs {needed}: pip install {needed}")


def write_litert(*arguments):
    """`export_litert`, without the warnings and progress bars of TensorFlow and the quantizer."""
    from inpaint.export.litert import export_litert

    with captured_stderr(), contextlib.redirect_stdout(sys.stderr):
        export_litert(*arguments)


def main(options):
    check_installed(options.format, options.weights)
    # Before loading the network, to fail early.
    if options.format == "saved_model":
        check_plain(options.export_dir)
    check_folder(options.export_dir, options.overwrite)
    config = resolve(options.checkpoint_dir, **options.requested())
    if options.format == "onnx" or (options.format == "saved_model" and config.fill_size == "auto"):
        config = dataclasses.replace(config, fill_size="whole", detail=options.detail or "none")
    inpainter = make_inpainter(options, config)
    if options.format == "onnx":
        from inpaint.export.onnx import export_onnx

        export_onnx(inpainter, options.export_dir, options.sizes(), options.overwrite)
    elif options.format == "litert":
        sizes, weights = options.sizes() or SIDES, options.weights or "float32"
        write_litert(inpainter, options.export_dir, sizes, weights, config, options.overwrite)
    else:
        from inpaint.export.saved_model import export

        export(inpainter, options.export_dir, options.max_pixels, options.overwrite)
    print(options.export_dir)
