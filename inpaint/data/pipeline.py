"""The stream of training batches, addressed by index: the same seed gives the same run, from any position."""

import dataclasses

import numpy as np
import tensorflow as tf

from inpaint.data.examples import load_example, load_mask
from inpaint.data.masks import training_mask


@dataclasses.dataclass(frozen=True)
class Share:
    """The part of every global batch that one process makes: replicas `first` to `first + count`.

    Attributes:
        first: index of the process's first replica.
        count: its replicas.
        total: replicas of all processes.
    """

    first: int = 0
    count: int = 1
    total: int = 1


def training_batches(paths, options, batch_size, bad, bad_masks=None, seed=0, start=0, share=Share()):
    """Endless batches; the list is read in order and round again, as in the original.

    Example i depends on `seed` and i alone (its image, crop and mask), so a run that starts at
    batch `start` sees exactly what an uninterrupted one would have seen, however many replicas
    share the work. In the place of an image or mask that cannot be read comes the
    next one in its list.

    Args:
        paths: list of images, shuffled beforehand.
        options: a `DataOptions`.
        batch_size: images a global batch, a multiple of `share.total`.
        bad: a `UnreadableFiles`, which is told of those that cannot be read.
        bad_masks: one for `options.masks`; needed if there are any.
        seed: of crops and masks.
        start: index of the first batch.
        share: the replicas to make batches for; their batches come in turn.

    Returns:
        `tf.data.Dataset` of (images [n, H, W, 3], masks [n, H, W, 1], sketches [n, H, W, 1]),
        float32, n = batch_size / share.total; without the sketches if not guided.
    """
    each = batch_size // share.total
    made_here = each * share.count

    def example(position):
        batch, place = divmod(int(position), made_here)
        index = (start + batch) * batch_size + share.first * each + place
        rng = np.random.default_rng([seed, index])
        image, sketch = bad.first_good(paths, index, lambda path: load_example(path, options, rng))
        if options.masks:
            drawn = int(rng.integers(len(options.masks)))
            mask = bad_masks.first_good(options.masks, drawn, lambda path: load_mask(path, options.size))
        else:
            mask = training_mask(rng, options.size, options.box)
        return image, np.float32(mask[..., None]), sketch

    def tensors(position):
        arrays = tf.numpy_function(example, [position], [tf.float32] * 3)
        for array, channels in zip(arrays, (3, 1, 1)):
            array.set_shape((*options.size, channels))
        return tuple(arrays) if options.guided else tuple(arrays[:2])

    positions = tf.data.Dataset.range(np.iinfo(np.int64).max)
    examples = positions.map(tensors, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return examples.batch(each, drop_remainder=True).prefetch(4)


def distributed_batches(strategy, paths, options, batch_size, bad, bad_masks=None, seed=0, start=0):
    """`training_batches` for the replicas of a `tf.distribute.Strategy`; its other arguments."""
    if strategy.num_replicas_in_sync == 1:
        return training_batches(paths, options, batch_size, bad, bad_masks, seed, start)

    def of_process(context):
        count = context.num_replicas_in_sync // context.num_input_pipelines
        share = Share(context.input_pipeline_id * count, count, context.num_replicas_in_sync)
        return training_batches(paths, options, batch_size, bad, bad_masks, seed, start, share)

    return strategy.distribute_datasets_from_function(of_process)
