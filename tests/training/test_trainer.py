import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.ops.keras_compat import KERAS_3
from inpaint.options.examples import ExampleOptions
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes import make_recipe
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


@pytest.fixture(scope="module")
def golden():
    return golden_data.load("training_64x64")


def seeded_trainer(golden, dtype="float32", optimizer=None, jit_compile=False, **options):
    generator, discriminator = Generator(dtype=dtype), Discriminator(dtype=dtype)
    golden_data.seed_weights(generator, golden["seed"])
    golden_data.seed_weights(discriminator, golden["seed"])
    recipe = DeepFillV2(discriminator, DeepFillV2Options(**options))
    return Trainer(generator, recipe, optimizer, jit_compile=jit_compile)


def batch(golden, images, mask):
    images = images.astype(np.float32) / 127.5 - 1
    mask = mask.astype(np.float32)[None, :, :, None]  # one for the whole batch, as in the original
    return {"image": tf.constant(images), "mask": tf.constant(mask)}


def start_batch(golden):
    return batch(golden, golden["start_images"], golden["start_mask"])


def described(array):
    array = np.array(array)
    return np.array([np.linalg.norm(array), array.mean(), *array.ravel()[:6]])


def test_gradients_at_the_start(golden):
    for part in ("discriminator", "generator"):
        trainer = seeded_trainer(golden)
        losses, gradients = getattr(trainer, f"{part}_gradients")(start_batch(golden))
        for name in ("d_loss", "g_loss", "ae_loss"):
            if name in losses:
                assert float(losses[name]) == pytest.approx(golden[f"start_{name}"], rel=1e-4)
        model = getattr(trainer, part)
        names = [n for n, w in model.named_weights().items() if w.trainable]
        weights = {id(w): g for w, g in zip(model.trainable_variables, gradients)}
        for name in names:
            expected = golden[f"{part[0]}grad:{name}"]
            found = described(weights[id(model.named_weights()[name])])
            assert found[0] == pytest.approx(expected[0], rel=1e-3), name
            np.testing.assert_allclose(found[2:], expected[2:], atol=2e-3 * expected[0])


def test_training_run(golden):
    trainer = seeded_trainer(golden)
    for k in range(int(golden["steps"])):
        d = trainer.discriminator_step(batch(golden, golden["d_images"][k], golden["d_masks"][k]))
        g = trainer.generator_step(batch(golden, golden["g_images"][k], golden["g_masks"][k]))
        assert float(d["d_loss"]) == pytest.approx(golden["d_loss"][k], rel=1e-4)
        assert float(g["g_loss"]) == pytest.approx(golden["g_loss"][k], rel=1e-4)
        assert float(g["ae_loss"]) == pytest.approx(golden["ae_loss"][k], rel=1e-4)

    assert int(trainer.optimizer.iterations) == 2 * golden["steps"]
    first_elements = []
    models = (trainer.generator, trainer.discriminator)
    for name, weight in ((n, w) for m in models for n, w in m.named_weights().items()):
        found, expected = described(weight), golden[f"final:{name}"]
        assert found[0] == pytest.approx(expected[0], rel=5e-4), name
        if weight.trainable:
            first_elements.append(np.abs(found[2:] - expected[2:]).max())
    # Two separate Adams, one for each model, would give 8e-5.
    assert np.median(first_elements) < 1e-5


def test_losses_are_weighed(golden):
    plain = seeded_trainer(golden).generator_gradients(start_batch(golden))[0]
    gan = float(plain["g_loss"] - plain["ae_loss"])
    ae = float(plain["ae_loss"])
    start = start_batch(golden)
    result = seeded_trainer(golden).forward(start)
    hole_ae = sum(np.abs((start["image"] - stage) * start["mask"]).mean() for stage in result.stages)
    for options, g_loss, ae_loss in (
        ({"l1_loss_alpha": 3.0, "gan_loss_alpha": 5.0}, 5 * gan + 3 * ae, 3 * ae),
        ({"ae_loss": False}, gan, ae),
        ({"l1_loss": False}, gan, None),
        ({"known_weight": 0.0}, gan + hole_ae, hole_ae),
    ):
        losses = seeded_trainer(golden, **options).generator_gradients(start_batch(golden))[0]
        assert float(losses["g_loss"]) == pytest.approx(g_loss, rel=1e-4), options
        if ae_loss is None:
            assert "ae_loss" not in losses
        else:
            assert float(losses["ae_loss"]) == pytest.approx(ae_loss, rel=1e-4), options


@pytest.mark.usefixtures("eagerly")
def test_without_a_discriminator(golden):
    golden_data.seed_weights(generator := Generator(), golden["seed"])
    trainer = Trainer(generator, DeepFillV2(None, DeepFillV2Options(gan="none")))
    losses = trainer.generator_step(start_batch(golden))
    assert losses.keys() == {"g_loss", "ae_loss", "g_gradient_norm"}
    assert float(losses["g_loss"]) == pytest.approx(golden["start_ae_loss"], rel=1e-4)
    assert trainer.discriminator is None and int(trainer.optimizer.iterations) == 1


