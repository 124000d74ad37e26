"""What the flags of train become, without TensorFlow."""

import pathlib

import pytest
from absl import flags as absl_flags
from support.helpers import ROOT

from inpaint.checkpoints.config import GeneratorConfig, write_config
from inpaint.flags import training
from inpaint.options.examples import BoxOptions
from inpaint.options.recipes.deepfill_v1 import DeepFillV1Options
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.options.recipes.partial_conv import PartialConvOptions


@pytest.fixture
def resolved(tmp_path):
    def resolve(*arguments):
        training.define(values := absl_flags.FlagValues())
        values(["train", "--dataset=sample", f"--log_dir={tmp_path}", *map(str, arguments)])
        return training.parse(values)

    return resolve


def test_the_sample_is_the_bundled_photographs(resolved):
    wanted = resolved("--val")
    found = {pathlib.Path(path).name for path in wanted.paths}
    assert (
        "chelsea.png" in found
        and sorted(wanted.paths) == sorted(wanted.validation_paths)
        and wanted.examples.random_crop
    )


@pytest.mark.parametrize(
    "arguments, recipe",
    [
        ([], DeepFillV2Options()),
        (["--gan=none"], DeepFillV2Options(gan="none")),
        (["--gan=WGAN_GP"], DeepFillV1Options()),
        (["--recipe=deepfill_v1"], DeepFillV1Options(gan_loss_alpha=0.001, discriminator_steps=5)),
        (["--recipe=deepfill_v1", "--gan_loss_alpha=0.5"], DeepFillV1Options(gan_loss_alpha=0.5)),
        (["--recipe=partial_conv"], PartialConvOptions()),
        (["--recipe=partial_conv", "--tv_loss_alpha=2"], PartialConvOptions(tv_loss_alpha=2.0)),
    ],
)
def test_recipes(resolved, arguments, recipe):
    wanted = resolved(*arguments)
    assert wanted.recipe == recipe
    assert wanted.examples.boxes == isinstance(recipe, DeepFillV1Options)


@pytest.mark.parametrize(
    "arguments, scale",
    [
        ([], ("auto", "residual", 96)),
        (["--height=64", "--max_delta_height=8"], ("auto", "residual", 48)),
        (["--fill_size=whole"], ("whole", "none", 96)),
        (["--fill_size=512"], (512, "residual", 96)),
        (["--network=pconv_unet"], ("auto", "none", 96)),
        ([f"--model_restore={ROOT / 'inpaint/weights/photographs'}"], ("auto", "residual", 96)),
        ([f"--mask_flist={ROOT / 'inpaint/examples'}"], ("auto", "residual", 48)),
    ],
)
def test_how_the_network_will_fill(resolved, arguments, scale):
    assert tuple(resolved(*arguments).config.scale().values()) == scale


def test_a_run_keeps_how_it_fills(resolved, tmp_path):
    (tmp_path / "snap-1.index").touch()
    write_config(tmp_path, GeneratorConfig(fill_size=320, hole_width=33))
    assert resolved().config == GeneratorConfig(fill_size=320, hole_width=33)
    assert resolved("--fill_size=auto").config == GeneratorConfig(fill_size="auto", hole_width=33)


def test_defaults_that_differ_are_told():
    training.define(values := absl_flags.FlagValues())
    assert values["gan_loss_alpha"].help.endswith("Default: 1.0 (deepfill_v2), 0.001 (deepfill_v1).")
    assert values["gan"].parser.enum_values == ["sngan", "projected", "none", "wgan_gp"]


def test_the_recipe_of_the_bundled_weights(resolved):
    wanted = resolved(f"--flagfile={ROOT / 'recipes/photographs.flags'}")
    assert wanted.recipe == DeepFillV2Options(
        gan="projected",
        gan_features="efficientnet_lite1.npz",
        gan_loss_alpha=0.02,
        gan_gradient_ratio=16.0,
        discriminator_learning_rate=2e-4,
        discriminator_warmup=150,
        shared_batch=True,
        known_weight=0.3,
        split_frequencies=True,
        structure_loss_alpha=0.01,
    )
    assert (wanted.run.learning_rate, wanted.run.ema, wanted.run.batch_size) == (5e-5, 0.999, 1)
    assert wanted.examples.size == (256, 256) and wanted.examples.box.height == 64


@pytest.mark.parametrize(
    "source, name",
    [
        ("{images}", "images"),
        ("{images}/../my photos.flist", "my photos"),
        ("{images}/", "images"),
        (".", "images"),
        (None, "sample"),
    ],
)
def test_a_run_is_named_after_its_images(images, monkeypatch, source, name):
    (images.parent / "my photos.flist").write_text(f"{images}/0.png\n")
    monkeypatch.chdir(images)
    data = ["--dataset=sample"] if source is None else [f"--data_flist={source.format(images=images)},gone"]
    training.define(values := absl_flags.FlagValues())
    values(["train", *data])
    assert training.parse(values).run.log_dir == f"logs/{name}"


def test_boxes_are_in_proportion_to_the_examples(resolved):
    assert resolved().examples.box == BoxOptions(128, 128, 32, 32, 0, 0)
    assert resolved("--img_shapes=64,128,3").examples.box == BoxOptions(32, 64, 8, 16, 0, 0)
    given = resolved("--img_shapes=64,64,3", "--width=6", "--max_delta_height=0", "--vertical_margin=3")
    assert given.examples.box == BoxOptions(32, 6, 0, 5, 3, 0)
