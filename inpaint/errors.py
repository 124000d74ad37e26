"""The errors that commands report in one line. Imports nothing heavy: they come before TensorFlow."""

import contextlib
import re
import sys


class UserError(Exception):
    """Something the user can fix. The message is one line: what was wrong, what was received, what to do."""

    def __init__(self, message):
        line = " ".join(str(message).splitlines())
        # Names of files may hold anything, what a terminal obeys included.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line))


class Note(UserWarning):
    """Something unusual that does not stop the work, for `warnings.warn`. One line; commands print it."""


class Stopped(Exception):
    """A run was asked to stop and has saved its work.

    Args:
        message: one line for the user.
        signal: number of the signal that asked.
    """

    def __init__(self, message, signal):
        super().__init__(message)
        self.signal = signal


@contextlib.contextmanager
def telling(what):
    """Turn an error of the system or of TensorFlow in the body into a UserError that begins with `what`."""
    try:
        yield
    except _system_errors() as error:
        raise UserError(f"{what}: {reason(error)}") from error


def reason(error):
    """What went wrong, in the system's words: without TensorFlow's names of nodes and operations."""
    text = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
    return re.sub(r"{{.*?}} *| *\[Op:\w+\]", "", text)


def _system_errors():
    tensorflow = sys.modules.get("tensorflow")  # it cannot have raised anything before it was imported
    return (OSError, ValueError, *([tensorflow.errors.OpError] if tensorflow else []))
