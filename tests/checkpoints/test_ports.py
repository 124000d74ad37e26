"""Networks of deepfillv2-pytorch, against what a transcript of its code computed under PyTorch 2.13.

In the golden run of networks_tf.py the attention's fuse is on, as in the original whose weights it holds,
and the mask's cells are those that one and two steps of reduction both find.
"""

import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support import golden_data, safetensors_writer
from support.torch_writer import tensors_of, write_archive, write_sequence

from inpaint.checkpoints import native
from inpaint.checkpoints.config import GeneratorConfig, config_of, resolve, write_config
from inpaint.checkpoints.convert import models_of
from inpaint.checkpoints.restore import load_generator, restore_training
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.ops.keras_compat import KERAS_3
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer

LAYOUTS = {"networks_tf": "same", "networks": "centred"}
FIRST = {"networks_tf": "conv1.conv.weight", "networks": "stage1.conv1.conv.weight"}


def golden_of(layout):
    return golden_data.load(f"port_{layout}_64x48")


def weights_of(layout):
    """The port's weights in the golden run, by its own names."""
    golden, weights = golden_of(layout), {}
    for name, shape in zip(golden["names"].tolist(), golden["shapes"].tolist()):
        shape = tuple(map(int, shape.split("x")))
        values = np.random.RandomState(zlib.crc32(name.encode())).uniform(-1, 1, shape)
        gain = 3.0 if "17." in name or "rgb" in name else 4.2
        values *= gain / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 0.1
        weights[name] = values.astype(np.float32)
    return weights


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The golden networks as the port's training saves them: dict of layout -> path."""
    folder = tmp_path_factory.mktemp("ports")
    for layout in LAYOUTS:
        critic = tensors_of({"conv1.conv_sn.weight": np.zeros((2, 4, 5, 5))}, begin="D")
        run = {"D": critic, "G": tensors_of(weights_of(layout)), "G_optim": {"state": {0: {}}}, "n_iter": 7}
        write_archive(folder / f"{layout}.pth", run)
    return {layout: folder / f"{layout}.pth" for layout in LAYOUTS}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_computes_what_the_port_does(layout, files):
    golden, said = golden_of(layout), []
    inpainter = Inpainter.from_checkpoint(files[layout], say=said.append, eager=True)
    assert inpainter.generator.padding == LAYOUTS[layout]
    assert said[0].startswith(f"loaded a network of deepfillv2-pytorch ({layout}.py), {files[layout]}")
    images, mask, incomplete = golden_data.network_input({**golden, "images": golden["image"][None]})
    result = inpainter.generator.forward(incomplete[..., ::-1], mask)
    for stage, name in zip(result.stages, ("coarse", "refined")):
        expected = golden[name][None].astype(np.float32) / 32767
        assert np.abs(stage[..., ::-1] - expected).max() < 1e-4, name

    filled = inpainter(golden["image"], golden["mask"] * 255)
    expected = np.where(golden["mask"][..., None], (golden["refined"] / 32767 + 1) * 127.5, golden["image"])
    assert np.abs(filled - expected).max() < 0.51


def same_weights(one, other, tolerance=0.0):
    for a, b in zip(one.get_weights(), other.get_weights()):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_finds_the_network_in_any_file(layout, files, tmp_path):
    expected, weights = Generator.from_checkpoint(files[layout]), weights_of(layout)
    write_sequence(tmp_path / "older.pt", tensors_of(weights))
    write_archive(
        tmp_path / "parallel.pth", {"state_dict": tensors_of({f"module.{n}": w for n, w in weights.items()})}
    )
    safetensors_writer.write(tmp_path / "x.safetensors", {f"generator.{n}": w for n, w in weights.items()})
    for name in ("older.pt", "parallel.pth", "x.safetensors"):
        same_weights(Generator.from_checkpoint(tmp_path / name), expected)
    write_archive(tmp_path / "half.pth", tensors_of(weights, "HalfStorage"))
    same_weights(Generator.from_checkpoint(tmp_path / "half.pth"), expected, 1e-3)


def test_finds_earlier_names(files, tmp_path):
    def earlier(name):
        return (
            name.replace("stage2.ca_", "stage2.b2_")
            .replace("stage2.conv_conv", "stage2.b1_conv")
            .replace("stage2.conv_down", "stage2.b1_down")
        )

    weights = {earlier(n): w for n, w in weights_of("networks").items() if "fuse_weight" not in n}
    write_archive(tmp_path / "x.pth", {"G": tensors_of(weights)})
    same_weights(Generator.from_checkpoint(tmp_path / "x.pth"), Generator.from_checkpoint(files["networks"]))


def test_says_its_configuration(files):
    assert resolve(files["networks"]) == GeneratorConfig(padding="centred")
    assert resolve(files["networks_tf"], fill_size=256) == GeneratorConfig(fill_size=256)
    with pytest.raises(
        UserError, match="networks.pth holds a generator with padding=centred, received padding=same"
    ):
        resolve(files["networks"], padding="same")
    with pytest.raises(UserError, match="guided=false, received guided=true"):
        load_generator(files["networks_tf"], Generator(guided=True))


def test_is_converted(files, in_process, tmp_path):
    flags = f"--checkpoint_dir={files['networks']}", f"--output_dir={tmp_path / 'out'}"
    done = in_process("to_native", *flags)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"wrote {tmp_path / 'out' / 'snap-0'}"
    assert resolve(tmp_path / "out") == GeneratorConfig(padding="centred")
    same_weights(Generator.from_checkpoint(tmp_path / "out"), Generator.from_checkpoint(files["networks"]))
    again = in_process("to_native", *flags)
    assert again.returncode == 1 and "there are checkpoints in" in again.stderr


