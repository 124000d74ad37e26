"""Pretrained features, the discriminator on them, and its training."""

import numpy as np
import pytest
import tensorflow as tf
from support import features as support

from inpaint.checkpoints import convert, native, restore
from inpaint.discriminators.pretrained_features import PretrainedFeatures
from inpaint.discriminators.projected import ProjectedDiscriminator
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.losses.deepfill import discriminator_hinge, generator_hinge
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("features") / "lite1.npz"
    np.savez(path, **support.random_arrays())
    return path


@pytest.fixture(scope="module")
def features(path):
    return PretrainedFeatures(path)


@pytest.fixture
def batch(rng):
    masks = np.zeros((2, 64, 96, 1), np.float32)
    masks[:, 16:48, 32:64] = 1
    images = [tf.constant(rng.uniform(-1, 1, (2, 64, 96, 3)).astype(np.float32)) for _ in range(2)]
    return images, tf.constant(masks)


def unfolded(arrays, images):
    """The features by Keras layers with batch normalisation."""
    layers = tf.keras.layers

    def normalised(x, name):
        layer = layers.BatchNormalization(epsilon=1e-3)
        layer.build(x.shape)
        layer.set_weights([arrays[f"{name}.{p}"] for p in ("weight", "bias", "running_mean", "running_var")])
        return layer(x, training=False)

    def convolved(x, name, strides=1):
        kernel = arrays[f"{name}.weight"].transpose(2, 3, 1, 0)
        return tf.nn.conv2d(x, kernel, strides, "SAME")

    x = tf.nn.relu6(normalised(convolved(images[..., ::-1], "_conv_stem", 2), "_bn0"))
    maps, channels = [], 32
    for i, (expansion, output, _) in enumerate(support.BLOCKS):
        scope, y = f"_blocks.{i}.", x
        if expansion > 1:
            y = tf.nn.relu6(normalised(convolved(y, f"{scope}_expand_conv"), f"{scope}_bn0"))
        strides = 2 if i in (1, 4, 7) else 1
        kernel = arrays[f"{scope}_depthwise_conv.weight"].transpose(2, 3, 0, 1)
        y = tf.nn.depthwise_conv2d(y, kernel, [1, strides, strides, 1], "SAME")
        y = tf.nn.relu6(normalised(y, f"{scope}_bn1"))
        y = normalised(convolved(y, f"{scope}_project_conv"), f"{scope}_bn2")
        x = x + y if strides == 1 and channels == output else y
        channels = output
        if i in (0, 3, 6, 14):
            maps.append(x)
    return maps


def test_features(features, batch):
    expected = unfolded(support.random_arrays(), batch[0][0])
    found = features(batch[0][0])
    assert features.channels == [16, 24, 40, 112]
    assert [x.shape[1:3].as_list() for x in found] == [[32, 48], [16, 24], [8, 12], [4, 6]]
    for x, y in zip(found, expected):
        np.testing.assert_allclose(x, y, atol=2e-4 * float(tf.reduce_max(tf.abs(y))))


def test_unreadable_features(tmp_path, path):
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays if not name.startswith("_blocks.9.")}
    np.savez(tmp_path / "part.npz", **kept)
    (tmp_path / "text.npz").write_text("no archive")
    for name in ("part.npz", "text.npz", "missing.npz"):
        with pytest.raises(UserError, match=f"cannot read .*{name}"):
            PretrainedFeatures(tmp_path / name)


def test_scores_in_the_hole_count(features, batch):
    images, masks = batch
    judged = ProjectedDiscriminator(features).score(images, masks)
    assert len(judged.scores) == 2 and judged.scores[0].shape == judged.shares.shape
    assert len(judged.negative) == 4
    at = 0
    for side in (2, 4, 8, 16):
        height, width = 64 // side, 96 // side
        shares = tf.reshape(judged.shares[:, at : at + height * width], [2, height, width])
        at += height * width
        expected = masks.numpy()[:, ::side, ::side, 0]  # the hole's edges are those of positions
        np.testing.assert_allclose(shares, 0.25 * expected / expected.sum(), atol=1e-7)
    assert at == judged.shares.shape[1]


