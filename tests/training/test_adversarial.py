"""Which updates are made, the adapted weight, the guard and the exponential mean, by NumPy twins."""

import types

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.losses.deepfill import discriminator_hinge, generator_hinge, reconstruction
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.options.recipes.partial_conv import PartialConvOptions
from inpaint.training.adaptive_weight import AdaptiveWeight
from inpaint.training.adversarial import Guard, Schedule
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


def seeded_trainer(options=DeepFillV2Options(), **more):
    generator, discriminator = Generator(), Discriminator()
    golden_data.seed_weights(generator, 1)
    golden_data.seed_weights(discriminator, 1)
    return Trainer(generator, DeepFillV2(discriminator, options), **more)


@pytest.fixture
def batches(rng):
    """Four batches of two images with a hole each."""

    def one():
        masks = np.zeros((2, 64, 64, 1), np.float32)
        masks[:, 10:40, 20:50] = 1
        image = rng.uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32)
        return {"image": tf.constant(image), "mask": tf.constant(masks)}

    return [one() for _ in range(4)]


class Recorder:
    """In the place of a trainer: writes down what it is asked for."""

    def __init__(self, options):
        self.discriminator = object() if options.has_discriminator else None
        self.recipe = types.SimpleNamespace(options=options)
        self.calls, self.warmed = [], tf.Variable(0, dtype=tf.int64)
        self.strategy = tf.distribute.get_strategy()

    def __getattr__(self, name):
        def step(number):
            self.calls.append((name.removesuffix("_step"), number))
            return {f"{name}_loss": number}

        return step


@pytest.mark.parametrize(
    "options, calls",
    [
        ({}, "d0 g1 d2 g3 d4 g5"),
        ({"discriminator_warmup": 2}, "d0 d1 d2 g3"),
        ({"discriminator_steps": 2}, "d0 d1 g2 d3 d4 g5 d6 d7 g8"),
        ({"shared_batch": True}, "s0 s1 s2"),
        ({"shared_batch": True, "discriminator_steps": 3, "discriminator_warmup": 1}, "d0 d1 d2 s3 d4 d5 s6"),
        ({"gan": "none", "discriminator_steps": 3}, "g0 g1 g2"),
    ],
)
def test_updates_of_three_iterations(options, calls):
    trainer = Recorder(DeepFillV2Options(**options))
    schedule = Schedule(trainer)
    numbers = iter(range(99))
    for done in range(1, 4):
        losses, batch = schedule.iterate(numbers)
        assert schedule.batches_before(done) == batch + 1 == trainer.calls[-1][1] + 1
        assert losses[f"{trainer.calls[-1][0]}_step_loss"] == batch
    assert " ".join(f"{name[0]}{number}" for name, number in trainer.calls) == calls
    # A run that goes on from there begins where this one stopped, in the warm-up and in the data.
    trainer.warmed = tf.Variable(int(trainer.warmed), dtype=tf.int64)
    assert Schedule(trainer).batches_before(3) == schedule.batches_before(3)


def test_updates_without_any_options_of_a_discriminator():
    trainer = Recorder(PartialConvOptions())
    assert Schedule(trainer).batches_each == 1
    Schedule(trainer).iterate(iter([5]))
    assert trainer.calls == [("generator", 5)]


@pytest.mark.usefixtures("eagerly")
def test_warmup_leaves_the_generator_alone(batches):
    trainer, twin = seeded_trainer(DeepFillV2Options(discriminator_warmup=3)), seeded_trainer()
    before = trainer.generator.get_weights()
    schedule = Schedule(trainer)
    stream = iter(batches)
    for left in (3, 2, 1):
        assert schedule.warmup_left == left
        losses, _ = schedule.iterate(stream)
    for batch in batches[:3]:
        expected = twin.discriminator_step(batch)
    assert {name: float(value) for name, value in losses.items()} == {
        name: float(value) for name, value in expected.items()
    }
    for one, other in zip(before, trainer.generator.get_weights()):
        np.testing.assert_array_equal(one, other)
    changed = 0
    for name, weight in trainer.discriminator.named_weights().items():
        np.testing.assert_array_equal(np.array(weight), np.array(twin.discriminator.named_weights()[name]))
        start = golden_data.seeded_array(name, tuple(weight.shape), 1)
        changed += not np.array_equal(np.array(weight), start)
    assert changed == 18  # kernels, biases and u of all six layers
    assert schedule.warmup_left == 0 and int(trainer.optimizer.iterations) == 3


