"""Importing TensorFlow, which a command does once it knows that there is something to compute."""

import contextlib
import gc
import glob
import os
import shutil
import sys
import tempfile

from inpaint.errors import UserError


def load_tensorflow():
    """Import TensorFlow without its start-up notes, which are no news to the user of a command.

    Version 2.21 writes them before it looks at TF_CPP_MIN_LOG_LEVEL, so the stream itself is held
    back. All of it is shown if the import fails, or if TensorFlow cannot use a GPU that is there.

    Raises:
        UserError: Keras is told to use another backend than TensorFlow.
    """
    if "tensorflow" in sys.modules:
        return
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise UserError(f"KERAS_BACKEND is {backend!r}: these layers need 'tensorflow', unset it")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _held_back() as show, _no_garbage():
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")  # the first look at devices has its notes, too
        unusable = (
            glob.glob("/dev/nvidia[0-9]*") and not gpus and os.environ.get("CUDA_VISIBLE_DEVICES") != ""
        )
        if unusable:
            show()
    try:
        import ops.keras_compat  # noqa: F401
    except ImportError as error:  # keras.json names another backend
        raise UserError(error) from error
    if unusable:
        print(
            "note: TensorFlow cannot use this machine's GPU: pip install 'tensorflow[and-cuda]'",
            file=sys.stderr,
        )


@contextlib.contextmanager
def _no_garbage():
    """Import without looking for garbage, and exempt what was imported from all later searches.

    Modules stay for as long as the process lives. Walking over their million objects again and again,
    at import and once more at exit, takes half of TensorFlow's start-up time.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


@contextlib.contextmanager
def _held_back():
    """Keep what the body writes to stderr; an error, or a call of what is yielded, shows it."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as notes:

        def show():
            notes.seek(0)
            with open(stderr, "wb", closefd=False) as shown:
                shutil.copyfileobj(notes, shown)

        os.dup2(notes.fileno(), 2)
        try:
            yield show
        except BaseException:
            show()
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
