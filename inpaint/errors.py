"""The errors that scripts tell in one line."""

import contextlib
import re

import tensorflow as tf


class UserError(Exception):
    """Something the user can mend. The message is one line: what was wrong, with what, what to do."""

    def __init__(self, message):
        super().__init__(" ".join(str(message).splitlines()))


class Stopped(Exception):
    """A run that was asked to stop has saved its work.

    Args:
        message: one line for the user.
        signal: number of the signal that asked.
    """

    def __init__(self, message, signal):
        super().__init__(message)
        self.signal = signal


@contextlib.contextmanager
def telling(what):
    """What the system says no to in the body becomes a UserError that begins with `what`."""
    try:
        yield
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise UserError(f"{what}: {reason(error)}") from error


def reason(error):
    """What went wrong, in the system's words: without TensorFlow's names of nodes and operations."""
    text = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
    return re.sub(r"{{.*?}} *| *\[Op:\w+\]", "", text)
