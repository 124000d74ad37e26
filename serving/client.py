"""Have a model server fill the hole in an image, over REST or gRPC.

    python serving/client.py --image photo.jpg --mask hole.png --output filled.png

A standalone script: it needs Pillow, and tensorflow-serving-api for gRPC. It reads and writes files by the
rules of test.py, except that it knows no pipes, HEIC images, JPEGs without an end and TIFFs of 10, 12, 14 or
signed bits, writes no TIFF, and keeps only the colour profile, EXIF data and resolution.
"""

import argparse
import base64
import contextlib
import http.client
import io
import json
import os
import pathlib
import re
import secrets
import stat
import sys
import urllib.error
import urllib.parse
import urllib.request
import warnings

from PIL import ExifTags, Image, ImageOps, PngImagePlugin

SIGNATURE = "serving_bytes"
PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I;16B")
LONGEST = 1e6  # seconds
MOST_PIXELS = 1 << 28  # the server has a limit of its own, this one is against bombs
JPEG = ("JPEG", {"quality": 95, "subsampling": 0})
FORMATS = {
    ".png": ("PNG", {}),
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".webp": ("WEBP", {"lossless": True, "exact": True}),
}
MOST_A_SIDE = {"JPEG": 65_500, "WEBP": 16_383}  # pixels


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # of a name that the console has no letters for
    warnings.filterwarnings("ignore", module="PIL")  # of irregularities in files that it reads nevertheless
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses from twice this number on
    PngImagePlugin.MAX_TEXT_CHUNK = 8 << 20  # bytes of a text or profile, unpacked
    try:
        fill(arguments)
    except (Refused, OSError) as error:
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        sys.exit(130)
    print(arguments.output)


def fill(arguments):
    """Read the images, send the request, write the result."""
    ask = asking(arguments.url)
    if not 0 < arguments.timeout <= LONGEST:
        raise Refused(f"--timeout must be a number of seconds above 0, received {arguments.timeout}")
    check_output(arguments.output)
    sent, size, kept = upright(arguments.image)
    format, _ = FORMATS[pathlib.Path(arguments.output).suffix.lower()]
    if max(size) > MOST_A_SIDE.get(format, max(size)):
        raise Refused(
            f"{format} holds up to {MOST_A_SIDE[format]} pixels a side, {size} are too many: write PNG"
        )
    images = {"image_bytes": sent, "mask_bytes": upright(arguments.mask)[0]}
    if arguments.sketch:
        images["sketch_bytes"] = upright(arguments.sketch)[0]
    answer = ask(arguments.url, images, arguments.timeout)
    try:
        filled = Image.open(io.BytesIO(answer))
        filled.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(f"{arguments.url} answered with what is no image: {answer[:100]!r}") from error
    if filled.size != size:
        raise Refused(f"{arguments.url} answered with an image of {filled.size}, the image is {size}")
    write(arguments.output, filled, kept)


def upright(path):
    """An image turned upright, as the server ignores EXIF orientation, and what is kept of its file.

    Returns:
        (bytes of a PNG, its (width, height), dict of options for saving the result).
    """
    try:
        with Image.open(path) as image:
            if image.format not in ("MPO", "PSD") and getattr(image, "is_animated", False):
                raise Refused(f"{path} has several frames or pages: take it apart, give one of them")
            converted = image.format == "PNG" and ";" in str(image.tile[0].args)
            image.load()
        if image.mode == "I" and image.format == "PPM":
            image = image.convert("I;16")
        if image.mode in ("I", "F") or (image.format == "TIFF" and not has_plain_samples(image.tag_v2)):
            raise Refused(f"{path} has 32 bits a pixel, or others that cannot be sent: save it with 8 bits")
        kept = {name: image.info.get(name) for name in ("icc_profile", "dpi", "exif")}
    except FileNotFoundError as error:
        raise Refused(f"no such file: {path}") from error
    except Image.DecompressionBombError as error:
        raise Refused(f"{path} has too many pixels: {error}") from error
    except (OSError, SyntaxError, ValueError, TypeError, RuntimeError, LookupError) as error:
        raise Refused(f"cannot read {path}: {error}") from error
    with contextlib.suppress(
        SyntaxError, ValueError, TypeError, LookupError, ArithmeticError
    ):  # damaged EXIF data
        converted = converted and image.getexif().get(ExifTags.Base.Orientation, 1) == 1
        image = ImageOps.exif_transpose(image)
        exif = image.getexif()
        exif.pop(ExifTags.Base.Orientation, None)
        exif.get_ifd(ExifTags.IFD.Exif).pop(
            ExifTags.IFD.MakerNote, None
        )  # it may show what is going to be removed
        kept["exif"] = exif.tobytes() if exif and kept["exif"] else None
    if image.mode not in PNG_MODES:  # such as CMYK, which PNG does not support
        image = image.convert("RGBA" if image.mode in ("La", "PA", "RGBa") else "RGB")
        kept["icc_profile"] = None
    if converted:  # Pillow reduces 16 bits to 8 and may lose which colour is transparent, the server does not
        return pathlib.Path(path).read_bytes(), image.size, kept
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue(), image.size, kept


