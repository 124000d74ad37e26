"""The stream of training batches, reproducible from any position: examples depend on seed and index only."""

import dataclasses

import numpy as np
import tensorflow as tf

from inpaint.data.examples import load_example, load_mask
from inpaint.data.masks import random_box_at, training_mask


@dataclasses.dataclass(frozen=True)
class Share:
    """The part of each global batch made by one process: replicas `first` to `first + count - 1`.

    Attributes:
        first: index of the first replica of this process.
        count: number of replicas of this process.
        total: number of replicas of all processes.
    """

    first: int = 0
    count: int = 1
    total: int = 1


def training_batches(
    paths, options, batch_size, bad, bad_masks=None, seed=0, start=0, share=Share(), errors=None
):
    """An infinite dataset of batches; reads the list in order and repeats it, as in the original.

    Example i (its image, crop and mask) depends only on `seed` and i, so a run that starts at batch
    `start` sees exactly the same data as an uninterrupted one, with any number of replicas. An image
    or mask that cannot be read is replaced by the next one in its list.

    Args:
        paths: list of image paths, already shuffled.
        options: an `ExampleOptions`.
        batch_size: number of images in a global batch, a multiple of `share.total`.
        bad: an `UnreadableFiles` that records the images that cannot be read.
        bad_masks: the same for `options.masks`; required if there are any.
        seed: seed of crops and masks.
        start: index of the first batch.
        share: the replicas to make batches for; their batches alternate.
        errors: list that receives the exceptions which end the dataset; TensorFlow keeps only their text.

    Returns:
        `tf.data.Dataset` of dicts, with n = batch_size / share.total: float32 `image` [n, H, W, 3] in
        [-1, 1], BGR, and `mask` [n, H, W, 1], 1 in the hole; if guided `sketch` [n, H, W, 1], 1 on lines.
        With `options.boxes`, `box` int32 [n, 2], each box's (top, left), and `mixing` float32 [n, 2] in
        [0, 1).
    """
    each = batch_size // share.total
    made_here = each * share.count
    kinds = {"image": (tf.float32, (*options.size, 3)), "mask": (tf.float32, (*options.size, 1))}
    if options.guided:
        kinds["sketch"] = kinds["mask"]
    if options.boxes:
        kinds |= {"box": (tf.int32, (2,)), "mixing": (tf.float32, (2,))}

    def example(position):
        batch, place = divmod(int(position), made_here)
        index = (start + batch) * batch_size + share.first * each + place
        rng = np.random.default_rng([seed, index])
        image, sketch = bad.first_good(paths, index, lambda path: load_example(path, options, rng))
        found = {"image": image, "sketch": sketch}
        if options.boxes:
            mask, corner = random_box_at(rng, options.size, options.box)
            found |= {"box": np.int32(corner), "mixing": np.float32(rng.random(2))}
        elif options.masks:
            drawn = int(rng.integers(len(options.masks)))
            mask = bad_masks.first_good(options.masks, drawn, lambda path: load_mask(path, options.size))
        else:
            mask = training_mask(rng, options.size, options.box)
        found["mask"] = np.float32(mask[..., None])
        return [found[name] for name in kinds]

    def example_or_error(position):
        try:
            return example(position)
        except Exception as error:
            if errors is not None:
                errors.append(error)
            raise

    def tensors(position):
        arrays = tf.numpy_function(example_or_error, [position], [dtype for dtype, _ in kinds.values()])
        return {name: tf.ensure_shape(array, kinds[name][1]) for name, array in zip(kinds, arrays)}

    positions = tf.data.Dataset.range(np.iinfo(np.int64).max)
    examples = positions.map(tensors, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return examples.batch(each, drop_remainder=True).prefetch(4)


def distributed_batches(strategy, paths, options, batch_size, *arguments, **more):
    """`training_batches` for the replicas of a `tf.distribute.Strategy`; same arguments but `share`."""
    if strategy.num_replicas_in_sync == 1:
        return training_batches(paths, options, batch_size, *arguments, **more)

    def of_process(context):
        count = context.num_replicas_in_sync // context.num_input_pipelines
        share = Share(context.input_pipeline_id * count, count, context.num_replicas_in_sync)
        return training_batches(paths, options, batch_size, *arguments, share=share, **more)

    return strategy.distribute_datasets_from_function(of_process)
