"""How every script starts and how it fails."""

from flags import quiet_tensorflow  # noqa: F401  before anything else imports TensorFlow

# isort: split

import math
import signal
import sys
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
            _check_finite()
            return main()
        except UserError as error:
            message = f"error: {error}"
        except Stopped as stop:
            message, status = str(stop), 128 + stop.signal  # as a shell reports a signal
        except KeyboardInterrupt:
            message, status = "error: interrupted", 128 + signal.SIGINT
        _end(message, status)  # out here, where no traceback keeps anything alive

    warnings.filterwarnings("ignore", module="PIL")  # of oddities in files that are read all the same
    # Of absl's log, which TensorFlow writes into too, only warnings.
    flags.FLAGS.verbosity = -1
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app.run(guarded)


def warn(line):
    """Tell the user of something that does not end the script."""
    print(line, file=sys.stderr)


def _check_finite():
    for name, value in flags.FLAGS.flag_values_dict().items():
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"--{name} must be a finite number, received {value}")


def _end(message, status):
    print(message, file=sys.stderr)
    sys.exit(status)