def has_plain_samples(tags):
    """Whether Pillow reads the samples of a TIFF as they are meant: unsigned, and of 8 or 16 bits if deep."""
    deep = max(tags.get(ExifTags.Base.BitsPerSample, (1,)))
    white_is_zero = tags.get(ExifTags.Base.PhotometricInterpretation) == 0
    return max(tags.get(339, (1,))) == 1 and (deep <= 8 or (deep == 16 and not white_is_zero))


def asking(url):
    """The function that asks a URL's server: `ask_rest` or `ask_grpc`."""
    try:
        parts = urllib.parse.urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:  # the port
        usable = False
    name = parts.path.strip("/") if usable else ""
    usable = usable and name and not parts.path.endswith("/") and ":" not in name
    usable = usable and (parts.scheme != "grpc" or "/" not in name)
    if not usable or not url.isprintable() or " " in url or parts.scheme not in ("http", "https", "grpc"):
        raise Refused(
            f"--url must be http://HOST:PORT/v1/models/NAME or grpc://HOST:PORT/NAME, received {url!r}"
        )
    return ask_grpc if parts.scheme == "grpc" else ask_rest


def ask_rest(url, images, timeout):
    """The encoded result, over TensorFlow Serving's REST API."""
    instance = {name: {"b64": base64.b64encode(data).decode()} for name, data in images.items()}
    body = json.dumps({"signature_name": SIGNATURE, "instances": [instance]}).encode()
    request = urllib.request.Request(f"{url}:predict", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            answer = response.read()
    except urllib.error.HTTPError as error:
        raise Refused(f"{url}: {told(error) or error}") from error
    except urllib.error.URLError as error:
        raise Refused(f"{url}: {error.reason}") from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise Refused(f"{url}: {error or type(error).__name__}") from error
    try:
        # With a single output, its value comes without a name.
        return base64.b64decode(json.loads(answer)["predictions"][0]["b64"], validate=True)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Refused(f"{url} gave no answer of a model server: {answer[:100]!r}") from error


def told(response):
    """The message in an error response, or None."""
    try:
        return json.loads(response.read())["error"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, RecursionError):
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
    answer = response.outputs["output_bytes"].string_val
    if len(answer) != 1:
        raise Refused(f"{url} gave {len(answer)} images instead of one")
    return answer[0]


def check_output(path):
    """Raise Refused unless an image can be written to `path`: a server's work should not be lost."""
    path = pathlib.Path(path)
    if path.suffix.lower() not in FORMATS:
        raise Refused(f"cannot write {path}: the name must end in one of {', '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise Refused(f"cannot write {path}: there is no folder {path.parent}, create it first")
    if path.is_dir():
        raise Refused(f"cannot write {path}: it is a folder")
    if not os.access(path.parent, os.W_OK):
        raise Refused(f"cannot write {path}: the folder {path.parent} is not writable")


def write(path, image, kept):
    """Write the result in the format of its file name; what was there stays until it is written.

    Args:
        path: the file. If it exists, it keeps its mode.
        image: a Pillow image.
        kept: options for saving that come from the image's file.
    """
    format, options = FORMATS[pathlib.Path(path).suffix.lower()]
    space = b"GRAY" if image.mode in ("L", "LA") else b"RGB "
    profile = kept["icc_profile"]
    if not profile or profile[16:20] != space or (format == "WEBP" and space == b"GRAY"):
        kept = {**kept, "icc_profile": None}
    if format == "JPEG":
        image = image.convert(image.mode.removesuffix("A"))
    target = pathlib.Path(path).resolve()  # links stay links
    part = target.with_name(f".{secrets.token_hex(6)}.part")
    before = target.stat() if target.exists() else None
    try:
        with open(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if before else 0o666), "wb"
        ) as file:
            image.save(file, format, **options, **{name: value for name, value in kept.items() if value})
        if before:
            os.chmod(part, stat.S_IMODE(before.st_mode))
        os.replace(part, target)
    except (OSError, ValueError) as error:
        raise Refused(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error
    finally:
        part.unlink(missing_ok=True)


def one_line(message):
    """A server's message in one line, without TensorFlow's wrapping, nor what a terminal would obey."""
    message = " ".join(message.split())
    message = re.sub(r"(Graph execution error: .*)?assertion failed: \[(.*?)\] \[\[.*", r"\2", message)
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)


if __name__ == "__main__":
    main()
