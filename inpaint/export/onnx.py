"""Exporting an `Inpainter` as an ONNX model."""

import tensorflow as tf

from inpaint.errors import as_user_error
from inpaint.export.fixed_size import check_size, fill_function
from inpaint.io.atomic import whole_folder
from inpaint.models.preprocessing import holes

_OPSET = 18


def export_onnx(inpainter, folder, sizes=(), overwrite=False):
    """Write `model.onnx`: `image` uint8 [N, H, W, 3] RGB, `mask` uint8 [N, H, W, 1] (see
    `preprocessing.holes`) -> `output` uint8 [N, H, W, 3]. If guided, also `sketch` uint8 [N, H, W, 1].

    ONNX has no assertions: inputs of the wrong size fail somewhere in the model, with an unhelpful message.

    Args:
        inpainter: an `Inpainter` in float32.
        folder: output folder, written atomically.
        sizes: instead, write `model_256.onnx` for the size 256 and so on, `fixed_size.fill_function`: without
            control flow, for runtimes that have none.
        overwrite: Whether to replace an existing model.

    Raises:
        UserError: a size that cannot be, or if the folder exists and `overwrite` is false, or cannot be
            written.
    """
    for size in sizes:
        check_size(inpainter.generator, size)
    contents = {
        f"model_{size}.onnx": _converted(fill_function(inpainter.generator, size, inpainter.edge_threshold))
        for size in sizes
    }
    if not sizes:
        model = _converted(_fill_any_size(inpainter))
        _name_dimensions(model)
        contents = {"model.onnx": model}
    with as_user_error(f"cannot write {folder}"), whole_folder(folder, overwrite) as part:
        part.mkdir()
        for name, model in contents.items():
            (part / name).write_bytes(model.SerializeToString())


def _fill_any_size(inpainter):
    specs = [tf.TensorSpec([None, None, None, 3], tf.uint8, "image")]
    names = ["mask", "sketch"] if inpainter.generator.guided else ["mask"]
    specs += [tf.TensorSpec([None, None, None, 1], tf.uint8, name) for name in names]

    @tf.function(input_signature=specs)
    def fill(image, mask, sketch=None):
        inputs = [image, holes(mask)] if sketch is None else [image, holes(mask), sketch]
        return {"output": inpainter.fill(*inputs)}

    return fill


def _converted(function):
    """A `tf.function` with a signature as an ONNX model."""
    import tf2onnx

    model, _ = tf2onnx.convert.from_function(
        function,
        input_signature=function.input_signature,
        opset=_OPSET,
        custom_op_handlers={"FloorDiv": (_floor_div, []), "FloorMod": (_floor_mod, [])},
    )
    return model


def _name_dimensions(model):
    """Name the unknown sizes of inputs and outputs, so that other tools say what they are."""
    for value in (*model.graph.input, *model.graph.output):
        for dimension, name in zip(value.type.tensor_type.shape.dim, ("batch", "height", "width")):
            dimension.dim_param = name


# ONNX's integer division rounds towards zero, but tf2onnx uses it for FloorDiv, which rounds down and
# computes sizes and windows here. ONNX's remainder has the sign of the divisor, as in TensorFlow.


def _floor_div(graph, node, name, arguments):
    dtypes = [_integer(graph, node)]
    rest = graph.make_node("Mod", list(node.input), dtypes=dtypes, op_name_scope=node.name)
    divisible = graph.make_node(
        "Sub", [node.input[0], rest.output[0]], dtypes=dtypes, op_name_scope=node.name
    )
    node.type = "Div"
    graph.replace_input(node, node.input[0], divisible.output[0], 0)


def _floor_mod(graph, node, name, arguments):
    _integer(graph, node)
    node.type = "Mod"


def _integer(graph, node):
    """Return the dtype of a node's input, which must be an integer type."""
    from onnx import TensorProto

    dtype = graph.get_dtype(node.input[0])
    assert dtype in (TensorProto.INT32, TensorProto.INT64), f"{node.name} does not divide integers"
    return dtype
