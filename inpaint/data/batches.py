"""The iterator over training batches."""

import re
import threading
import time

import tensorflow as tf

from inpaint.errors import UserError


class Batches:
    """Iterates over a dataset, reports stalls, and releases the TensorFlow iterator in time.

    A TensorFlow iterator that is still alive when Python shuts down deadlocks: it waits for its
    threads, which wait for Python. So nothing but this object may reference it, not even the
    traceback of an error, and `close` must be called.

    Args:
        dataset: the result of `training_batches` or `distributed_batches`.
        stall_seconds: interval in seconds at which a missing batch is reported.
        say: called with one line of text for the user.

    Attributes:
        seconds_waited: total time spent waiting for batches, in seconds.
    """

    def __init__(self, dataset, stall_seconds=60.0, say=print):
        self._iterator = iter(dataset)
        self._stall_seconds = stall_seconds
        self._say = say
        self.seconds_waited = 0.0

    def __next__(self):
        """Return the next batch; raise UserError if reading its images fails."""
        arrived = threading.Event()
        start = time.monotonic()
        threading.Thread(target=self._report_stalls, args=(arrived,), daemon=True).start()
        try:
            return next(self._iterator)
        except tf.errors.OpError as error:
            message = error.message
        finally:
            arrived.set()
            self.seconds_waited += time.monotonic() - start
        # Raised outside of the handler, so that the new error does not reference the iterator's frames.
        self.close()
        user_error = re.search(r"UserError: (.*)", message)
        if user_error:
            raise UserError(user_error[1])
        raise RuntimeError(f"the input pipeline failed: {message}")

    def _report_stalls(self, arrived):
        start = time.monotonic()
        while not arrived.wait(self._stall_seconds):
            self._say(
                f"no batch for {time.monotonic() - start:.0f} s: reading the training images is very slow or "
                f"has stalled; still waiting"
            )

    def close(self):
        """Release the iterator, which stops the threads that prepare batches."""
        self._iterator = None