class NumpyAdam:
    def __init__(self, rate):
        self.rate, self.updates, self.moments = rate, 0, {}

    def update(self, weights, gradients):
        self.updates += 1
        alpha = self.rate * np.sqrt(1 - 0.999**self.updates) / (1 - 0.5**self.updates)
        for i, (weight, gradient) in enumerate(zip(weights, gradients)):
            key = (id(weights), i)
            m, v = self.moments.get(key, (0, 0))
            m, v = m + 0.5 * (gradient - m), v + 0.001 * (gradient**2 - v)
            self.moments[key] = m, v
            weight -= alpha * m / (np.sqrt(v) + 1e-8)


def with_known_gradients(rng, **more):
    """A trainer whose gradients are given: (it, function that gives the next ones, by the model's name)."""
    trainer = seeded_trainer(**more)
    given = {
        part: [tf.Variable(tf.zeros(w.shape)) for w in getattr(trainer, part).trainable_variables]
        for part in ("generator", "discriminator")
    }

    def draw(part):
        for variable in given[part]:
            variable.assign(rng.normal(size=variable.shape) * 10 ** rng.uniform(-6, 0))
        return [variable.numpy().astype(np.float64) for variable in given[part]]

    trainer.generator_gradients = lambda *_: ({}, [tf.identity(g) for g in given["generator"]])
    trainer.discriminator_gradients = lambda *_: ({}, [tf.identity(g) for g in given["discriminator"]])
    return trainer, draw


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize("own", [None, 3e-2])
def test_two_step_sizes_are_two_adams(rng, own):
    adams = {"generator": NumpyAdam(1e-2)}
    adams["discriminator"] = NumpyAdam(own) if own else adams["generator"]
    trainer, draw = with_known_gradients(
        rng,
        optimizer=make_optimizer(1e-2),
        discriminator_optimizer=make_optimizer(own) if own else None,
    )
    models = {part: getattr(trainer, part) for part in adams}
    weights = {
        part: [np.float64(np.array(w)) for w in model.trainable_variables] for part, model in models.items()
    }
    nothing = {"image": tf.zeros([1, 64, 64, 3]), "mask": tf.zeros([1, 64, 64, 1])}
    for part in ("discriminator", "discriminator", "generator", "discriminator", "generator"):
        adams[part].update(weights[part], draw(part))
        getattr(trainer, f"{part}_step")(nothing)
    for part, model in models.items():
        for found, expected in zip(model.trainable_variables, weights[part]):
            np.testing.assert_allclose(np.array(found), expected, rtol=1e-5, atol=2e-6)
    assert int(trainer.discriminator_optimizer.iterations) == (3 if own else 5)


@pytest.mark.usefixtures("eagerly")
def test_mean_of_the_weights(rng, batches):
    trainer, draw = with_known_gradients(rng, optimizer=make_optimizer(1e-2), ema=0.9)
    names = list(trainer.generator.named_weights())
    weights = trainer.generator.named_weights()
    expected = {name: np.float64(np.array(weights[name])) for name in names}
    for _ in range(3):
        draw("generator")
        trainer.generator_step(batches[0])
        for name in names:
            expected[name] = 0.9 * expected[name] + 0.1 * np.float64(np.array(weights[name]))
    trainer.discriminator_step(batches[0])  # nothing to the mean
    for name, mean in trainer.mean.model.named_weights().items():
        np.testing.assert_allclose(np.array(mean), expected[name], rtol=1e-6, atol=1e-7)
    assert np.abs(np.array(weights[names[0]]) - expected[names[0]]).max() > 1e-3

    # It is the mean that fills.
    (generator := Generator()).set_weights(trainer.mean.model.get_weights())
    images, masks = batches[0]["image"], batches[0]["mask"]
    coarse, refined = generator.forward(images * (1 - masks), masks).stages
    filled = trainer.fill(batches[0])
    np.testing.assert_allclose(filled, refined * masks + images * (1 - masks), atol=1e-4)
    raw = trainer.forward(batches[0]).completed
    assert np.abs(filled - raw).max() > 1e-2


