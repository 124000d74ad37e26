"""Importing TensorFlow, which commands do only after checking their flags and files."""

import contextlib
import gc
import glob
import importlib.util
import os
import sys

from inpaint.cli.captured_stderr import captured_stderr
from inpaint.errors import UserError


def load_tensorflow():
    """Import TensorFlow without its start-up messages, which do not help the user of a command.

    TensorFlow 2.21 writes them before it reads TF_CPP_MIN_LOG_LEVEL, so stderr itself is captured. It
    is shown if the import fails, or if there is a GPU that TensorFlow cannot use.

    Raises:
        UserError: if TensorFlow is not installed, or Keras is configured to use another backend, or a Keras 2
            that is not installed.
    """
    if "tensorflow" in sys.modules:
        return
    if importlib.util.find_spec("tensorflow") is None:
        raise UserError("this needs TensorFlow, which is not installed: pip install deepfillv2")
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise UserError(f"KERAS_BACKEND is {backend!r}: these layers need 'tensorflow', unset it")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with captured_stderr() as show, _without_gc():
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")  # listing devices writes messages, too
        unusable = (
            glob.glob("/dev/nvidia[0-9]*") and not gpus and os.environ.get("CUDA_VISIBLE_DEVICES") != ""
        )
        if unusable:
            show()
        refused = None
        try:
            import inpaint.ops.keras_compat  # noqa: F401
        except ImportError as error:  # keras.json names another backend, TF_USE_LEGACY_KERAS a missing Keras
            refused = UserError(error)
    if refused:
        raise refused
    if unusable:
        print(
            "note: TensorFlow cannot use this machine's GPU: pip install 'tensorflow[and-cuda]'",
            file=sys.stderr,
        )


@contextlib.contextmanager
def _without_gc():
    """Disable garbage collection in the body, and exempt the objects created there from it forever.

    Modules live as long as the process. Traversing their million objects repeatedly during import, and
    once more at exit, takes half of TensorFlow's start-up time.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
