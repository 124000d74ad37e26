"""The flags of training, and the options that they become."""

import dataclasses
import os
import pathlib

from absl import flags

from inpaint.checkpoints.config import resolve, resolve_folder
from inpaint.errors import UserError
from inpaint.flags.define import define as define_options
from inpaint.flags.define import parsed
from inpaint.flags.examples import example_options, image_sources
from inpaint.lists.file_lists import image_paths
from inpaint.models.architecture import NETWORKS
from inpaint.options.examples import BoxOptions, SourceOptions
from inpaint.options.filling import fill_size
from inpaint.options.network import NetworkOptions
from inpaint.options.option import options_of
from inpaint.options.recipes import recipes
from inpaint.options.run import RunOptions
from inpaint.options.training import TrainingOptions

_DEFAULT = "deepfill_v2"
# Flags of the version before, and what replaces them.
RETIRED = {
    "gan=pconv": "give --recipe=partial_conv",
    "gan_loss_alpha_max": "the adapted weight is at most 1",
    "discriminator_precision": "--precision=mixed_bfloat16 is that of SN-PatchGAN, too",
    "perceptual_weight": "--gan=projected always adds the distance of its features",
    "feature_gain": "give --scaled_init",
    "gan_highpass": "give --split_frequencies",
    "l1_lowpass": "give --split_frequencies",
    "stall_seconds": "a missing batch is reported every minute",
    "keep_every_hours": "raise --keep_checkpoints",
}


def define(values):
    kinds = dict(sorted(recipes().items(), key=lambda item: item[0] != _DEFAULT))
    define_options(values, SourceOptions, NetworkOptions, RunOptions)
    flags.DEFINE_enum(
        "recipe",
        _DEFAULT,
        list(kinds),
        "What is trained on: the losses of DeepFillv2, of DeepFill v1, or of the partial convolution paper.",
        flag_values=values,
    )
    values["recipe"].group = "Recipe"
    define_options(values, *kinds.values())
    define_options(values, BoxOptions)


def parse(values):
    """The flags as `TrainingOptions`.

    Raises:
        UserError: flags contradict each other, or the checkpoint that the run goes on from; a list of images
            cannot be read.
    """
    source, run, recipe = parsed(values, SourceOptions), parsed(values, RunOptions), _recipe(values)
    training, validation = image_sources(source, run.val)
    name = pathlib.Path(os.path.abspath(training)).stem if source.data_flist else source.dataset
    run = dataclasses.replace(run, log_dir=run.log_dir or f"logs/{name}")
    config = _config(run, parsed(values, NetworkOptions).requested())
    architecture = NETWORKS[config.network]
    run.check_network(architecture, config.network)
    recipe.check_network(architecture, config.guided)
    if recipe.shared_batch and run.jit_compile:
        raise UserError("--shared_batch and --jit_compile exclude each other: leave out one of them")
    if recipe.BOXES and source.mask_flist:
        raise UserError(
            f"--mask_flist is not for --recipe={recipe.NAME}, whose masks are boxes: leave it out"
        )
    examples = example_options(source, parsed(values, BoxOptions), config, recipe.BOXES)
    config = _filling(config, run, examples)
    paths = image_paths(training, run.random_seed, config.guided)
    validation_paths = image_paths(validation, guided=config.guided) if validation else []
    return TrainingOptions(config, recipe, run, examples, training, paths, validation_paths)


def _config(run, requested):
    """The configuration of the network that is continued, started from, or new."""
    if _is_begun(run):
        return resolve_folder(run.log_dir, **requested, fill_size=fill_size(run.fill_size))
    if run.model_restore:
        return resolve(run.model_restore, **requested)
    return resolve_folder(None, **requested)


def _filling(config, run, examples):
    """The configuration with how a new run's network will fill best."""
    if _is_begun(run):
        return config
    size = fill_size(run.fill_size) or "auto"
    detail = "residual" if size != "whole" and NETWORKS[config.network].has_attention else "none"
    if not examples.masks:
        # Strokes are narrower than the box: three quarters of its side are filled well.
        width = max(1, 3 * min(examples.box.height, examples.box.width) // 4)
        config = dataclasses.replace(config, hole_width=width)
    return dataclasses.replace(config, fill_size=size, detail=detail)


def _is_begun(run):
    return any(pathlib.Path(run.log_dir).glob("snap-*.index"))


def _recipe(values):
    """The options of the recipe that --recipe names, or that has the --gan which was asked for."""
    kinds = recipes()
    name = values.recipe
    if not values["recipe"].present and values["gan"].present:
        having = [name for name, kind in kinds.items() if values.gan in _gans(kind)]
        name = having[0] if _DEFAULT not in having else _DEFAULT
    others = {option for kind in kinds.values() for option in options_of(kind)} - set(options_of(kinds[name]))
    for option in sorted(others):
        if values[option].present:
            owners = [f"--recipe={other}" for other, kind in kinds.items() if option in options_of(kind)]
            raise UserError(f"--{option} is for {' or '.join(owners)}, received --recipe={name}")
    return parsed(values, kinds[name])


def _gans(kind):
    field = options_of(kind).get("gan")
    return field.metadata["option"].choices if field else ()
