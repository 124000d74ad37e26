"""serving/client.py as people run it, against servers that speak as TensorFlow Serving is documented to."""

import base64
import concurrent.futures
import contextlib
import http.server
import importlib.util
import io
import json
import os
import signal
import stat
import subprocess
import sys
import threading

import grpc
import jsonschema
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageCms
from support.encoders import bomb, png, tiff
from support.helpers import ROOT
from support.served_model import filled_by_test_py, same_image
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from inpaint.images.image_files import read_image

# https://www.tensorflow.org/tfx/serving/api_rest: the predict request, in row or in column format.
_ENCODED = {
    "type": "object",
    "properties": {"b64": {"type": "string", "pattern": "^[A-Za-z0-9+/]+={0,2}$"}},
    "required": ["b64"],
    "additionalProperties": False,
}
PREDICT_REQUEST = {
    "type": "object",
    "properties": {
        "signature_name": {"type": "string"},
        "instances": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "additionalProperties": _ENCODED},
        },
        "inputs": {"type": "object", "additionalProperties": {"type": "array", "items": _ENCODED}},
    },
    "oneOf": [{"required": ["instances"]}, {"required": ["inputs"]}],
    "additionalProperties": False,
}


class RestServer(http.server.BaseHTTPRequestHandler):
    """The exported model's signatures at /v1/models/inpaint:predict."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            if self.path != "/v1/models/inpaint:predict":
                raise LookupError("Servable not found for request: Latest(other)")
            jsonschema.validate(body, PREDICT_REQUEST)
            status, answer = 200, {"predictions": self._predicted(body)}
        except LookupError as error:
            status, answer = 404, {"error": str(error)}
        except jsonschema.ValidationError as error:
            status, answer = 400, {"error": f"not the documented format: {error.message}"}
        except tf.errors.InvalidArgumentError as error:
            status, answer = 400, {"error": error.message}
        answer = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _predicted(self, body):
        rows = body["instances"]
        inputs = {
            name: tf.constant([base64.b64decode(row[name]["b64"], validate=True) for row in rows])
            for name in rows[0]
        }
        outputs = self.server.signatures[body["signature_name"]](**inputs)
        (values,) = outputs.values()  # of a single output, the bare values
        return [{"b64": base64.b64encode(value).decode()} for value in values.numpy()]

    def log_message(self, *arguments):
        pass


class GrpcService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """The same over gRPC."""

    def __init__(self, signatures):
        self.signatures = signatures

    def Predict(self, request, context):
        if request.model_spec.name != "inpaint":
            context.abort(grpc.StatusCode.NOT_FOUND, f"Servable not found: {request.model_spec.name}")
        inputs = {name: tf.constant(tf.make_ndarray(value)) for name, value in request.inputs.items()}
        try:
            outputs = self.signatures[request.model_spec.signature_name](**inputs)
        except tf.errors.InvalidArgumentError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, error.message)
        response = predict_pb2.PredictResponse()
        for name, value in outputs.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
        return response


@pytest.fixture(scope="module")
def rest(signatures):
    """The model's URL of a REST server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RestServer)
    server.signatures = signatures
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/models/inpaint"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def over_grpc(signatures):
    """The model's URL of a gRPC server."""
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(1), options=unlimited)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(GrpcService(signatures), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"grpc://127.0.0.1:{port}/inpaint"
    server.stop(None)


def client_command(*arguments):
    """What starts client.py so that nothing of this project can be imported."""
    return [sys.executable, "-I", str(ROOT / "serving/client.py"), *arguments]


def client(folder, *arguments, file_limit=None):
    """Run client.py in a folder; `file_limit`: KB of the largest file that it can write."""
    command = client_command(*arguments)
    if file_limit:
        command = ["bash", "-c", f'ulimit -f {file_limit}; exec "$@"', "bash", *command]
    environment = {**os.environ, "no_proxy": "127.0.0.1"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, env=environment)


@pytest.fixture
def module():
    """client.py, imported."""
    found = importlib.util.spec_from_file_location("client", ROOT / "serving/client.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def client_in_process(module, monkeypatch, capsys):
    """As `client`, but in this process."""

    def run(folder, *arguments):
        with monkeypatch.context() as context:
            context.chdir(folder)
            context.setenv("no_proxy", "127.0.0.1")
            context.setattr(sys, "argv", ["client.py", *arguments])
            context.setattr(Image, "MAX_IMAGE_PIXELS", None)  # the client sets it
            try:
                status = module.main()
            except SystemExit as end:
                status = end.code
        return subprocess.CompletedProcess(arguments, status or 0, *capsys.readouterr())

    return run


@pytest.fixture
def files(tmp_path):
    """x.jpg (lying on its side, with a colour profile), gray.png, m.png, small.png and notes.txt."""
    photograph = Image.open(ROOT / "inpaint/examples/photographs/rocket.jpg").crop((250, 200, 345, 270))
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sideways = photograph.transpose(Image.Transpose.ROTATE_90)
    sideways.save(tmp_path / "x.jpg", exif=exif, icc_profile=profile, quality=90)
    photograph.convert("LA").save(tmp_path / "gray.png")
    mask = np.zeros((70, 95), np.uint8)
    mask[20:50, 30:60] = 255
    Image.fromarray(mask).save(tmp_path / "m.png")
    Image.fromarray(mask[:8, :9]).save(tmp_path / "small.png")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "bomb.png").write_bytes(bomb(20_000, 30_000))
    Image.fromarray(np.float32(mask)).save(tmp_path / "float.tif")
    frames = [Image.fromarray(mask), Image.fromarray(255 - mask)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    return tmp_path


@pytest.mark.parametrize("interface", ["rest", "over_grpc"])
def test_fills_as_test_py_does(files, interface, rest, over_grpc, bundled, client_in_process):
    url = {"rest": rest, "over_grpc": over_grpc}[interface]
    for name, run in ("x.jpg", client), ("gray.png", client_in_process):
        arguments = (f"--image={name}", "--mask=m.png", "--output=o.png", f"--url={url}")
        done = run(files, *arguments)
        assert done.returncode == 0 and done.stdout == "o.png\n", done.stderr
        encoded = ((files / path).read_bytes() for path in (name, "m.png"))
        expected = filled_by_test_py(bundled, files, *encoded)
        result = (files / "o.png").read_bytes()
        assert same_image(result, expected)
        before = read_image(files / name)
        after = read_image(files / "o.png")
        assert after.icc_profile == before.icc_profile and (name == "gray.png" or before.icc_profile)
        hole = np.asarray(Image.open(files / "m.png")) > 0
        np.testing.assert_array_equal(after.rgb[~hole], before.rgb[~hole])
        assert np.any(after.rgb[hole] != before.rgb[hole])


def test_writes_jpeg(files, rest):
    done = client(files, "--image=gray.png", "--mask=m.png", "--output=o.jpg", f"--url={rest}")
    assert done.returncode == 0, done.stderr
    with Image.open(files / "o.jpg") as image:
        assert image.format == "JPEG" and image.mode == "L" and image.size == (95, 70)


SIZE = "the mask must have the size of the image: the image is 95 x 70, the mask 9 x 8"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--mask=small.png", "--url={rest}"], f"{{rest}}: {SIZE}\n"),
        (["--mask=small.png", "--url={over_grpc}"], f"{{over_grpc}}: {SIZE}\n"),
        (["--mask=m.png", "--url={rest}x"], "{rest}x: Servable not found for request: Latest(other)\n"),
        (["--mask=m.png", "--url={over_grpc}x"], "{over_grpc}x: Servable not found: inpaintx\n"),
        (["--mask=m.png", "--url=http://127.0.0.1:9/v1/models/inpaint"], "Connection refused"),
        (["--mask=m.png", "--url=grpc://127.0.0.1:9/inpaint"], "onnect"),
        (
            ["--mask=m.png", "--url=ftp://127.0.0.1/inpaint"],
            "--url must be http://HOST:PORT/v1/models/NAME or",
        ),
        (["--mask=m.png", "--url=http://"], "--url must be http://"),
        (["--mask=m.png", "--url=http://127.0.0.1:x/v1/models/inpaint"], "--url must be http://"),
        (["--mask=m.png", "--url={rest} "], "--url must be http://"),
        (["--mask=m.png", "--url={rest}?x=1"], "--url must be http://"),
        (["--mask=m.png", "--url={rest}/"], "--url must be http://"),
        (["--mask=m.png", "--url={rest}:predict"], "--url must be http://"),
        (["--mask=m.png", "--url=grpc://127.0.0.1:8500/v1/models/inpaint"], "--url must be http://"),
        (["--mask=m.png", "--url={rest}", "--timeout=1e12"], "--timeout must be a number of seconds above 0"),
        (["--mask=m.png", "--url={rest}", "--timeout=-1"], "--timeout must be a number of seconds above 0"),
        (["--mask=m.png", "--url={rest}", "--timeout=nan"], "--timeout must be a number of seconds above 0"),
        (["--mask=no.png", "--url={rest}"], "no such file: no.png"),
        (["--mask=notes.txt", "--url={rest}"], "cannot read notes.txt: cannot identify image file"),
        (["--mask=bomb.png", "--url={rest}"], "bomb.png has too many pixels"),
        (["--mask=float.tif", "--url={rest}"], "float.tif has 32 bits a pixel"),
        (["--mask=moving.gif", "--url={rest}"], "moving.gif has several frames or pages"),
    ],
)
def test_one_line_for_what_goes_wrong(client_in_process, files, rest, over_grpc, arguments, message):
    urls = {"rest": rest, "over_grpc": over_grpc}
    done = client_in_process(files, "--image=x.jpg", *(argument.format(**urls) for argument in arguments))
    assert done.returncode == 1 and done.stdout == ""
    assert message.format(**urls) in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert not (files / "output.png").exists()


