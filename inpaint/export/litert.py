"""Exporting the network as a file for LiteRT (TensorFlow Lite): phones, browsers, small machines."""

import json
import tempfile
import zipfile

import tensorflow as tf

from inpaint.checkpoints.formats.litert_file import NAME
from inpaint.errors import as_user_error
from inpaint.export.fixed_size import check_size, copy_function, fill_function
from inpaint.io.atomic import whole_folder

_LICENCE = "of the checkpoint; the bundled weights: Apache-2.0"


def export_litert(inpainter, folder, sizes, weights, config, overwrite=False):
    """Write `model.tflite`, with built-in operations only.

    Its signatures are `fill_256` and `copy_256` for the size 256 and so on, see `fixed_size`; all share their
    weights. What the network is and how it fills best is in a `config.json` that is attached as a zip
    archive, as TensorFlow Lite's associated files are: any zip program shows it.

    Args:
        inpainter: an `Inpainter` in float32.
        folder: output folder, written atomically.
        sizes: of the images, in pixels.
        weights: how kernels are kept, `"float32"`, `"float16"` or `"int8"`.
        config: the checkpoint's `GeneratorConfig`.
        overwrite: Whether to replace an existing model.

    Raises:
        UserError: a size that cannot be, or if the folder exists and `overwrite` is false, or cannot be
            written.
    """
    generator, threshold = inpainter.generator, inpainter.edge_threshold
    for size in sizes:
        check_size(generator, size)
    # The first one is what LiteRT prepares as it loads the file: the one that our runtime needs most.
    functions = {f"copy_{size}": copy_function(generator, size) for size in sorted(sizes)}
    functions |= {f"fill_{size}": fill_function(generator, size, threshold) for size in sizes}
    model = _converted(functions, weights)
    said = {
        **config.built(),
        **config.scale(),
        "sizes": sorted(sizes),
        "weights": weights,
        "colours": "RGB",
        "edge_threshold": threshold,
        "licence": _LICENCE,
    }
    with as_user_error(f"cannot write {folder}"), whole_folder(folder, overwrite) as part:
        part.mkdir()
        (part / NAME).write_bytes(model)
        with zipfile.ZipFile(part / NAME, "a") as attached:
            attached.writestr("config.json", json.dumps(said, indent=1) + "\n")


def _converted(functions, weights):
    """The file's bytes for `tf.function`s by the names of their signatures."""
    with tempfile.TemporaryDirectory() as folder:
        signatures = {name: function.get_concrete_function() for name, function in functions.items()}
        options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
        tf.saved_model.save(tf.Module(), folder, signatures, options)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(functions))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if weights == "float16":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        model = converter.convert()
    return _in_int8(model) if weights == "int8" else model


def _in_int8(model):
    """A model with its kernels in 8 bits, each output channel with a scale of its own.

    Only the kernels: with maps in 8 bits, too, the attention finds other places, and the fills are 42 dB from
    those in float32, instead of 52.
    """
    from ai_edge_quantizer import qtyping, quantizer

    work = quantizer.Quantizer(bytearray(model))
    kernels = qtyping.TensorQuantizationConfig(8, granularity=qtyping.QuantGranularity.CHANNELWISE)
    config = qtyping.OpQuantizationConfig(
        weight_tensor_config=kernels,
        compute_precision=qtyping.ComputePrecision.FLOAT,
        explicit_dequantize=True,
    )
    work.update_quantization_recipe(".*", qtyping.TFLOperationName.CONV_2D, config)
    return bytes(work.quantize().quantized_model)
