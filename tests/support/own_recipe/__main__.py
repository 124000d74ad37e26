"""The program with a recipe of the name `contrast`, as a package of its own would add it."""

import pathlib

from support.own_recipe.options import ContrastOptions

import inpaint.training.recipes
from inpaint.cli.dispatch import main


class NamedOptions(ContrastOptions):
    NAME = "contrast"


inpaint.training.recipes.__path__.append(str(pathlib.Path(__file__).parent))  # where contrast.py is
main()