@pytest.mark.parametrize(
    "output, message",
    [
        ("o.abc", "the name must end in one of .png, .jpg, .jpeg, .webp"),
        ("gone/o.png", "there is no folder gone, create it first"),
        ("folder.png", "it is a folder"),
    ],
)
def test_a_bad_output_is_noticed_before_the_server_works(client_in_process, files, output, message):
    (files / "folder.png").mkdir()
    arguments = ("--image=x.jpg", "--mask=m.png", f"--output={output}")
    done = client_in_process(files, *arguments, "--url=http://127.0.0.1:9/v1/models/inpaint")
    assert done.returncode == 1 and done.stderr == f"error: cannot write {output}: {message}\n"


@contextlib.contextmanager
def answering(answer, length=None):
    """The model's URL of a server that always answers with these bytes, or breaks off before `length`."""

    class Other(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(length or len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/models/inpaint"
        server.shutdown()


@pytest.mark.parametrize(
    "answer, length, message",
    [
        (b"<html>hello</html>", None, "{url} gave no answer of a model server: b'<html>hello</html>'"),
        (b'{"predictions": [{"b64": "aGVsbG8="}]}', None, "{url} answered with what is no image: b'hello'"),
        (b"[" * 100_000, None, "{url} gave no answer of a model server: b'" + 100 * "[" + "'"),
        (b'{"predictions"', 100, "{url}: IncompleteRead(14 bytes read, 86 more expected)"),
    ],
)
def test_an_answer_of_something_else(client_in_process, files, answer, length, message):
    with answering(answer, length) as url:
        done = client_in_process(files, "--image=x.jpg", "--mask=m.png", f"--url={url}")
    assert done.returncode == 1
    assert done.stderr == f"error: {message.format(url=url)}\n"


def test_an_answer_of_another_size(client_in_process, files):
    with answering(encoded_answer(files / "small.png")) as url:
        done = client_in_process(files, "--image=x.jpg", "--mask=m.png", f"--url={url}")
    assert done.returncode == 1
    assert done.stderr == f"error: {url} answered with an image of (9, 8), the image is (95, 70)\n"


def encoded_answer(path):
    return json.dumps({"predictions": [{"b64": base64.b64encode(path.read_bytes()).decode()}]}).encode()


def test_a_full_disk_leaves_what_was_there(files):
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 256, (70, 95, 3), dtype=np.uint8)).save(files / "large.png")
    (files / "o.png").write_bytes(b"before")
    names = sorted(path.name for path in files.iterdir())
    with answering(encoded_answer(files / "large.png")) as url:
        arguments = ("--image=x.jpg", "--mask=m.png", "--output=o.png", f"--url={url}")
        done = client(files, *arguments, file_limit=12)
    assert done.returncode == 1 and done.stderr == "error: cannot write o.png: File too large\n"
    assert (files / "o.png").read_bytes() == b"before"
    assert sorted(path.name for path in files.iterdir()) == names


