"""Train on one and on two logical CPUs and print what came out as JSON; a process of its own makes them."""

import json
import sys

import golden_data
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from inpaint.discriminators.sn_patchgan import Discriminator  # noqa: E402
from inpaint.models.generator import Generator  # noqa: E402
from inpaint.models.optimizer import make_optimizer  # noqa: E402
from inpaint.models.unet import PConvUNet  # noqa: E402
from inpaint.ops.keras_compat import apply_gradients, tf_variable  # noqa: E402
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options  # noqa: E402
from inpaint.training.recipes.deepfill_v2 import DeepFillV2  # noqa: E402
from inpaint.training.recipes.partial_conv import PartialConv  # noqa: E402
from inpaint.training.trainer import Trainer  # noqa: E402

ONE = tf.distribute.get_strategy()
TWO = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def trainer(strategy, precision="float32", adversarial=False):
    with strategy.scope():
        options, more = DeepFillV2Options(), {}
        if adversarial:
            options = DeepFillV2Options(gan_gradient_ratio=0.2)
            more = {"ema": 0.5, "discriminator_optimizer": make_optimizer(3e-4)}
        generator, discriminator = Generator(dtype=precision), Discriminator(dtype=precision)
        golden_data.seed_weights(generator, 1)
        golden_data.seed_weights(discriminator, 1)
        recipe = DeepFillV2(discriminator, options)
        return Trainer(generator, recipe, make_optimizer(1e-4, precision), **more)


def split(strategy, image, mask):
    """A global batch of which every replica has its part."""

    def distributed(array):
        parts = np.split(array, strategy.num_replicas_in_sync)
        return strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(parts[context.replica_id_in_sync_group])
        )

    return {"image": distributed(image), "mask": distributed(mask)}


def same_update(adversarial=False):
    """Largest difference of losses and weights after two iterations, and of `u` between replicas.

    With `adversarial` both updates share a batch, the weight adapts, and the mean of the weights counts.
    """
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (2, 4, 64, 64, 3)).astype(np.float32)
    masks = (rng.random((2, 4, 64, 64, 1)) < 0.3).astype(np.float32)
    losses, weights = [], []
    for strategy in (ONE, TWO):
        made, told = trainer(strategy, adversarial=adversarial), []
        for image, mask in zip(images, masks):
            batch = split(strategy, image, mask)
            if adversarial:
                found = {**made.discriminator_step(batch), **made.shared_step(batch)}
            else:
                found = {**made.discriminator_step(batch), **made.generator_step(batch)}
            found.pop("separation")  # 1 - d_loss, which is near 0
            told += [float(value) for name, value in found.items() if not name.endswith("norm")]
        losses.append(told)
        weights.append(made.filler.get_weights() + made.discriminator.get_weights())
    u = [
        [value.numpy() for value in tf_variable(weight).values]
        for name, weight in made.discriminator.named_weights().items()
        if name.endswith("/u")
    ]
    return {
        "losses": float(np.max(np.abs(np.subtract(*losses)) / np.abs(losses[0]))),
        "weights": float(max(np.max(np.abs(a - b)) for a, b in zip(*weights))),
        "u": float(max(np.max(np.abs(a - b)) for a, b in u)),
        "spectral_norms": len(u),
    }


def adversarial_update():
    return same_update(adversarial=True)


def overflow_on_the_second():
    """Which trained weights a float16 update changes when only the second replica's batch is infinite."""
    made = trainer(TWO, "mixed_float16")
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32)
    masks = (rng.random((2, 64, 64, 1)) < 0.3).astype(np.float32)
    trained = made.discriminator.trainable_variables

    def changed():
        before = [[v.numpy() for v in tf_variable(weight).values] for weight in trained]
        made.discriminator_step(split(TWO, images, masks))
        after = [[v.numpy() for v in tf_variable(weight).values] for weight in trained]
        return sum(not np.array_equal(a, b) for one, two in zip(before, after) for a, b in zip(one, two))

    images[1] *= np.inf
    skipped = changed()
    images[1] = 0
    return {"skipped": skipped, "taken": changed(), "weights": 2 * len(trained)}


def batch_norm():
    """Two replicas of a U-Net against two alone that see a half of the batch each, after one update.

    Each replica normalises by its own half. Returns the largest differences of losses, of the weights after
    the mean gradient, and of the moving values from those of the first half.
    """
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (4, 64, 64, 3)).astype(np.float32)
    masks = (rng.random((4, 64, 64, 1)) < 0.3).astype(np.float32)

    def made(strategy):
        with strategy.scope():
            golden_data.seed_weights(unet := PConvUNet(levels=6), 1, golden_data.UNET_GAIN)
            return Trainer(unet, PartialConv(), make_optimizer(1e-4))

    both = made(TWO)
    told = both.generator_step(split(TWO, images, masks))
    alone = [made(ONE), made(ONE)]
    halves = zip(np.split(images, 2), np.split(masks, 2))
    batches = [{"image": tf.constant(image), "mask": tf.constant(mask)} for image, mask in halves]
    found = [each.generator_gradients(batch) for each, batch in zip(alone, batches)]
    losses = {name: np.mean([float(losses[name]) for losses, _ in found]) for name in found[0][0]}
    gradients = [tf.add(*pair) / 2 for pair in zip(*(gradients for _, gradients in found))]
    apply_gradients(alone[0].optimizer, gradients, alone[0].generator.trainable_variables)
    differences, first = {"weights": 0.0, "moving": 0.0}, alone[0].generator.named_weights()
    for name, weight in both.generator.named_weights().items():
        kind = "moving" if "moving" in name else "weights"
        difference = float(np.max(np.abs(weight.numpy() - first[name].numpy())))
        differences[kind] = max(differences[kind], difference)
    return {
        "losses": max(abs(float(told[name]) / loss - 1) for name, loss in losses.items() if loss),
        **differences,
    }


WHAT = {
    "same_update": same_update,
    "adversarial": adversarial_update,
    "overflow": overflow_on_the_second,
    "batch_norm": batch_norm,
}
print(json.dumps(WHAT[sys.argv[1]]()))
