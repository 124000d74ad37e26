import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import both_ways

from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.models.generator import Generator
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
    for coarse, refined, offsets in both_ways(generator, incomplete, masks, sketch):
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
    for i in range(2):
        alone = generator(images[i : i + 1] * (1 - masks[i]), masks[i : i + 1])
        for one, both in zip(alone, together):
            np.testing.assert_allclose(one[0], both[i], atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_is_close(generator, policy):
    golden = golden_data.load("generator_64x64")
    _, mask, incomplete = golden_data.network_input(golden)
    mixed = Generator(dtype=policy)
    golden_data.seed_weights(mixed, golden["seed"])
    coarse, refined, _ = mixed(incomplete, mask)
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
