"""The start of a gated network: as the original's, its signal fades; with `scaled_init` it does not."""

import numpy as np
import pytest
import tensorflow as tf
from absl import flags as absl_flags

from inpaint.flags import training
from inpaint.models.generator import Generator
from inpaint.training.make_trainer import make_trainer


def spread(generator, images, mask):
    """Standard deviations of both results."""
    return [float(tf.math.reduce_std(x)) for x in generator.forward(images * (1 - mask), mask).stages]


def test_the_signal_keeps_its_size(rng):
    images = rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    mask = np.zeros((1, 64, 64, 1), np.float32)
    mask[:, 16:48, 16:48] = 1
    generator = Generator()
    assert max(spread(generator, images, mask)) < 1e-5
    generator.scale_features(2.45)
    assert 3e-3 < min(spread(generator, images, mask)) and max(spread(generator, images, mask)) < 0.3
    plain = Generator(network="plain")  # which is what it is compared with
    assert 3e-3 < min(spread(plain, images, mask))
    with pytest.raises(ValueError, match="scale_features is for gated convolutions, the network is plain"):
        plain.scale_features(2.45)


def weights_of(*arguments):
    """The initial weights of a training: dict of arrays by their names."""
    training.define(values := absl_flags.FlagValues())
    values(["train", "--dataset=sample", "--gan=none", *arguments])
    tf.keras.utils.set_random_seed(0)
    trainer = make_trainer(training.parse(values))
    named = {name: weight.numpy() for name, weight in trainer.generator.named_weights().items()}
    for one, other in zip(trainer.filler.get_weights(), trainer.generator.get_weights()):
        np.testing.assert_array_equal(one, other)
    return named


def test_only_the_features_of_a_training_are_scaled():
    before, after = weights_of(), weights_of("--scaled_init", "--ema=0.9")
    changed = 0
    for name, weight in before.items():
        features, gates = np.split(weight, 2, axis=-1) if "conv17" not in name else (weight[..., :0], weight)
        scale = np.float32(2.45) if name.endswith("kernel") else 1
        changed += scale != 1 and features.size > 0
        np.testing.assert_array_equal(after[name], np.concatenate([scale * features, gates], axis=-1))
    assert changed == 40
