"""The fixed images that a run is judged by: the same crops and hole at every look."""

import functools

import numpy as np
import tensorflow as tf

from inpaint.data.examples import load_example
from inpaint.data.masks import centred_box
from inpaint.data.unreadable import UnreadableFiles
from inpaint.errors import UserError
from inpaint.evaluation.metrics import image_metrics


class Validation:
    """Validation images with a centred box as their hole.

    Args:
        paths: list of images.
        data: an `ExampleOptions`; a random crop is the same one every time.
        static_view_size: how many of the first images are drawn.
        batch_size: how many are measured at once.
        say: takes a line for the user, about an image that cannot be read and is left out.

    """

    def __init__(self, paths, data, static_view_size=30, batch_size=16, say=print):
        self._paths = paths
        self._data = data
        self._batch_size = batch_size
        self._static_view_size = static_view_size
        self._bad = UnreadableFiles("validation images", len(paths), say=say)

    @functools.cached_property
    def static_view(self):
        """The first images, a batch as the `Trainer` takes it; UserError if none of them can be read."""
        parts = list(self.batches(self._static_view_size))
        if not parts:
            raise UserError(f"none of the first {self._static_view_size} validation images can be read")
        return {name: tf.concat([part[name] for part in parts], axis=0) for name in parts[0]}

    def batches(self, limit=None):
        """The images in batches as the `Trainer` takes them; the first `limit` of them."""
        paths = self._paths[:limit]
        for start in range(0, len(paths), self._batch_size):
            rows = []
            for index, path in enumerate(paths[start : start + self._batch_size], start):
                try:
                    rows.append(load_example(path, self._data, np.random.default_rng([0, index])))
                except UserError as error:
                    self._bad.add(path, error)
            if rows:
                yield self._batch(rows)

    def _batch(self, rows):
        images, sketches = (tf.constant(np.stack(column)) for column in zip(*rows))
        mask = np.float32(centred_box(self._data.size, self._data.box))[None, ..., None]
        masks = tf.repeat(mask, len(rows), axis=0)
        batch = {"image": images, "mask": masks}
        return {**batch, "sketch": sketches} if self._data.guided else batch

    def metrics(self, trainer):
        """Means of `image_metrics` over all images, known pixels and hole: dict of floats.

        Raises:
            UserError: none of the images can be read.
        """
        found = {}
        for batch in self.batches():
            filled = trainer.fill(batch)
            for name, values in image_metrics((batch["image"] + 1) / 2, (filled + 1) / 2).items():
                found.setdefault(name, []).extend(values.numpy().tolist())
        if not found:
            raise UserError("none of the validation images can be read any more")
        return {name: float(np.mean(values)) for name, values in found.items()}
