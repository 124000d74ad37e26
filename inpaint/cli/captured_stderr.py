"""Holding back what libraries write to stderr."""

import contextlib
import os
import shutil
import sys
import tempfile


@contextlib.contextmanager
def captured_stderr():
    """Capture stderr in the body; show it on an error, or when the yielded function is called."""
    sys.stderr.flush()
    try:
        stderr = os.dup(2)
    except OSError:  # the process was started without a stderr
        yield lambda: None
        return
    with tempfile.TemporaryFile() as captured:

        def show():
            captured.seek(0)
            with open(stderr, "wb", closefd=False) as shown:
                shutil.copyfileobj(captured, shown)

        os.dup2(captured.fileno(), 2)
        try:
            yield show
        except Exception:
            show()
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
