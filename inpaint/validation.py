"""The fixed pictures that a run is judged by: the same crops and hole at every look."""

import numpy as np
import tensorflow as tf

from inpaint.data import load_example
from inpaint.masks import centred_box
from inpaint.metrics import picture_metrics


class Validation:
    """Validation pictures with a centred box as their hole.

    Args:
        paths: list of pictures.
        data: a `DataOptions`; a random crop is the same one every time.
        static_view_size: how many of the first pictures are drawn.
        batch_size: how many are measured at once.
    """

    def __init__(self, paths, data, static_view_size=30, batch_size=16):
        self._paths = paths
        self._data = data
        self._batch_size = batch_size
        self.static_view_size = min(static_view_size, len(paths))

    def batches(self, limit=None):
        """The pictures in batches as the `Trainer` takes them; the first `limit` of them.

        Raises:
            UserError: as `load_example`.
        """
        paths = self._paths[:limit]
        for start in range(0, len(paths), self._batch_size):
            part = enumerate(paths[start : start + self._batch_size], start)
            rows = [load_example(path, self._data, np.random.default_rng([0, i])) for i, path in part]
            images, sketches = (tf.constant(np.stack(column)) for column in zip(*rows))
            mask = np.float32(centred_box(self._data.size, self._data.box))[None, ..., None]
            masks = tf.repeat(mask, len(rows), axis=0)
            yield (images, masks, sketches) if self._data.guided else (images, masks)

    def metrics(self, trainer):
        """Means of `picture_metrics` over all pictures, known pixels and hole: dict of floats."""
        sums = {}
        for batch in self.batches():
            filled = trainer.forward(*batch)["completed"]
            for name, values in picture_metrics((batch[0] + 1) / 2, (filled + 1) / 2).items():
                sums[name] = sums.get(name, 0.0) + float(tf.reduce_sum(values))
        return {name: value / len(self._paths) for name, value in sums.items()}
