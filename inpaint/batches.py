"""The iterator over training batches."""

import re

import tensorflow as tf

from inpaint.errors import UserError


class Batches:
    """Gives the elements of a dataset, and lets go of it in time.

    A TensorFlow iterator that is still alive when Python shuts down waits for its threads, which
    wait for Python: the process never ends. So nothing but this object may hold it, not even the
    traceback of an error, and `close` must be called.

    Args:
        dataset: what `training_batches` returns.
    """

    def __init__(self, dataset):
        self._iterator = iter(dataset)

    def __next__(self):
        """The next batch; UserError if one of its pictures cannot be read."""
        try:
            return next(self._iterator)
        except tf.errors.OpError as error:
            message = error.message
        # Raised out here, so that the new error does not carry the iterator's frames along.
        self.close()
        told = re.search(r"UserError: (.*)", message)
        if told:
            raise UserError(f"a training picture fails: {told[1]}")
        raise RuntimeError(f"the input fails: {message}")

    def close(self):
        """Stop the threads that prepare batches."""
        self._iterator = None
