"""The iterator over training batches."""

import threading
import time

import tensorflow as tf

_LOOKS = 4  # at a batch that does not come, in each interval


class Batches:
    """Iterates over a dataset, reports stalls, and releases the TensorFlow iterator in time.

    A TensorFlow iterator that is still alive when Python shuts down deadlocks: it waits for its
    threads, which wait for Python. So nothing but this object may reference it, not even the
    traceback of an error, and `close` must be called.

    Args:
        dataset: the result of `training_batches` or `distributed_batches`.
        errors: the list that these were given.
        stall_seconds: interval in seconds at which a missing batch is reported.
        say: called with one line of text for the user.

    Attributes:
        seconds_waited: total time spent waiting for batches, in seconds.
    """

    def __init__(self, dataset, errors, stall_seconds=60.0, say=print):
        self._iterator = iter(dataset)
        self._errors = errors
        self._stall_seconds = stall_seconds
        self._say = say
        self._asked_at = None  # since when a batch is waited for
        self._closed = threading.Event()
        threading.Thread(target=self._report_stalls, daemon=True).start()
        self.seconds_waited = 0.0

    def __next__(self):
        """Return the next batch; raise what went wrong in making it."""
        self._asked_at = start = time.monotonic()
        try:
            return next(self._iterator)
        except tf.errors.OpError as error:
            message = error.message
        finally:
            self._asked_at = None
            self.seconds_waited += time.monotonic() - start
        # Raised outside of the handler, so that the new error does not reference the iterator's frames.
        self.close()
        if self._errors:
            raise self._errors[0]
        raise RuntimeError(f"the input pipeline failed: {message}")

    def _report_stalls(self):
        reported = 0
        while not self._closed.wait(self._stall_seconds / _LOOKS):
            asked_at = self._asked_at
            intervals = int((time.monotonic() - asked_at) / self._stall_seconds) if asked_at else 0
            if intervals > reported:
                self._say(
                    f"no batch for {time.monotonic() - asked_at:.0f} s: reading the training images is very "
                    f"slow or has stalled; still waiting"
                )
            reported = intervals

    def close(self):
        """Release the iterator, which stops the threads that prepare batches."""
        self._closed.set()
        self._iterator = None
