"""Recipes: which discriminator a training has, and the terms of each model's loss."""

import importlib


def make_recipe(options, examples, precision="float32"):
    """A recipe by its options.

    Args:
        options: the options of a recipe, in `inpaint.options.recipes`.
        examples: an `ExampleOptions`, of the examples that it is trained on.
        precision: dtype policy of the generator that it trains.

    Returns:
        A `Recipe`, with a new discriminator if it has one.

    Raises:
        UserError: a file of pretrained weights that the options name cannot be read.
    """
    module = importlib.import_module(f"inpaint.training.recipes.{options.NAME}")
    return module.make(options, examples, precision)
