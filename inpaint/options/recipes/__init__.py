"""The options of each recipe: a module here for each one of the same name in `inpaint.training.recipes`."""

import importlib
import pkgutil

from inpaint.options.recipes.recipe import RecipeOptions


def recipes():
    """The options' class of each recipe by the recipe's name, in alphabetical order."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    named = [kind for kind in _all_kinds(RecipeOptions) if "NAME" in vars(kind)]
    return {kind.NAME: kind for kind in sorted(named, key=lambda kind: kind.NAME)}


def _all_kinds(kind):
    return [kind, *(more for below in kind.__subclasses__() for more in _all_kinds(below))]
