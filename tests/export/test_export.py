"""The exported SavedModel: what it fills, and what is in it."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.helpers import ROOT
from support.served_model import filled_by_test_py, filled_bytes, filled_pixels, png, same_image
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import prediction_log_pb2

from inpaint.export.warmup import PLACE
from inpaint.inference.inpainter import Inpainter

EXAMPLES = ["brick.png", "camera.png", "chelsea.png", "coffee.png", "rocket.jpg"]


def example(name):
    """(photograph, mask) of an example at a quarter of its size, encoded in the files' formats."""
    examples = ROOT / "inpaint/examples"
    for path in (examples / "photographs" / name, (examples / "masks" / name).with_suffix(".png")):
        with Image.open(path) as image:
            yield png(image.reduce(4), format=image.format)


def test_signatures(signatures):
    assert sorted(signatures) == ["serving_bytes", "serving_default"]
    pixels, encoded = signatures["serving_default"], signatures["serving_bytes"]
    assert pixels.structured_input_signature[1] == {
        "image": tf.TensorSpec([None, None, None, 3], tf.uint8, "image"),
        "mask": tf.TensorSpec(None, tf.uint8, "mask"),  # of any rank, to refuse a wrong one in words
    }
    assert pixels.structured_outputs == {"output": tf.TensorSpec([None, None, None, 3], tf.uint8, "output")}
    assert encoded.structured_input_signature[1] == {
        "image_bytes": tf.TensorSpec([None], tf.string, "image_bytes"),
        "mask_bytes": tf.TensorSpec([None], tf.string, "mask_bytes"),
    }
    assert encoded.structured_outputs == {"output_bytes": tf.TensorSpec([None], tf.string, "output_bytes")}


def test_fills_the_examples_as_test_py_does(signatures, bundled, tmp_path):
    # All in one request, though they differ in size.
    images = [tuple(example(name)) for name in EXAMPLES]
    results = filled_bytes(signatures, *images)
    for image, result in zip(images, results):
        assert same_image(result, filled_by_test_py(bundled, tmp_path, *image))
        assert not same_image(result, image[0])


def variants():
    photograph = (
        Image.open(ROOT / "inpaint/examples/photographs/coffee.png").convert("RGB").crop((60, 0, 181, 95))
    )
    mask = Image.open(ROOT / "inpaint/examples/masks/coffee.png").convert("L").crop((60, 0, 181, 95))
    faded = photograph.copy()
    faded.putalpha(photograph.convert("L"))
    clear = Image.new("LA", mask.size, (255, 0))
    clear.paste((255, 200), (30, 20, 80, 60))  # white everywhere, 200 of 255 of it in the hole
    clear.paste((255, 127), (30, 20, 50, 30))
    as_numbers = mask.point(lambda value: value > 127)
    yield "gray", png(photograph.convert("L")), png(mask)
    yield "gray with alpha", png(faded.convert("LA")), png(mask)
    yield "alpha", png(faded), png(mask)
    yield "palette", png(photograph.quantize(40)), png(mask)
    yield "16 bits", png(np.asarray(photograph.convert("L")).astype(np.uint16) * 200), png(mask)
    yield "JPEG", png(photograph, format="JPEG"), png(mask, format="JPEG")
    yield "gray JPEG", png(photograph.convert("L"), format="JPEG"), png(mask.convert("1"))
    yield "colour mask", png(photograph), png(mask.convert("RGB"))
    yield "mask with alpha", png(photograph), png(clear)
    # A file's mask is white from 127.5 on, also if it holds no value above 1.
    yield "no hole", png(photograph), png(as_numbers)
    yield "nothing but hole", png(photograph), png(Image.new("L", mask.size, 255))


@pytest.mark.parametrize("image, mask", [pytest.param(*rest, id=name) for name, *rest in variants()])
def test_fills_every_kind_as_test_py_does(signatures, bundled, tmp_path, image, mask):
    result = filled_bytes(signatures, (image, mask))[0]
    assert same_image(result, filled_by_test_py(bundled, tmp_path, image, mask))


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (40, 64)])
def test_pixels_of_any_size(signatures, bundled, rng, size):
    images = rng.integers(0, 256, (1, *size, 3), dtype=np.uint8)
    masks = np.uint8(rng.random((1, *size, 1)) < 0.4)
    masks[0, 0, 0] = 1
    result = filled_pixels(signatures, images, masks)
    np.testing.assert_array_equal(result, bundled(images, masks))
    known = masks[..., 0] == 0
    np.testing.assert_array_equal(result[known], images[known])


