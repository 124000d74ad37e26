"""Have a model server fill the hole in an image, over REST or gRPC.

    python serving/client.py --image photo.jpg --mask hole.png --output filled.png

A standalone script: it needs Pillow, and tensorflow-serving-api for gRPC.
"""

import argparse
import base64
import io
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

from PIL import Image, ImageOps

SIGNATURE = "serving_bytes"
PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I;16B")
JPEG = {"quality": 95, "subsampling": 0}


class Refused(Exception):
    """An error to report to the user in one line."""


def main():
    parser = argparse.ArgumentParser(description="Have a model server fill the hole in an image.")
    parser.add_argument("--image", required=True, help="the image to fill")
    parser.add_argument("--mask", required=True, help="the hole: white (above 127.5) is filled")
    parser.add_argument("--sketch", help="white lines to follow, if the model is guided")
    parser.add_argument("--output", default="output.png", help="where the result goes")
    parser.add_argument(
        "--url",
        default="http://127.0.0.1:8501/v1/models/inpaint",
        help="the model: http://HOST:PORT/v1/models/NAME or grpc://HOST:PORT/NAME",
    )
    parser.add_argument("--timeout", type=float, default=300, help="seconds to wait for the answer")
    arguments = parser.parse_args()
    try:
        fill(arguments)
    except (Refused, OSError) as error:
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        sys.exit(1)
    print(arguments.output)


def fill(arguments):
    """Read the images, send the request, write the result."""
    image, profile = upright(arguments.image)
    images = {"image_bytes": png(image), "mask_bytes": png(upright(arguments.mask)[0])}
    if arguments.sketch:
        images["sketch_bytes"] = png(upright(arguments.sketch)[0])
    scheme = urllib.parse.urlsplit(arguments.url).scheme
    if scheme not in ("http", "https", "grpc"):
        raise Refused(f"--url begins with http://, https:// or grpc://, received {arguments.url}")
    ask = ask_grpc if scheme == "grpc" else ask_rest
    write(arguments.output, Image.open(io.BytesIO(ask(arguments.url, images, arguments.timeout))), profile)


def upright(path):
    """(image turned upright, its colour profile or None): the server ignores EXIF orientation."""
    with Image.open(path) as image:
        image.load()
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode not in PNG_MODES:  # such as CMYK, which PNG does not support
        image, profile = image.convert("RGBA" if image.mode in ("La", "PA", "RGBa") else "RGB"), None
    return image, profile


def png(image):
    """The bytes of a PNG."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def ask_rest(url, images, timeout):
    """The encoded result, over TensorFlow Serving's REST API."""
    instance = {name: {"b64": base64.b64encode(data).decode()} for name, data in images.items()}
    body = json.dumps({"signature_name": SIGNATURE, "instances": [instance]}).encode()
    request = urllib.request.Request(f"{url}:predict", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            answer = response.read()
    except urllib.error.HTTPError as error:
        raise Refused(f"{url}: {told(error.read()) or error}") from error
    except urllib.error.URLError as error:
        raise Refused(f"{url}: {error.reason}") from error
    try:
        # With a single output, its value comes without a name.
        return base64.b64decode(json.loads(answer)["predictions"][0]["b64"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Refused(f"{url} gave no answer of a model server: {answer[:100]!r}") from error


def told(body):
    """The message in an error response, or None."""
    try:
        return json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return None


def ask_grpc(url, images, timeout):
    """The encoded result, over TensorFlow Serving's gRPC API."""
    try:
        import grpc
        from tensorflow.core.framework import tensor_pb2, types_pb2
        from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
    except ImportError as error:
        raise Refused(f"grpc:// needs tensorflow-serving-api, pip install it ({error})") from error

    parts = urllib.parse.urlsplit(url)
    request = predict_pb2.PredictRequest()
    request.model_spec.name = parts.path.strip("/")
    request.model_spec.signature_name = SIGNATURE
    for name, data in images.items():
        tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[data])
        tensor.tensor_shape.dim.add(size=1)
        request.inputs[name].CopyFrom(tensor)
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(parts.netloc, options=unlimited) as channel:
        service = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        try:
            response = service.Predict(request, timeout=timeout)
        except grpc.RpcError as error:
            raise Refused(f"{url}: {error.details()}") from error
    return response.outputs["output_bytes"].string_val[0]


def write(path, image, profile):
    """Write the result in the format of its file name, with the image's colour profile."""
    space = b"GRAY" if image.mode in ("L", "LA") else b"RGB "
    options = {"icc_profile": profile} if profile and profile[16:20] == space else {}
    if path.lower().endswith((".jpg", ".jpeg")):
        options.update(JPEG)
        image = image.convert(image.mode.removesuffix("A"))
    elif path.lower().endswith(".webp"):
        options.update(lossless=True, exact=True)
    try:
        image.save(path, **options)
    except ValueError as error:
        raise Refused(f"cannot write {path}: {error}") from error


def one_line(message):
    """A server's message in one line, without TensorFlow's wrapping."""
    message = " ".join(message.split())
    return re.sub(r"(Graph execution error: .*)?assertion failed: \[(.*?)\] \[\[.*", r"\2", message)


if __name__ == "__main__":
    main()
