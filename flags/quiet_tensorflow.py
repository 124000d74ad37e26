"""Imports TensorFlow without its start-up notes."""

import os
import shutil
import signal
import sys
import tempfile


def _load_tensorflow():
    """Import TensorFlow without its start-up notes, which are no news to the user of a script.

    Version 2.21 writes them before it looks at TF_CPP_MIN_LOG_LEVEL, so the stream itself is held
    back; if the import fails, all of it is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            notes.seek(0)
            with open(stderr, "wb", closefd=False) as shown:
                shutil.copyfileobj(notes, shown)
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


# Until `command.run`, Ctrl-C ends the process as it ends any other: imports have nothing to tell.
signal.signal(signal.SIGINT, signal.SIG_DFL)
_load_tensorflow()
