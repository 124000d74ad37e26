"""The iterator over training batches."""

import re
import threading
import time

import tensorflow as tf

from inpaint.errors import UserError


class Batches:
    """Gives the elements of a dataset, says when none comes, and lets go of it in time.

    A TensorFlow iterator that is still alive when Python shuts down waits for its threads, which
    wait for Python: the process never ends. So nothing but this object may hold it, not even the
    traceback of an error, and `close` must be called.

    Args:
        dataset: what `training_batches` returns, distributed or not.
        stall_seconds: after so long without a batch, and again after as long, it is told.
        say: takes a line for the user.

    Attributes:
        seconds_waited: time spent in waiting for batches so far.
    """

    def __init__(self, dataset, stall_seconds=60.0, say=print):
        self._iterator = iter(dataset)
        self._stall_seconds = stall_seconds
        self._say = say
        self.seconds_waited = 0.0

    def __next__(self):
        """The next batch; UserError if one of its images cannot be read."""
        arrived = threading.Event()
        start = time.monotonic()
        threading.Thread(target=self._tell_of_stall, args=(arrived,), daemon=True).start()
        try:
            return next(self._iterator)
        except tf.errors.OpError as error:
            message = error.message
        finally:
            arrived.set()
            self.seconds_waited += time.monotonic() - start
        # Raised out here, so that the new error does not carry the iterator's frames along.
        self.close()
        told = re.search(r"UserError: (.*)", message)
        if told:
            raise UserError(told[1])
        raise RuntimeError(f"the input fails: {message}")

    def _tell_of_stall(self, arrived):
        start = time.monotonic()
        while not arrived.wait(self._stall_seconds):
            self._say(
                f"no batch for {time.monotonic() - start:.0f} s: reading the training images is stuck or "
                f"very slow; still waiting"
            )

    def close(self):
        """Stop the threads that prepare batches."""
        self._iterator = None
