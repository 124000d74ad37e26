"""Warm-up requests, run by TensorFlow Serving when it loads a model, so that no client has to wait."""

import importlib.util
import pathlib

import numpy as np
import tensorflow as tf

PLACE = pathlib.Path("assets.extra", "tf_serving_warmup_requests")  # in the model's folder
_SIDE = 256


def can_be_written():
    """Return whether tensorflow-serving-api, which defines the request format, is installed."""
    return importlib.util.find_spec("tensorflow_serving") is not None


def requests(guided):
    """Return one request for each signature, a list of serialized `PredictionLog`s.

    Args:
        guided: Whether the signatures take a sketch.
    """
    return [_record(signature, inputs) for signature, inputs in _inputs(guided).items()]


def write_requests(folder, records):
    """Write what `requests` returned as a TFRecord file, `PLACE` inside the folder of the model."""
    path = pathlib.Path(folder) / PLACE
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)


def _inputs(guided):
    """dict of signature name -> dict of inputs: an image of gradients with a hole in the centre."""
    slope = np.linspace(0, 255, _SIDE).astype(np.uint8)
    down, across = np.meshgrid(slope, slope, indexing="ij")
    image = np.stack([down, across, 255 - down], axis=-1)
    mask = np.zeros((_SIDE, _SIDE, 1), np.uint8)
    mask[_SIDE // 4 : -_SIDE // 4, _SIDE // 4 : -_SIDE // 4] = 255
    inputs = {"image": image, "mask": mask}
    if guided:
        inputs["sketch"] = np.zeros_like(mask)
        inputs["sketch"][_SIDE // 2] = 255
    return {
        "serving_default": {name: array[None] for name, array in inputs.items()},
        "serving_bytes": {f"{name}_bytes": tf.io.encode_png(array)[None] for name, array in inputs.items()},
    }


def _record(signature, inputs):
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    request = predict_pb2.PredictRequest()
    request.model_spec.name = "inpaint"
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    log = prediction_log_pb2.PredictLog(request=request)
    return prediction_log_pb2.PredictionLog(predict_log=log).SerializeToString()
