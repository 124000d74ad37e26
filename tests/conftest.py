"""Fixtures that several tests share."""

import gc
import os
import random
import signal
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest
from PIL import Image
from support import golden_data
from support.helpers import SEED, command_line

from inpaint.cli.dispatch import main

# Importing and tracing make millions of objects, few of them garbage.
gc.set_threshold(100_000, 50, 100)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Tests in the background of a shell ignore Ctrl-C, and so would the processes that they interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # the same

# TensorFlow is imported inside of the fixtures that need it: many tests do not, and start at once.


def pytest_collection_finish():
    gc.freeze()  # modules live as long as the process


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """How `pytest -n 2` deals the tests out."""
    from support.workers import Together

    return Together(config, log)


@pytest.fixture(autouse=True, scope="module")
def tensorflow_seeded():
    """TensorFlow's own random numbers are seeded once a file.

    Seeding drops everything that TensorFlow has compiled: done for each test, it would make every graph anew
    for every test, which takes seconds.
    """
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same random state, which initial weights are drawn from, too."""
    random.seed(0)
    np.random.seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def eagerly():
    """Graphs run eagerly: of an update that is made once they take longer to trace than to run."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="session")
def generator():
    """A generator with golden weights; tests must not change them."""
    from inpaint.models.generator import Generator

    model = Generator()
    golden_data.seed_weights(model, SEED)
    return model


@pytest.fixture
def images(tmp_path, rng):
    """A folder of three small images."""
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(3):
        Image.fromarray(rng.integers(0, 256, (70, 80, 3), dtype=np.uint8)).save(folder / f"{i}.png")
    return folder


@pytest.fixture
def five_images(tmp_path, rng):
    """Five images of different sizes and colours: their paths."""
    paths = []
    for i, size in enumerate([(40, 40), (64, 48), (33, 90), (50, 50), (20, 20)]):
        path = tmp_path / f"{i}.png"
        Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)).save(path)
        paths.append(str(path))
    return paths


@pytest.fixture
def guided_image(tmp_path):
    """A black image whose sketch is white in its upper half: (path, sketch uint8 [32, 32])."""
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(tmp_path / "a.png")
    lines = np.zeros((32, 32), np.uint8)
    lines[:16] = 255
    Image.fromarray(lines).save(tmp_path / "a_edge.jpg")
    return str(tmp_path / "a.png"), lines


@pytest.fixture
def script():
    """Run a command in a process of its own, in `cwd`: script("fill", "--image=x.png"), or a root script."""

    def run(name, *arguments, cwd=None):
        return subprocess.run(
            command_line(name, *arguments), cwd=cwd, capture_output=True, text=True, timeout=600
        )

    return run


@pytest.fixture
def in_process(monkeypatch, capsys):
    """As `script`, but quicker: a command (no root script) in this process. Not for tests of the start."""

    def run(name, *arguments, cwd=None):
        status = 0
        with monkeypatch.context() as context:
            if cwd:
                context.chdir(cwd)
            try:
                main([name, *map(str, arguments)])
            except SystemExit as end:
                status = end.code
        shown = capsys.readouterr()
        return subprocess.CompletedProcess(name, status, shown.out, shown.err)

    return run


@pytest.fixture(scope="session")
def bundled():
    """An `Inpainter` with the bundled weights that fills images whole."""
    from inpaint.inference.inpainter import Inpainter

    return Inpainter.from_checkpoint(fill_size="whole")


@pytest.fixture(scope="session")
def as_it_comes(bundled):
    """An `Inpainter` with the bundled weights that fills as they say, which is every command's default."""
    from inpaint.inference.inpainter import Inpainter

    return Inpainter(bundled.generator, fill_size="auto", detail="residual")


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """The folder of a SavedModel of the bundled weights as `export` writes it, for at most 2^20 pixels."""
    folder = tmp_path_factory.mktemp("models") / "inpaint" / "1"
    command = command_line("export", f"--export_dir={folder}", "--max_pixels=1048576")
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    loaded = "loaded the bundled weights, photographs; fill_size=whole, detail=none"
    assert done.stdout == f"{loaded}\n{folder}\n" and done.stderr == ""
    return folder


@pytest.fixture(scope="session")
def signatures(exported):
    """The exported model's signatures: signatures["serving_default"](image=..., mask=...)."""
    import tensorflow as tf

    model = tf.saved_model.load(str(exported))
    yield model.signatures  # for as long as the model lives, which holds the variables


@pytest.fixture(scope="session")
def litert_file(bundled, tmp_path_factory):
    """The file for LiteRT of the bundled weights, for images of 128 and 64 pixels."""
    from inpaint.checkpoints.config import resolve
    from inpaint.export.litert import export_litert

    folder = tmp_path_factory.mktemp("litert") / "1"
    export_litert(bundled, folder, [128, 64], "float32", resolve(None))
    return folder / "model.tflite"


@pytest.fixture(scope="session")
def guided(tmp_path_factory):
    """(`Inpainter` of a guided generator with golden weights, its export's folder and signatures)."""
    import tensorflow as tf

    from inpaint.export.saved_model import export
    from inpaint.inference.inpainter import Inpainter
    from inpaint.models.generator import Generator

    golden_data.seed_weights(generator := Generator(guided=True), 1003)
    inpainter = Inpainter(generator)
    folder = tmp_path_factory.mktemp("guided") / "7"
    export(inpainter, folder, 1 << 20)
    model = tf.saved_model.load(str(folder))
    yield inpainter, folder, model.signatures


@pytest.fixture
def request_of_two(rng):
    """Pixels [2, 30, 45, 3] with holes, masks in {0, 255}."""
    images = rng.integers(0, 256, (2, 30, 45, 3), dtype=np.uint8)
    masks = np.zeros((2, 30, 45, 1), np.uint8)
    masks[0, 5:20, 10:30], masks[1, 9:30, 0:12] = 255, 255
    return images, masks
