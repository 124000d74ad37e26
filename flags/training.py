"""The flags of training, and the options of a run that they become."""

import dataclasses
import pathlib

from absl import flags

from inpaint.checkpoints.config import resolve, resolve_folder
from inpaint.errors import UserError
from inpaint.flags.define import define as define_options
from inpaint.flags.define import parsed, requested
from inpaint.flags.examples import example_options, image_sources
from inpaint.models.architecture import NETWORKS
from inpaint.options.examples import BoxOptions, ExampleOptions, SourceOptions
from inpaint.options.network import NetworkOptions
from inpaint.options.option import options_of
from inpaint.options.recipes import recipes
from inpaint.options.recipes.recipe import RecipeOptions
from inpaint.options.run import RunOptions

_DEFAULT = "deepfill_v2"
# Flags of the version before, and what replaces them.
RETIRED = {
    "gan_loss_alpha_max": "the adapted weight is at most 1",
    "discriminator_precision": "discriminators always compute in float32",
    "perceptual_weight": "--gan=projected always adds the distance of its features",
    "feature_gain": "give --scaled_init",
    "gan_highpass": "give --split_frequencies",
    "l1_lowpass": "give --split_frequencies",
    "stall_seconds": "a missing batch is reported every minute",
    "keep_every_hours": "raise --keep_checkpoints",
}


@dataclasses.dataclass(frozen=True)
class Training:
    """A run as it was asked for, completed from the preset and the checkpoint that it goes on from.

    Attributes:
        config: the network's `GeneratorConfig`.
        recipe: the recipe's options.
        run: a `RunOptions`.
        examples: an `ExampleOptions`.
        training, validation: where the images come from, file lists or folders; the second may be None.
    """

    config: object
    recipe: RecipeOptions
    run: RunOptions
    examples: ExampleOptions
    training: str
    validation: str | None


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


def resolved(values):
    """The flags as a `Training`.

    Raises:
        UserError: flags contradict each other, or the checkpoint that the run goes on from.
    """
    source, run, recipe = parsed(values, SourceOptions), parsed(values, RunOptions), _recipe(values)
    run = dataclasses.replace(run, log_dir=run.log_dir or f"logs/{source.dataset}")
    config = _config(run, requested(values, NetworkOptions))
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
    training, validation = image_sources(source, run.val)
    return Training(config, recipe, run, examples, training, validation)


def _config(run, requested):
    """The configuration of the network that is continued, started from, or new."""
    if any(pathlib.Path(run.log_dir).glob("snap-*.index")):
        return resolve_folder(run.log_dir, **requested)
    if run.model_restore:
        return resolve(run.model_restore, **requested)
    return resolve_folder(None, **requested)


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
