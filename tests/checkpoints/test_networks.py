"""Checkpoints of the relatives: DeepFill v1's snapshots, and runs that keep their network's name."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support import golden_data
from support.helpers import SMALL

from inpaint.checkpoints import restore
from inpaint.checkpoints.config import GeneratorConfig, write_config
from inpaint.checkpoints.formats import tf1
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.models.architecture import NETWORKS
from inpaint.models.generator import Generator

SEED = 2042  # of the v1 snapshot that TF 1.15 wrote


@pytest.fixture(scope="module")
def v1(tmp_path_factory):
    """A folder with a v1 snapshot of the weights of `v1_testpy_88x120`."""
    generator = Generator(network="deepfill_v1")
    seed = golden_data.load("v1_testpy_88x120")["seed"]
    golden_data.seed_weights(generator, seed, golden_data.FAMILY_GAIN)
    folder = tmp_path_factory.mktemp("v1")
    tf1.save(folder, generator)
    return folder


def test_written_snapshot_has_the_index_that_tf1_wrote(tmp_path):
    generator = Generator(network="deepfill_v1")
    golden_data.seed_weights(generator, SEED, golden_data.FAMILY_GAIN)
    tf1.save(tmp_path, generator)
    theirs = golden_data.FOLDER / "tf1_v1_snap-0.index"
    assert (tmp_path / "snap-0.index").read_bytes() == theirs.read_bytes()


def test_fills_as_the_originals_test_py(in_process, v1, tmp_path):
    golden = golden_data.load("v1_testpy_88x120")
    Image.fromarray(golden["image_bgr"][..., ::-1]).save(tmp_path / "x.png")
    Image.fromarray(golden["mask"] * np.uint8(255)).save(tmp_path / "m.png")
    done = in_process(
        *("fill", "--image=x.png", "--mask=m.png", "--output=o.png"),
        *("--network=deepfill_v1", f"--checkpoint_dir={v1}"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    result, hole = np.asarray(Image.open(tmp_path / "o.png")).astype(int), golden["mask"] > 0
    difference = np.abs(result - golden["result_rgb"])
    # The original truncates; ours rounds.
    assert difference[hole].max() <= 1 and 0.2 < (difference[hole] > 0).mean() < 0.8
    np.testing.assert_array_equal(result[~hole], golden["image_bgr"][..., ::-1][~hole])


def test_a_snapshot_of_another_network_is_named(v1, generator, tmp_path):
    with pytest.raises(UserError, match="is one of another network: give --network=deepfill_v1"):
        Inpainter.from_checkpoint(v1)
    tf1.save(tmp_path, generator)
    with pytest.raises(UserError, match="is one of another network: give --network=gated"):
        Inpainter.from_checkpoint(tmp_path, network="deepfill_v1")
    tf1.save(tmp_path / "half", Generator(network="plain"))
    alike = [name for name, kind in NETWORKS.items() if (kind.scope, kind.width) == ("inpaint_net", 24)]
    assert {"plain", "partial"} <= set(alike)
    with pytest.raises(UserError, match=f"give --network={' or --network='.join(alike)}"):
        Inpainter.from_checkpoint(tmp_path / "half")
    with pytest.raises(UserError, match="network=gated .*, received network=deepfill_v1"):
        Inpainter.from_checkpoint(network="deepfill_v1")


def test_the_config_tells_networks_of_the_same_shapes_apart(tmp_path):
    prefix = tf1.save(tmp_path, Generator(network="plain"))
    tf1.load(prefix, partial := Generator(network="partial"))  # nothing tells
    partial.set_weights([np.zeros_like(array) for array in partial.get_weights()])
    write_config(tmp_path, GeneratorConfig(network="plain"))
    with pytest.raises(
        UserError, match=r"network=plain \(config.json\), received network=partial: leave --network"
    ):
        tf1.load(prefix, partial)
    assert not any(np.any(array) for array in partial.get_weights())
    write_config(tmp_path, GeneratorConfig(network="partial"))  # what lies beside it decides, no shape
    tf1.load(prefix, partial)
    assert any(np.any(array) for array in partial.get_weights())


@pytest.mark.parametrize("flag", ["--guided", "--padding=SYMMETRIC"])
def test_what_a_network_cannot_be_is_an_error(in_process, images, tmp_path, flag):
    done = in_process(
        "train", f"--data_flist={images}", *SMALL, f"--log_dir={tmp_path / 'run'}", "--network=partial", flag
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ") and " network partial " in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.parametrize("network", ["partial", "deepfill_v1"])
def test_a_run_keeps_its_network(in_process, images, tmp_path, network):
    run = tmp_path / "run"
    common = (f"--data_flist={images}", *SMALL, "--batch_size=1", "--train_spe=1", f"--log_dir={run}")
    done = in_process("train", *common, f"--network={network}", "--max_iters=1")
    assert done.returncode == 0, done.stderr
    assert json.loads((run / "config.json").read_text())["network"] == network
    assert json.loads((run / "settings.json").read_text())["network"] == network
    inpainter = Inpainter.from_checkpoint(run)  # without being told
    assert inpainter.generator.network == network
    fresh = Generator(network=network)
    restore.load_generator(run, fresh)
    for found, expected in zip(inpainter.generator.get_weights(), fresh.get_weights()):
        np.testing.assert_array_equal(found, expected)
    done = in_process("train", *common, "--max_iters=2")
    assert done.returncode == 0 and "changed since this run began" not in done.stdout, done.stderr
    done = in_process("train", *common, "--network=gated", "--max_iters=3")
    assert done.returncode == 1 and f"network={network} (config.json), received network=gated" in done.stderr


@pytest.mark.parametrize("network", ["partial", "plain", "deepfill_v1"])
def test_every_weight_is_trained(network, rng):
    # Stage two of a partial network sees no mask, and clipping passes gradients inside of its limits.
    generator = Generator(network=network)
    golden_data.seed_weights(generator, 11, 1.0)
    mask = np.zeros((1, 64, 64, 1), np.float32)
    mask[0, 20:44, 20:44] = 1
    incomplete = (1 - mask) * rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    with tf.GradientTape() as tape:
        coarse, refined = generator.forward(incomplete, mask).stages
        loss = tf.reduce_sum(coarse**2) + tf.reduce_sum(refined**2)
    for weight, gradient in zip(
        generator.trainable_variables, tape.gradient(loss, generator.trainable_variables)
    ):
        assert gradient is not None and np.any(gradient), weight.name
