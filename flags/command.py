"""How every script starts and how it fails."""

import os
import sys

# Before TensorFlow is imported: its start-up notes are no news to the user of a script.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from absl import app, flags  # noqa: E402

from inpaint.errors import UserError  # noqa: E402


def run(main):
    """Parse the flags and run `main()`; what the user can mend becomes one line and exit status 1."""

    def guarded(arguments):
        if len(arguments) > 1:
            _fail(f"unexpected argument {arguments[1]!r}: options start with --")
        try:
            return main()
        except UserError as error:
            _fail(error)
        except KeyboardInterrupt:
            _fail("interrupted")

    # Of absl's log, which TensorFlow writes into too, only warnings.
    flags.FLAGS.set_default("verbosity", -1)
    app.run(guarded)


def _fail(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)
