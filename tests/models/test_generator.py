import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import ROOT, both_ways

from inpaint.checkpoints.config import config_of, write_config
from inpaint.checkpoints.formats import tf1
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.models.generator import Generator
from inpaint.models.unet import PConvUNet
from inpaint.ops import flow_image


@pytest.mark.parametrize(
    "name, options, near_ties",
    [
        ("generator_64x64", {}, 0),
        ("generator_128x192_batch2", {}, 0),
        ("generator_guided_64x64", {"guided": True}, 0),
        # One position's two best matches differ by less than float32 can tell.
        ("generator_symmetric_64x64", {"padding": "SYMMETRIC"}, 0.03),
    ],
)
def test_golden(name, options, near_ties):
    golden = golden_data.load(name)
    generator = Generator(**options)
    golden_data.seed_weights(generator, golden["seed"])
    images, mask, incomplete = golden_data.network_input(golden)
    masks = mask  # one for all images, as in the original
    sketch = golden["edge"].astype(np.float32) if "edge" in golden else None
    for (coarse, refined), offsets in both_ways(generator.forward, incomplete, masks, sketch):
        np.testing.assert_allclose(coarse, golden["coarse"], atol=5e-4)
        np.testing.assert_allclose(refined, golden["refined"], atol=5e-4)
        off = np.abs(flow_image(offsets, 2) - golden["flow"]) > 1e-4
        assert off.mean() <= near_ties
        np.testing.assert_allclose(flow_image(offsets, 2), golden["flow"], atol=0.01)


def test_parameter_counts():
    assert Generator().count_params() == 4_052_478
    assert Generator(guided=True).count_params() == 4_053_678
    assert len(Generator().weights) == 84


def test_names_are_the_originals():
    golden = golden_data.load("training_64x64")
    theirs = {n[len("final:") :] for n in golden if n.startswith("final:inpaint_net")}
    assert set(Generator().named_weights()) == theirs


@pytest.mark.parametrize("training, compiled", [(True, 40), (False, 0)])
def test_gates_are_compiled_for_training(generator, training, compiled):
    inputs = tf.zeros([1, 16, 16, 3]), tf.zeros([1, 16, 16, 1])
    graph = tf.function(generator).get_concrete_function(*inputs, training=training).graph
    assert sum("_XlaMustCompile" in op.node_def.attr for op in graph.get_operations()) == compiled


def test_each_image_has_its_own_mask(generator, rng):
    images = rng.uniform(-1, 1, (2, 40, 24, 3)).astype(np.float32)
    masks = (rng.random((2, 40, 24, 1)) < 0.2).astype(np.float32)
    together = generator(images * (1 - masks), masks)
    assert list(together) == ["coarse", "refined", "offsets"]
    for i in range(2):
        alone = generator(images[i : i + 1] * (1 - masks[i]), masks[i : i + 1])
        for name, both in together.items():
            np.testing.assert_allclose(alone[name][0], both[i], atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_is_close(generator, policy):
    golden = golden_data.load("generator_64x64")
    _, mask, incomplete = golden_data.network_input(golden)
    mixed = Generator(dtype=policy)
    golden_data.seed_weights(mixed, golden["seed"])
    coarse, refined = mixed.forward(incomplete, mask).stages
    assert coarse.dtype == refined.dtype == tf.float32
    assert np.abs(coarse - golden["coarse"]).mean() < 0.01
    assert {weight.dtype for weight in mixed.get_weights()} == {np.dtype("float32")}


@pytest.mark.parametrize("kind", [Generator, Discriminator])
def test_keras_files(kind, tmp_path):
    model = kind(guided=True)
    model.save(tmp_path / "model.keras")
    again = tf.keras.models.load_model(tmp_path / "model.keras")
    assert type(again) is type(model) and again.guided == model.guided
    for one, other in zip(model.get_weights(), again.get_weights()):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "start", ["import keras, inpaint", "import inpaint; inpaint.make_generator; import keras"]
)
def test_keras_files_in_a_new_process(start, tmp_path):
    PConvUNet(levels=5).save(tmp_path / "model.keras")
    load = f"{start}; print(type(keras.saving.load_model({str(tmp_path / 'model.keras')!r})).__name__)"
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "PConvUNet\n", done.stderr


