"""The page as files for any web space: what the server does, the visitor's browser does instead."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from inpaint.checkpoints.formats import litert_file
from inpaint.demo.examples import examples
from inpaint.errors import UserError, as_user_error
from inpaint.io.atomic import whole_folder

_HERE = pathlib.Path(__file__).parent
_PAGE = _HERE.parent / "demo" / "web" / "static"
_MOST_PIXELS = 1 << 24  # what the canvas of phones takes
_KEPT = 7 * 24 * 60  # minutes
# Of LiteRT.js, by what the browser can: threads, one thread, neither wide registers.
_RUNTIMES = ("litert_wasm_threaded_internal", "litert_wasm_internal", "litert_wasm_compat_internal")
_ON_USE = ("worker.js", "litert/", "model.tflite", "licences.txt")  # what visitors load when they need it
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' blob: "
    "data:; object-src 'none'; base-uri 'none'; form-action 'none'"
)
# Hosts that read such a file isolate the page at once; on others its service worker does.
_HEADERS = (
    "/*\n  Cross-Origin-Opener-Policy: same-origin\n  Cross-Origin-Embedder-Policy: require-corp\n"
    f"  Content-Security-Policy: {_POLICY}\n"
)


def write_site(folder, model, overwrite=False):
    """Write the page's files.

    Args:
        folder: output folder, written atomically.
        model: path of a file that `export --format=litert` wrote.
        overwrite: Whether to replace a folder that was written before.

    Raises:
        UserError: the network is guided, npm is missing or fails, or the folder exists and `overwrite` is
            false, or cannot be written.
    """
    said = litert_file.description(model)
    if said["guided"]:
        raise UserError("the page without a server cannot draw sketches: give a network that is not guided")
    with as_user_error(f"cannot write {folder}"), whole_folder(folder, overwrite) as part:
        left_out = shutil.ignore_patterns("server.js")
        shutil.copytree(_PAGE, part, ignore=left_out)
        shutil.copy(_HERE / "static" / "server.js", part / "js")
        shutil.copy(model, part / litert_file.NAME)
        samples = examples()
        _write_examples(part / "examples", samples)
        (part / "settings.json").write_text(json.dumps(_settings(said, samples)))
        _build_worker(part)
        (part / "_headers").write_text(_HEADERS)
        (part / "sw.js").write_text(_service_worker(part))


def _settings(said, samples):
    """What the page asks a server for at first."""
    return {
        "on_device": True,
        "max_pixels": _MOST_PIXELS,
        "max_bytes": 1 << 30,
        "keep_minutes": _KEPT,
        "networks": [{"name": "photographs", "guided": False, "layers": [], "shown_layers": []}],
        "sizes": ["auto"],
        "size": "auto",
        "detail": said["detail"],
        "scale": {"holeWidth": said["hole_width"], "sides": sorted(said["sizes"])},
        "examples": {name: sample.photo.name for name, sample in samples.items()},
    }


def _write_examples(folder, samples):
    for name, sample in samples.items():
        (folder / name).mkdir(parents=True)
        shutil.copy(sample.photo, folder / name / "photo")
        shutil.copy(sample.mask, folder / name / "mask")
        (folder / name / "thumbnail.jpg").write_bytes(sample.thumbnail)


def _build_worker(part):
    """Bundle the worker with the packages that package-lock.json pins, and copy LiteRT's files."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, folder)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        modules = pathlib.Path(folder, "node_modules")
        bundle = [modules / ".bin" / "esbuild", _HERE / "device" / "worker.js", "--bundle", "--minify"]
        options = ["--format=iife", "--target=es2022", "--log-level=error", "--legal-comments=none"]
        _run([*bundle, *options, f"--outfile={part / 'worker.js'}"], folder, NODE_PATH=str(modules))
        (part / "litert").mkdir()
        for name in _RUNTIMES:
            for suffix in (".js", ".wasm"):
                shutil.copy(modules / "@litertjs" / "core" / "wasm" / (name + suffix), part / "litert")
        (part / "licences.txt").write_text(_licences(modules))


def _run(command, folder, **environment):
    """Run a program of Node.js; what it says against it becomes an error of one line."""
    environment = {**os.environ, **environment}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise UserError(f"{pathlib.Path(command[0]).name} failed: {' '.join(lines[:3])}")


def _licences(modules):
    """The licences of the packages in the bundle, as text."""
    parts = []
    for package in sorted(modules.glob("*/package.json")) + sorted(modules.glob("@litertjs/*/package.json")):
        about = json.loads(package.read_text())
        if about["name"].startswith("esbuild"):
            continue
        texts = [path.read_text() for path in package.parent.glob("LICENSE*")]
        parts += [f"{about['name']} {about['version']}: {about['license']}\n", *texts]
    return "\n".join([*parts, (_HERE / "LICENSE").read_text()])  # Apache-2.0, of LiteRT.js and the weights


def _service_worker(part):
    """The service worker's code, with the files that it keeps from the start and their version."""
    paths = sorted(path for path in part.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    names = [path.relative_to(part).as_posix() for path in paths]
    kept = [name for name in names if not name.startswith((*_ON_USE, "_")) and not _is_example(name)]
    kept = ["./" if name == "index.html" else name for name in kept]
    prefix = "deepfillv2-"
    values = {"PREFIX": prefix, "VERSION": prefix + digest.hexdigest()[:16], "FILES": kept, "POLICY": _POLICY}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    return head + (_HERE / "static" / "sw.js").read_text()


def _is_example(name):
    return name.startswith("examples/") and not name.endswith(".jpg")
