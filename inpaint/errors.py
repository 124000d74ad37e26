"""The errors that commands report in one line. Imports nothing heavy: they come before TensorFlow."""

import contextlib
import re


class UserError(Exception):
    """Something the user can fix. The message is one line: what was wrong, what was received, what to do.

    Attributes:
        kind: what went wrong in two or three words, where errors are counted by kind; else None.
    """

    def __init__(self, message, kind=None):
        self.kind = kind
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
def as_user_error(what, *further):
    """Turn an OSError in the body into a UserError. The body holds file operations alone, and no computing.

    Args:
        what: beginning of the message, such as `cannot write x.png`.
        further: other exception types that files and users cause in the body, such as `UnicodeDecodeError`
            where text is decoded, or `tf.errors.OpError` where TensorFlow writes. All others get through.

    Raises:
        UserError: `what`, and the reason.
    """
    try:
        yield
    except (OSError, *further) as error:
        raise UserError(f"{what}: {reason(error)}") from error


def reason(error):
    """What went wrong, in the system's words: without TensorFlow's names of nodes and operations."""
    text = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
    return re.sub(r"{{.*?}} *| *\[Op:\w+\]", "", text)