def test_gradients_at_the_refined_result(golden):
    # d/dx of mean|x - y| is 1 / (number of elements) everywhere.
    start = start_batch(golden)
    trainer = seeded_trainer(golden, l1_loss_alpha=2.0)
    losses, _ = trainer.generator_gradients(start)
    assert float(losses["ae_gradient"]) == pytest.approx(2 / start["image"].numpy().size, rel=1e-3)
    # The discriminator looks at the completed image: its gradient reaches the hole alone.
    trainer = seeded_trainer(golden)  # with u as it was
    result = trainer.forward(start)
    with tf.GradientTape() as tape:
        tape.watch(refined := result.stages[-1])
        images = [start["image"], result.completed]
        loss = -tf.reduce_mean(trainer.discriminator.score(images, start["mask"]).scores[1])
    gradient = tape.gradient(loss, refined)
    assert float(losses["g_gradient"]) == pytest.approx(np.abs(gradient).mean(), rel=0.05)


@pytest.mark.usefixtures("eagerly")
def test_guided_and_maskless(rng):
    recipe = DeepFillV2(Discriminator(guided=True, with_mask=False))
    trainer = Trainer(Generator(guided=True), recipe)
    batch = {
        "image": tf.constant(rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)),
        "mask": tf.constant((rng.random((1, 64, 64, 1)) < 0.3).astype(np.float32)),
    }
    lines = tf.constant((rng.random((1, 64, 64, 1)) < 0.1).astype(np.float32))
    sketches = (lines, lines * batch["mask"], lines * 0)
    first, inside, without = (trainer.forward({**batch, "sketch": x}).stages[-1] for x in sketches)
    np.testing.assert_array_equal(first, inside)
    assert np.abs(first - without).max() > 0
    assert np.isfinite(float(trainer.discriminator_step({**batch, "sketch": lines})["d_loss"]))
    with pytest.raises(ValueError, match="both be guided or neither"):
        Trainer(Generator(guided=True), DeepFillV2(Discriminator()))


@pytest.mark.slow
def test_bfloat16_follows_float32(golden):
    trainers = [seeded_trainer(golden, policy) for policy in ("float32", "mixed_bfloat16")]
    exact, mixed = (
        {**t.discriminator_step(start_batch(golden)), **t.generator_step(start_batch(golden))}
        for t in trainers
    )
    for name in ("d_loss", "g_loss", "ae_loss"):
        assert float(mixed[name]) == pytest.approx(float(exact[name]), rel=0.02)


@pytest.mark.parametrize(
    "precision, dtype",
    [("float32", "float32"), ("mixed_bfloat16", "bfloat16"), ("mixed_float16", "float32")],
)
def test_what_the_discriminator_computes_in(precision, dtype):
    recipe = make_recipe(DeepFillV2Options(), ExampleOptions((64, 64), False), precision)
    assert recipe.discriminator.conv1(tf.zeros([1, 64, 64, 4])).dtype == dtype
    assert recipe.discriminator(tf.zeros([1, 64, 64, 4])).dtype == "float32"


def test_float16_scales_losses_and_skips_overflows(golden):
    trainer = seeded_trainer(golden, "mixed_float16", make_optimizer(1e-4, "mixed_float16"))
    discriminator = trainer.discriminator
    # The discriminator's update alone: no CPU has the generator's dilated gradients in float16.
    before = discriminator.get_weights()
    start = start_batch(golden)
    trainer.discriminator_step({**start, "image": start["image"] * np.inf})
    trained = [i for i, w in enumerate(discriminator.weights) if w.trainable]
    assert all(np.array_equal(before[i], discriminator.get_weights()[i]) for i in trained)
    if KERAS_3:  # Keras 2 counts skipped steps too
        assert int(trainer.optimizer.inner_optimizer.iterations) == 0

    golden_data.seed_weights(discriminator, golden["seed"])  # u has met Inf
    losses = [float(trainer.discriminator_step(start)["d_loss"]) for _ in range(12)]
    assert losses[0] == pytest.approx(golden["start_d_loss"], rel=0.02)
    assert losses[-1] < losses[0] - 1e-3


@pytest.mark.slow
def test_xla_computes_the_same(golden):
    plain, compiled = (seeded_trainer(golden, jit_compile=jit) for jit in (False, True))
    for step in ("discriminator_step", "generator_step"):
        expected = getattr(plain, step)(start_batch(golden))
        for name, value in getattr(compiled, step)(start_batch(golden)).items():
            assert float(value) == pytest.approx(float(expected[name]), rel=1e-4, abs=1e-6), name