@pytest.mark.parametrize("guided", [False, True])
def test_keras_calls(guided, rng):
    """`predict`, `fit` and functional models give all inputs in one list or dict."""
    golden_data.seed_weights(generator := Generator(guided=guided), 1003)
    images, mask = rng.uniform(-1, 1, (3, 24, 32, 3)).astype(np.float32), np.zeros((3, 24, 32, 1), np.float32)
    mask[:, 8:20, 4:12] = 1
    inputs = {
        "incomplete": images * (1 - mask),
        "mask": mask,
        "sketch": mask * (rng.random(mask.shape) < 0.3),
    }
    if not guided:
        del inputs["sketch"]
    listed, expected = list(inputs.values()), generator(*inputs.values())
    symbols = [tf.keras.Input(x.shape[1:]) for x in listed]
    functional = tf.keras.Model(symbols, generator(symbols))
    generator.run_eagerly = functional.run_eagerly = guided  # one kind in Keras' graphs, which take long
    for found in (
        generator.predict(listed, batch_size=2, verbose=0),
        generator.predict(inputs, batch_size=2, verbose=0),
        functional.predict(listed, verbose=0),
    ):
        assert found.keys() == expected.keys() == {"coarse", "refined", "offsets"}
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, atol=1e-5, err_msg=name)
    generator.compile(optimizer=tf.keras.optimizers.SGD(1e-3), loss={"refined": "mae"}, run_eagerly=guided)
    before = np.abs(images - expected["refined"]).mean()
    history = generator.fit(listed, {"refined": images}, batch_size=3, verbose=0).history
    assert history["loss"] == [pytest.approx(before, rel=1e-4)]
    assert np.abs(generator(inputs)["refined"] - expected["refined"]).max() > 1e-4


def test_from_checkpoint(bundled):
    for mine, theirs in zip(Generator.from_checkpoint().get_weights(), bundled.generator.get_weights()):
        np.testing.assert_array_equal(mine, theirs)
    with pytest.raises(UserError, match="guided=false .config.json., received guided=true"):
        Generator.from_checkpoint(guided=True)


def test_from_a_checkpoint_of_another_class(tmp_path):
    tf1.save(tmp_path, unet := PConvUNet())
    write_config(tmp_path, config_of(unet))
    assert type(PConvUNet.from_checkpoint(tmp_path)) is PConvUNet
    with pytest.raises(UserError, match="is of network pconv_unet, a PConvUNet: use that class"):
        Generator.from_checkpoint(tmp_path)


def test_what_networks_state_of_themselves():
    gated, partial, unet = Generator(), Generator(network="partial"), PConvUNet()
    assert (gated.has_attention, partial.has_attention, unet.has_attention) == (True, True, False)
    assert len(gated.gated_layers) == 40 and not partial.gated_layers and not unet.gated_layers
    assert all(hasattr(getattr(gated, name), "gates") for name in gated.gated_layers)
    for model in (gated, partial, unet):
        assert model.shown_layers and all(hasattr(model, name) for name in model.architecture.layers)
        assert set(model.shown_layers) <= set(model.architecture.layers)


def test_config():
    generator = Generator(guided=True, padding="REFLECT", dtype="mixed_bfloat16")
    twin = Generator.from_config(generator.get_config())
    assert (twin.guided, twin.padding, twin.dtype_policy.name) == (True, "reflect", "mixed_bfloat16")
    assert twin.conv1.compute_dtype == "bfloat16" and twin.conv1.padding == "reflect"


def test_bad_calls(generator):
    x = tf.zeros([1, 8, 8, 3])
    mask = x[..., :1]
    with pytest.raises(ValueError, match="not guided: it takes no sketch"):
        generator(x, mask, mask)
    with pytest.raises(ValueError, match="needs a sketch"):
        Generator(guided=True)(x, mask)
    with pytest.raises(tf.errors.InvalidArgumentError, match="multiples of 8"):
        generator(tf.zeros([1, 12, 8, 3]), tf.zeros([1, 12, 8, 1]))