def test_what_is_replaced_keeps_its_mode(files):
    (files / "o.png").touch(0o600)
    with answering(encoded_answer(files / "gray.png")) as url:
        done = client(files, "--image=x.jpg", "--mask=m.png", "--output=o.png", f"--url={url}")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((files / "o.png").stat().st_mode) == 0o600
    assert same_image((files / "o.png").read_bytes(), (files / "gray.png").read_bytes())


def test_ctrl_c_is_one_line(files):
    asked = threading.Event()

    class Silent(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.set()
            over.wait(60)

        def log_message(self, *arguments):
            pass

    over = threading.Event()
    with http.server.HTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1/models/inpaint"
        process = subprocess.Popen(
            client_command("--image=x.jpg", "--mask=m.png", f"--url={url}"),
            cwd=files,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1] == "error: interrupted\n" and process.returncode == 130
        over.set()
        server.shutdown()


def test_sketches_are_sent(files):
    # Of a guided model's server, which takes a third input.
    received = []

    class Guided(RestServer):
        def _predicted(self, body):
            received.append(
                {name: base64.b64decode(value["b64"]) for name, value in body["instances"][0].items()}
            )
            return [{"b64": base64.b64encode(received[-1]["image_bytes"]).decode()}]

    Image.fromarray(np.full((70, 95), 255, np.uint8)).save(files / "lines.png")
    with http.server.HTTPServer(("127.0.0.1", 0), Guided) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1/models/inpaint"
        done = client(files, "--image=gray.png", "--mask=m.png", "--sketch=lines.png", f"--url={url}")
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert sorted(received[0]) == ["image_bytes", "mask_bytes", "sketch_bytes"]
    assert same_image(received[0]["sketch_bytes"], (files / "lines.png").read_bytes())
    assert same_image((files / "output.png").read_bytes(), (files / "gray.png").read_bytes())


def test_cmyk_is_sent_as_rgb(files, rest):
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (70, 95, 4), dtype=np.uint8), "CMYK")
    image.save(files / "cmyk.jpg")
    done = client(files, "--image=cmyk.jpg", "--mask=m.png", f"--url={rest}")
    assert done.returncode == 0, done.stderr
    hole = np.asarray(Image.open(files / "m.png")) > 0
    before = np.asarray(Image.open(files / "cmyk.jpg").convert("RGB"))
    np.testing.assert_array_equal(np.asarray(Image.open(files / "output.png"))[~hole], before[~hole])


