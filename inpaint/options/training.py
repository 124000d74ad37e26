"""A training run as it was asked for, complete."""

import dataclasses

from inpaint.options.examples import ExampleOptions
from inpaint.options.recipes.recipe import RecipeOptions
from inpaint.options.run import RunOptions


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """All that a run needs, with the preset's and the checkpoint's choices in it.

    Attributes:
        config: the network's `GeneratorConfig`.
        recipe: the recipe's options.
        run: a `RunOptions` with a `log_dir`.
        examples: an `ExampleOptions`.
        source: where the training images come from, for the user.
        paths, validation_paths: lists of images; the second may be empty.
    """

    config: object
    recipe: RecipeOptions
    run: RunOptions
    examples: ExampleOptions
    source: str
    paths: list
    validation_paths: list