def test_pixels_of_a_batch(signatures, bundled, request_of_two):
    images, masks = request_of_two
    np.testing.assert_array_equal(filled_pixels(signatures, images, masks), bundled(images, masks))
    # One client's mask of 0 and 1 beside another's of 0 and 255.
    masks[0] //= 255
    np.testing.assert_array_equal(filled_pixels(signatures, images, masks), bundled(images, masks > 0))
    np.testing.assert_array_equal(filled_pixels(signatures, images, masks * 0), images)


def test_nothing_but_kernels_of_the_runtime(exported):
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((exported / "saved_model.pb").read_bytes())
    (graph,) = (meta.graph_def for meta in model.meta_graphs)
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    assert len(nodes) > 1000
    assert not {node.op for node in nodes} & {"PyFunc", "PyFuncStateless", "EagerPyFunc", "XlaLaunch"}
    for holder in (*nodes, *graph.library.function):
        compiles = holder.attr.get("_XlaMustCompile")
        assert compiles is None or not compiles.b
    # The network's 4,052,478 numbers and a graph: no optimiser, no gradients.
    reader = tf.train.load_checkpoint(str(exported / "variables" / "variables"))
    shapes = reader.get_variable_to_shape_map()
    numbers = [np.prod(shape) for name, shape in shapes.items() if name.startswith("_variables")]
    assert sum(numbers) == 4052478 and len(shapes) == len(numbers) + 1  # and the graph of objects
    assert (exported / "saved_model.pb").stat().st_size < 3e6


def test_warm_up_requests(exported, signatures, bundled):
    found = {}
    for record in tf.data.TFRecordDataset(str(exported / PLACE)):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        inputs = {name: tf.constant(tf.make_ndarray(value)) for name, value in request.inputs.items()}
        found[request.model_spec.signature_name] = (
            inputs,
            signatures[request.model_spec.signature_name](**inputs),
        )
    assert sorted(found) == ["serving_bytes", "serving_default"]
    inputs, outputs = found["serving_default"]
    image, mask = inputs["image"].numpy(), inputs["mask"].numpy()
    assert image.shape == (1, 256, 256, 3) and 0.1 < (mask > 0).mean() < 0.5
    np.testing.assert_array_equal(outputs["output"], bundled(image, mask))
    decoded = np.asarray(Image.open(io.BytesIO(found["serving_bytes"][1]["output_bytes"].numpy()[0])))
    np.testing.assert_array_equal(decoded, outputs["output"][0])


def test_guided(guided, rng, tmp_path):
    inpainter, _, signatures = guided
    image = rng.integers(0, 256, (30, 45, 3), dtype=np.uint8)
    mask = np.zeros((30, 45, 1), np.uint8)
    mask[5:25, 10:35] = 255
    # A threshold of 0.6 lies between 153 and 154.
    lines = np.zeros((30, 45, 1), np.uint8)
    lines[10], lines[15] = 154, 153
    expected = inpainter(image, mask, lines)
    assert np.any(expected != inpainter(image, mask, lines * 0))
    result = filled_pixels(signatures, image[None], mask[None], lines[None])[0]
    np.testing.assert_array_equal(result, expected)

    # Drawn in white on a clear ground, one line too faint.
    drawn = np.concatenate([np.full_like(lines, 255), lines], axis=-1)
    encoded = png(image), png(mask[..., 0]), png(Image.fromarray(drawn, "LA"))
    result = filled_bytes(signatures, encoded)[0]
    assert same_image(result, filled_by_test_py(inpainter, tmp_path, *encoded))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(result))), expected)


def test_guided_warm_up_requests(guided):
    _, folder, signatures = guided
    asked = []
    for record in tf.data.TFRecordDataset(str(folder / PLACE)):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {name: tf.constant(tf.make_ndarray(value)) for name, value in request.inputs.items()}
        assert len(inputs) == 3
        signatures[request.model_spec.signature_name](**inputs)
        asked.append(request.model_spec.signature_name)
    assert sorted(asked) == ["serving_bytes", "serving_default"]


@pytest.mark.slow
def test_precision(in_process, tmp_path, request_of_two, bundled):
    done = in_process("export", "--export_dir=9", "--precision=mixed_bfloat16", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    images, masks = request_of_two
    result = filled_pixels(tf.saved_model.load(str(tmp_path / "9")).signatures, images, masks)
    half = Inpainter.from_checkpoint(precision="mixed_bfloat16", fill_size="whole")
    np.testing.assert_array_equal(result, half(images, masks))
    assert np.any(result != bundled(images, masks))