def test_shared_batch_is_both_updates_from_one_pass(batches):
    images, masks = batches[0]["image"], batches[0]["mask"]
    trainer = seeded_trainer(DeepFillV2Options(gan_loss_alpha=2.0), optimizer=tf.keras.optimizers.SGD(0.5))
    found = trainer.shared_step(batches[0])

    twin = seeded_trainer()  # holds the models; its steps are not used
    d_variables, g_variables = twin.discriminator.trainable_variables, twin.generator.trainable_variables

    def scores(*completed):
        stacked = tf.concat(completed, axis=0)
        inputs = tf.concat([stacked, tf.tile(masks, [len(completed), 1, 1, 1])], axis=-1)
        return tf.split(twin.discriminator(inputs), len(completed))

    with tf.GradientTape(persistent=True) as tape:
        coarse, refined = twin.generator.forward(images * (1 - masks), masks).stages
        completed = refined * masks + images * (1 - masks)
        real, fake = discriminator_hinge(*scores(images, tf.stop_gradient(completed)))
        d_loss = (real + fake) / 2
    weights = twin.discriminator.get_weights()
    stale = scores(completed)[0]
    twin.discriminator.set_weights(weights)  # u advances with every look
    for variable, gradient in zip(d_variables, tape.gradient(d_loss, d_variables)):
        variable.assign(variable - 0.5 * gradient)
    with tape:
        g_loss = 2 * generator_hinge(scores(completed)[0]) + reconstruction(images, coarse, refined)
    for variable, gradient in zip(g_variables, tape.gradient(g_loss, g_variables)):
        variable.assign(variable - 0.5 * gradient)

    assert float(found["d_loss"]) == pytest.approx(float(d_loss), rel=1e-5)
    assert float(found["g_loss"]) == pytest.approx(float(g_loss), rel=1e-5)
    # By the scores before the discriminator's update it would be another loss.
    assert abs(float(found["g_loss"] - found["ae_loss"]) - 2 * float(generator_hinge(stale))) > 1e-4
    for name in ("discriminator", "generator"):
        found_weights, expected, start = (
            np.concatenate([np.ravel(array) for array in getattr(owner, name).get_weights()])
            for owner in (trainer, twin, seeded_trainer())
        )
        moved = np.linalg.norm(expected - start)
        assert moved > 0.05 and np.linalg.norm(found_weights - expected) < 0.02 * moved, name
    assert {"d_gradient_norm", "g_gradient_norm", "score_fake", "ae_gradient"} <= found.keys()


def test_the_adapted_weight_reaches_the_ratio(rng):
    """A gradient of 8 times the others' at a weight of 1, with noise, that doubles after a while."""
    adaptive = AdaptiveWeight(ratio=0.25, start=3.0)
    assert float(adaptive.weight) == 1.0
    twin, mean, seen = 1.0, None, []
    update = tf.function(adaptive.update)
    for i in range(1, 601):
        unit = (8 if i < 300 else 16) * rng.uniform(0.8, 1.2)
        update(tf.constant(np.float32(twin * unit * 4e-6)), tf.constant(4e-6))
        mean = unit if mean is None else 0.95 * mean + 0.05 * unit
        if i % 10 == 0:
            twin = np.clip(twin * np.clip(0.25 / mean / twin, 0.8, 1.25), 1e-4, 1.0)
        seen.append(float(adaptive.weight))
        assert seen[-1] == pytest.approx(twin, rel=1e-4)
    assert seen[298] * 8 == pytest.approx(0.25, rel=0.1) and seen[-1] * 16 == pytest.approx(0.25, rel=0.1)
    # Towards a discriminator that fades it climbs no higher than the ceiling; Inf of float16 is passed over.
    for unit in [np.inf] + [1e-6] * 400:
        update(tf.constant(np.float32(unit * float(adaptive.weight))), tf.constant(1.0))
    assert float(adaptive.weight) == 1.0


def test_the_adapted_weight_is_the_losses(batches):
    trainer = seeded_trainer(DeepFillV2Options(gan_loss_alpha=0.03, gan_gradient_ratio=0.2))
    plain = seeded_trainer()
    losses, plain_losses = (t.generator_gradients(batches[0])[0] for t in (trainer, plain))
    adversarial = float(plain_losses["g_loss"] - plain_losses["ae_loss"])
    assert float(losses["gan_loss_alpha"]) == pytest.approx(0.03)
    assert float(losses["g_loss"] - losses["ae_loss"]) == pytest.approx(0.03 * adversarial, rel=1e-3)
    assert float(losses["g_gradient"]) == pytest.approx(0.03 * float(plain_losses["g_gradient"]), rel=0.01)
    with pytest.raises(UserError, match="gan_gradient_ratio needs --ae_loss and --l1_loss"):
        DeepFillV2Options(gan_gradient_ratio=0.2, ae_loss=False)


