"""What griffe does not see: names that `inpaint` imports lazily, the help of options, calls of layers."""

import ast
import re

import griffe

_CALL = re.compile(r"^ *Call arguments(.*):\n((?: +.*\n?)+)", re.MULTILINE)


class Docstrings(griffe.Extension):
    def on_object(self, *, obj, **kwargs):
        """List the arguments of a layer's call; griffe has sections for those of functions only."""
        if obj.docstring:
            text = _CALL.sub(_listed, obj.docstring.value)
            obj.docstring.value = text.replace("\nExample:\n", "\nExamples:\n")

    def on_package(self, *, pkg, **kwargs):
        if pkg.name != "inpaint":
            return
        for name, module in ast.literal_eval(str(pkg["_MODULES"].value)).items():
            pkg.set_member(name, griffe.Alias(name, f"{module}.{name}"))
        for module in _modules(pkg["options"]):
            for kind in (each for each in module.classes.values() if not each.is_alias):
                for attribute in kind.attributes.values():
                    _describe(attribute)


def _listed(section):
    entries = re.sub(r"^    (\w[\w, ]*):", r"- **\1**:", section[2], flags=re.MULTILINE)
    return f"**Call arguments{section[1]}:**\n\n{entries}\n"


def _modules(module):
    return [module, *(more for below in module.modules.values() for more in _modules(below))]


def _describe(attribute):
    """Give an attribute that is an option the docstring and the default of its field."""
    value = attribute.value
    if isinstance(value, griffe.ExprName):  # an option that several kinds share, such as PRECISION
        value = attribute.modules_collection[value.canonical_path].value
    if isinstance(value, griffe.ExprCall) and str(value.function) in ("option", "with_default"):
        default, text = value.arguments[:2]
        if str(value.function) == "with_default":
            default, text = text, repr(f"As of `AdversarialOptions.{attribute.name}`.")
        attribute.value = default
        text = ast.literal_eval(str(text)).replace("<", r"\<")  # no HTML
        attribute.docstring = griffe.Docstring(text, parent=attribute)