def test_sixteen_bits_are_sent_as_they_are(tmp_path, module):
    deep = png([np.arange(12, dtype=">u2").tobytes()], 4, 16, 2)
    (tmp_path / "x").write_bytes(deep)
    assert module.upright(tmp_path / "x")[:2] == (deep, (4, 1))
    values = np.uint16([[0, 1000, 65535]])
    for content in (b"P5 3 1 65535\n" + values.astype(">u2").tobytes(), tiff(values, 16)):
        (tmp_path / "x").write_bytes(content)
        with Image.open(io.BytesIO(module.upright(tmp_path / "x")[0])) as sent:
            np.testing.assert_array_equal(np.asarray(sent), values)


@pytest.mark.parametrize(
    "options", [{"bits": 12}, {"bits": 16, "photometric": 0}, {"bits": 8, "signed": True}]
)
def test_samples_that_cannot_be_sent_are_refused(tmp_path, module, options):
    (tmp_path / "x").write_bytes(tiff(np.zeros((2, 3), int), **options))
    with pytest.raises(module.Refused, match="or others that cannot be sent: save it with 8 bits"):
        module.upright(tmp_path / "x")


def test_makers_notes_are_not_kept(tmp_path, module):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769).update({0x927C: b"with a preview", 0x829A: 0.5})
    Image.new("L", (3, 2)).save(tmp_path / "x.jpg", exif=exif)
    assert b"with a preview" in (tmp_path / "x.jpg").read_bytes()
    kept = module.upright(tmp_path / "x.jpg")[2]["exif"]
    assert b"Maker" in kept and b"with a preview" not in kept
