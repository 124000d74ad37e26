"""The site's reference has every public name, and each of them a docstring."""

import importlib
import inspect
import pkgutil
import re

import pytest
from support.helpers import ROOT

import inpaint
import inpaint.ops

PAGES = sorted(ROOT.glob("docs/reference/*.md"))
SHOWN = [name for page in PAGES for name in re.findall(r"^::: (\S+)$", page.read_text(), re.MULTILINE)]
# Keras' own; what they do is described by the class.
INHERITED = {"build", "call", "compute_mask", "compute_output_shape", "get_config", "from_config"}


def public(found):
    """The functions, classes, methods and properties that a page shows of an object, with their names."""
    yield found.__name__, found
    for name, member in vars(found).items() if inspect.isclass(found) or inspect.ismodule(found) else ():
        if name.startswith("_") and name != "__call__" or name in INHERITED:
            continue
        member = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
        if inspect.ismodule(found):
            if getattr(member, "__module__", None) == found.__name__ and hasattr(member, "__name__"):
                yield from ((f"{found.__name__}.{name}", inner) for name, inner in public(member))
        elif isinstance(member, property) or callable(member):
            yield f"{found.__name__}.{name}", member


def undocumented(found):
    return [name for name, member in public(found) if not inspect.getdoc(member)]


def test_public_names_are_in_the_reference():
    wanted = [f"inpaint.{name}" for name in inpaint.__all__]
    wanted += [f"inpaint.ops.{name}" for name in inpaint.ops.__all__]
    assert len(wanted) > 20
    assert not set(wanted) - set(SHOWN)


@pytest.mark.parametrize("package", ["losses", "options", "options.recipes"])
def test_packages_are_in_the_reference(package):
    name = f"inpaint.{package}"
    modules = [
        module.name for module in pkgutil.iter_modules(importlib.import_module(name).__path__, f"{name}.")
    ]
    apart = {"inpaint.options.recipes", "inpaint.options.option", "inpaint.options.precision"}
    assert not set(modules) - set(SHOWN) - apart - {"inpaint.options.training"}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_has_docstrings(name):
    assert not undocumented(pkgutil.resolve_name(name))


def test_names_without_a_docstring_are_found():
    class Layer:
        """A layer."""

        def documented(self):
            """It is."""

        def bare(self):
            pass

        @property
        def size(self):
            return 1

        def call(self):
            pass

    assert undocumented(Layer) == ["Layer.bare", "Layer.size"]