def test_losses_are_weighted_means(features, batch, rng):
    images, masks = batch
    real, fake = (rng.normal(size=(2, 7)).astype(np.float32) for _ in range(2))
    shares = rng.uniform(size=(2, 7)).astype(np.float32)
    shares /= shares.sum()
    found = discriminator_hinge(real, fake, shares)
    expected = [(np.maximum(1 - real, 0) * shares).sum(), (np.maximum(1 + fake, 0) * shares).sum()]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(generator_hinge(fake, shares), -(fake * shares).sum(), rtol=1e-5)


@pytest.mark.parametrize(
    "guided, with_mask, channels", [(False, True, 65), (True, True, 66), (True, False, 65)]
)
def test_inputs_of_the_heads(features, batch, guided, with_mask, channels):
    model = ProjectedDiscriminator(features, guided, with_mask)
    assert model.head0_conv0.kernel.shape[2] == channels
    (images, _), masks = batch
    lines = tf.ones_like(masks) if guided else None
    for _ in range(40):  # until the spectral norms stay
        scores = model.score([images], masks, lines).scores[0]
    if guided:  # lines outside of the hole do not matter, those in it do
        np.testing.assert_allclose(model.score([images], masks, lines * masks).scores[0], scores, atol=2e-2)
        assert np.abs(model.score([images], masks, 0 * lines).scores[0] - scores).max() > 0.1


def new_trainer(features, seed=0, ema=0.0, **options):
    tf.keras.utils.set_random_seed(seed)
    options = DeepFillV2Options(
        gan="projected",
        gan_features="of the test",
        discriminator_learning_rate=2e-3,
        known_weight=0.5,
        **options,
    )
    recipe = DeepFillV2(ProjectedDiscriminator(features), options)
    own = make_optimizer(options.discriminator_learning_rate)
    return Trainer(Generator(), recipe, discriminator_optimizer=own, ema=ema)


def training_batch(batch):
    return {"image": batch[0][0], "mask": batch[1]}


def test_perceptual_distance(features, batch):
    (real, other), masks = batch
    expected = []
    for side, x, y in zip((2, 4, 8, 16), features(real), features(other)):
        x, y = (z / np.linalg.norm(z, axis=-1, keepdims=True) for z in (x.numpy(), y.numpy()))
        hole = masks.numpy()[:, ::side, ::side, 0] > 0  # the hole's edges are those of positions
        expected.append(((x - y) ** 2).sum(axis=-1)[hole].mean())
    with tf.GradientTape() as tape:
        tape.watch([real, other])
        (found,) = features.distances(real, [other], masks)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    into_real, into_other = tape.gradient(found, [real, other])
    assert into_real is None and np.any(into_other)
    assert not np.any(features.distances(real, [real], masks))
    assert not np.any(features.distances(real, [other], 0 * masks))


@pytest.mark.usefixtures("eagerly")
def test_the_distance_is_part_of_the_adversarial_loss(features, batch):
    (images, _), masks = batch
    trainer, twin = new_trainer(features, gan_loss_alpha=0.3), new_trainer(features)
    found = {name: float(v) for name, v in trainer.generator_step(training_batch(batch)).items()}
    refined = twin.forward(training_batch(batch)).stages[-1]
    with tf.GradientTape() as tape:
        tape.watch(refined)
        completed = refined * masks + images * (1 - masks)
        (fake,), shares, _ = twin.discriminator.score([completed], masks)
        distance = tf.add_n(features.distances(images, [completed], masks)[0])
        adversarial = 0.3 * (generator_hinge(fake, shares) + distance)
    assert found["perceptual_distance"] == pytest.approx(float(distance), rel=1e-4) and distance > 0
    assert found["gan_loss"] == pytest.approx(float(generator_hinge(fake, shares)), abs=1e-4)
    assert found["g_loss"] == pytest.approx(float(adversarial) + found["ae_loss"], rel=1e-4)
    gradient = float(tf.reduce_mean(tf.abs(tape.gradient(adversarial, refined))))
    assert found["g_gradient"] == pytest.approx(gradient, rel=1e-3)


