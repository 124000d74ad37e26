"""How every script starts and how it fails."""

import os
import shutil
import sys
import tempfile
import warnings

from absl import app, flags

from inpaint.errors import Stopped, UserError


def run(main):
    """Parse the flags and run `main()`.

    What the user can mend becomes one line and exit status 1; a run that was stopped by a signal and
    saved ends with one line and the status that shells give to that signal.
    """

    def guarded(arguments):
        if len(arguments) > 1:
            _end(f"error: unexpected argument {arguments[1]!r}: options start with --", 1)
        status = 1
        try:
            return main()
        except UserError as error:
            message = f"error: {error}"
        except Stopped as stop:
            message, status = str(stop), 128 + stop.signal  # as a shell reports a signal
        except KeyboardInterrupt:
            message = "error: interrupted"
        _end(message, status)  # out here, where no traceback keeps anything alive

    warnings.filterwarnings("ignore", module="PIL")  # of oddities in files that are read all the same
    # Of absl's log, which TensorFlow writes into too, only warnings.
    flags.FLAGS.verbosity = -1
    app.run(guarded)


def _end(message, status):
    print(message, file=sys.stderr)
    sys.exit(status)


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


_load_tensorflow()