def test_is_trained_on(files):
    trainer = Trainer(Generator(), DeepFillV2(Discriminator()), make_optimizer(1e-4))
    step = tf.Variable(3, dtype=tf.int64)
    said = restore_training(files["networks_tf"], trainer, step)
    assert said.endswith("networks_tf.pth, which holds the generator alone") and step == 3
    same_weights(trainer.generator, Generator.from_checkpoint(files["networks_tf"]))
    with pytest.raises(UserError, match="padding=centred, received padding=same"):
        restore_training(files["networks"], trainer, step)


def test_is_not_for_the_original(tmp_path):
    trainer = Trainer(Generator(padding="centred"), DeepFillV2(None), make_optimizer(1e-4))
    write_config(tmp_path, config_of(trainer.generator))
    native.training_checkpoint(trainer, tf.Variable(1, dtype=tf.int64)).write(str(tmp_path / "snap-1"))
    with pytest.raises(UserError, match="snap-1 is of padding centred, which the original TF1 code does not"):
        models_of(tmp_path / "snap-1")


def test_fills_by_command(files, in_process, tmp_path):
    golden = golden_of("networks")
    Image.fromarray(golden["image"]).save(tmp_path / "image.png")
    Image.fromarray(golden["mask"] * 255).save(tmp_path / "mask.png")
    done = in_process(
        *("fill", f"--image={tmp_path}/image.png", f"--mask={tmp_path}/mask.png"),
        *(f"--output={tmp_path}/out.png", f"--checkpoint_dir={files['networks']}"),
    )
    assert done.returncode == 0, done.stderr
    hole = golden["mask"] > 0
    expected = (golden["refined"] / 32767 + 1)[hole] * 127.5
    assert np.abs(np.asarray(Image.open(tmp_path / "out.png"))[hole] - expected).max() < 0.51


def changed(weights, **changes):
    return {name: changes.get(name.replace(".", "_"), array) for name, array in weights.items()}


def test_refuses_what_does_not_fit(tmp_path):
    path, weights = tmp_path / "x.pth", weights_of("networks_tf")
    cases = {
        "missing in it: inpaint_net/conv12/bias": {
            n: w for n, w in weights.items() if n != "conv12.conv.bias"
        },
        "unknown to the model: conv18.conv.weight": {**weights, "conv18.conv.weight": np.zeros(3)},
        r"inpaint_net/conv1/kernel is \[5, 5, 6, 48\], the model's is \[5, 5, 5, 48\]": changed(
            weights, conv1_conv_weight=np.zeros((48, 6, 5, 5))
        ),
        r"inpaint_net/conv17/kernel is \[3\], the model's": changed(weights, conv17_conv_weight=np.zeros(3)),
        "holds values that are not finite": changed(weights, conv2_downsample_conv_bias=np.full(96, np.nan)),
    }
    for message, arrays in cases.items():
        write_archive(path, {"G": tensors_of(arrays)})
        with pytest.raises(UserError, match=message):
            Generator.from_checkpoint(path)


@pytest.mark.parametrize(
    "names, message",
    [
        (
            [
                "generator.stage1.encoder.enc1.conv.conv.weight",
                "generator.stage2.decoder.dec7.conv.conv.bias",
            ],
            "x.pth is MMagic's DeepFillv2, which is another network: it gates its output layers, and its "
            "refinement takes five channels",
        ),
        (
            ["conv1.weight", "bn1.bias", "fc.bias", "z"],
            r"x.pth holds no network of deepfillv2-pytorch \(networks_tf.py or networks.py\), but "
            r"conv1.weight, bn1.bias, fc.bias$",
        ),
        ([], "holds no network of deepfillv2-pytorch .* but nothing"),
    ],
)
def test_refuses_other_networks(names, message, tmp_path):
    write_archive(tmp_path / "x.pth", tensors_of({name: np.zeros(2) for name in names}))
    with pytest.raises(UserError, match=message):
        resolve(tmp_path / "x.pth")


@pytest.mark.parametrize("name", ["x.pth", "x.pt", "x.safetensors", "x.keras", "x.h5"])
def test_refuses_what_is_not_there_or_no_such_file(name, tmp_path):
    with pytest.raises(UserError, match=f"no checkpoint at {tmp_path / name}: no such file"):
        Inpainter.from_checkpoint(tmp_path / name)
    (tmp_path / name).write_bytes(b"no such format")
    with pytest.raises(UserError, match=str(tmp_path / name)):
        Inpainter.from_checkpoint(tmp_path / name)


SAVED = ["x.keras", "x.weights.h5"] + KERAS_3 * ["x.h5"]  # which Keras 2 does not write of such models


@pytest.mark.parametrize("name", SAVED)
def test_reads_what_keras_saved(name, tmp_path):
    saved = Generator(padding="reflect")
    golden_data.seed_weights(saved, 5)
    (saved.save_weights if "weights" in name else saved.save)(tmp_path / name)
    asked = "reflect" if "weights" in name else None  # which weights alone do not say
    found = Generator.from_checkpoint(tmp_path / name, padding=asked)
    assert found.padding == "reflect"
    same_weights(found, saved)
    with pytest.raises(UserError, match=name):
        Generator.from_checkpoint(tmp_path / name, network="plain")