def test_what_is_told_of_the_discriminator(batches):
    images, masks = batches[0]["image"], batches[0]["mask"]
    trainer = seeded_trainer()
    completed = trainer.forward(batches[0]).completed
    x = tf.concat([tf.concat([images, completed], 0), tf.concat([masks, masks], 0)], axis=-1).numpy()
    shares = {}
    for i in range(1, 7):
        layer = getattr(trainer.discriminator, f"conv{i}")
        u = np.array(layer.u)
        x = np.array(layer(x))
        layer.u.assign(u)
        shares[f"negative_conv{i}"] = np.mean(x < 0)
        x = np.where(x < 0, 0.2 * x, x)
    found = trainer.discriminator_gradients(batches[0])[0]
    for name, share in shares.items():
        assert 0.2 < share < 0.8 and float(found[name]) == pytest.approx(share, abs=1e-3), name
    assert float(found["score_real"]) == pytest.approx(x[:2].mean(), rel=1e-3)
    assert float(found["score_fake"]) == pytest.approx(x[2:].mean(), rel=1e-3)


def watched(guard, trainer, batch, times):
    for _ in range(times):
        found = {**trainer.discriminator_gradients(batch)[0], **trainer.generator_gradients(batch)[0]}
        guard.watch(found)
    return {name: float(value) for name, value in found.items()}


def test_guard_speaks_once_of_a_dead_discriminator(batches):
    said = []
    trainer = seeded_trainer()
    for i in range(1, 7):  # all outputs negative, and so small that real and completed score alike
        layer = getattr(trainer.discriminator, f"conv{i}")
        layer.bias.assign(tf.fill(layer.bias.shape, -2.0 if i < 6 else 0.0))
    trainer.discriminator.conv6.bias.assign(-np.mean(last_layer(trainer, batches[0]), axis=(0, 1, 2)))
    guard = Guard(said.append, patience=3)
    assert not said
    found = watched(guard, trainer, batches[0], 2)
    assert not said and all(found[f"negative_conv{i}"] > 0.99 for i in range(1, 6))
    assert found["separation"] == pytest.approx(1 - found["d_loss"], abs=1e-6)
    assert abs(found["separation"]) < 0.002 and found["g_gradient"] < 0.01 * found["ae_gradient"]
    watched(guard, trainer, batches[0], 3)
    assert len(said) == 1
    assert said[0].startswith("warning: the discriminator is dead, for 3 iterations")
    assert (
        "separation (1 - d_loss) " in said[0] and "of the reconstruction's; see docs/training.md" in said[0]
    )


def last_layer(trainer, batch):
    outputs = []
    layer = trainer.discriminator.conv6
    layer.call, before = (lambda x: outputs.append(type(layer).call(layer, x)) or outputs[-1]), layer.call
    trainer.discriminator_gradients(batch)
    layer.call = before
    return outputs[0].numpy()


def test_guard_is_silent_about_a_live_one():
    def numbers(separation, share, **more):
        return {"separation": separation, "g_gradient": share * 4e-6, "ae_gradient": 4e-6, **more}

    def speaks(found, patience=10):
        said = []
        guard = Guard(said.append, patience)
        for losses in found:
            guard.watch(losses)
        return len(said)

    alpha = {"gan_loss_alpha": 0.5}
    live, faint, blind = (
        numbers(0.1, 0.2, **alpha),
        numbers(0.1, 0.009, **alpha),
        numbers(0.001, 0.2, **alpha),
    )
    assert speaks([live] * 50) == 0
    assert speaks([faint] * 9 + [live] + [blind] * 9) == 0
    assert speaks([faint] * 5 + [blind] * 5) == 1 and speaks([blind] * 50) == 1
    assert speaks([blind] * 499, 500) == 0 and speaks([blind] * 500, 500) == 1
    # Without a discriminator or of critics, alone with it, without a reconstruction loss, with a weight of 0.
    assert speaks([{"ae_gradient": 4e-6, "g_gradient": 0}] * 50) == 0
    assert speaks([{"separation": 0.1}] * 50) == 0 and speaks([{"separation": 0.0}] * 50) == 1
    assert speaks([{**live, "ae_gradient": 0}] * 50) == 0
    assert speaks([numbers(0.1, 0, gan_loss_alpha=0)] * 50) == 0