def test_the_structure_loss_is_of_both_stages(features, batch):
    (images, _), masks = batch
    trainer, twin = new_trainer(features, structure_loss_alpha=0.3), new_trainer(features)
    found, without = (
        {name: float(value) for name, value in x.generator_gradients(training_batch(batch))[0].items()}
        for x in (trainer, twin)
    )
    stages = twin.forward(training_batch(batch)).stages
    completed = [stage * masks + images * (1 - masks) for stage in stages]
    coarse, refined = (features.distances(images, [one], masks)[0] for one in completed)
    expected = sum(map(float, (*coarse[2:], *refined[2:])))
    assert found["structure_loss"] == pytest.approx(expected, rel=1e-4) and "structure_loss" not in without
    assert found["g_loss"] == pytest.approx(without["g_loss"] + 0.3 * expected, rel=1e-4)
    assert found["ae_gradient"] > without["ae_gradient"] and found["g_gradient"] == without["g_gradient"]


def test_learns_and_adapts(features, batch):
    batch = training_batch(batch)
    trainer = new_trainer(features, gan_gradient_ratio=2.0)
    losses = [float(trainer.discriminator_step(batch)["d_loss"]) for _ in range(12)]
    assert losses[-1] < 0.7 * losses[0]
    before = [w.numpy() for w in trainer.generator.trainable_variables]
    found = trainer.shared_step(batch)
    assert all(np.isfinite(float(value)) for value in found.values())
    assert float(found["g_gradient"]) > 0 and float(found["score_real"]) > float(found["score_fake"])
    assert all((w.numpy() != b).any() for w, b in zip(trainer.generator.trainable_variables, before))


def state(trainer):
    return {
        **{name: v.numpy() for name, v in native.model_variables(trainer.discriminator).items()},
        **{name: v.numpy() for name, v in native.model_variables(trainer.generator).items()},
    }


@pytest.mark.slow
def test_resumes_exactly(features, batch, tmp_path):
    batch = training_batch(batch)
    trainer, step = new_trainer(features), tf.Variable(3, dtype=tf.int64)
    trainer.shared_step(batch)
    prefix = native.training_checkpoint(trainer, step).save(str(tmp_path / "snap"))
    trainer.shared_step(batch)

    other = new_trainer(features, seed=9)
    assert "not in it" not in restore.restore_training(prefix, other, step)
    other.shared_step(batch)
    expected, found = state(trainer), state(other)
    assert any("projected/head3_conv2/kernel_sn/u" in name for name in found)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


@pytest.mark.slow
def test_after_another_discriminator(features, batch, tmp_path):
    recipe = DeepFillV2(Discriminator())
    before = Trainer(Generator(), recipe, discriminator_optimizer=make_optimizer(1e-4), ema=0.5)
    before.warmed.assign(40)
    before.shared_step(training_batch(batch))
    step = tf.Variable(41, dtype=tf.int64)
    prefix = native.training_checkpoint(before, step).save(str(tmp_path / "snap"))

    trainer = new_trainer(features, ema=0.5)
    new = native.model_variables(trainer.discriminator)["discriminator/projected/head0_conv0/kernel"].numpy()
    told = restore.restore_training(prefix, trainer, step)
    assert told.endswith("not in it: this kind of discriminator, an Adam of the discriminator's own")
    after = state(trainer)
    np.testing.assert_array_equal(after["discriminator/projected/head0_conv0/kernel"], new)
    for name, value in native.model_variables(before.generator).items():
        np.testing.assert_array_equal(after[name], value, err_msg=name)
    means = (native.model_variables(one.mean.model) for one in (before, trainer))
    np.testing.assert_array_equal(*(mean["inpaint_net/conv1/kernel"] for mean in means))
    # Warm-up and Adam's count begin anew, as moments without their count would be far too large.
    assert int(trainer.warmed) == 0 and int(step) == 41
    assert int(trainer.discriminator_optimizer.iterations) == 0 < int(trainer.optimizer.iterations)


def test_to_tf1_writes_the_generator(features, batch, tmp_path):
    trainer, step = new_trainer(features), tf.Variable(2, dtype=tf.int64)
    prefix = native.training_checkpoint(trainer, step).save(str(tmp_path / "snap"))
    generator, discriminator = convert.models_of(prefix)
    assert discriminator is None
    written, _ = convert.to_tf1(prefix, tmp_path / "tf1", Trainer(generator, DeepFillV2()))
    names = {name for name, _ in tf.train.list_variables(str(written))}
    assert not any("discriminator" in name for name in names)
    kernel = tf.train.load_variable(str(written), "inpaint_net/conv1/kernel")
    np.testing.assert_array_equal(kernel, trainer.generator.conv1.kernel)
