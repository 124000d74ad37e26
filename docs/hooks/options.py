"""What griffe cannot see: names that `inpaint` imports when they are used, and what the help says of options."""

import ast

import griffe


class Options(griffe.Extension):
    def on_package(self, *, pkg, **kwargs):
        if pkg.name != "inpaint":
            return
        for name, module in ast.literal_eval(str(pkg["_MODULES"].value)).items():
            pkg.set_member(name, griffe.Alias(name, f"{module}.{name}"))
        for module in _modules(pkg["options"]):
            for kind in module.classes.values():
                for attribute in kind.attributes.values():
                    _describe(attribute)


def _modules(module):
    return [module, *(more for below in module.modules.values() for more in _modules(below))]


def _describe(attribute):
    """Give an attribute that is an option the docstring and value that its field has."""
    value = attribute.value
    if isinstance(value, griffe.ExprName):  # an option that several kinds share, such as PRECISION
        value = attribute.modules_collection[value.canonical_path].value
    if isinstance(value, griffe.ExprCall) and value.function.name in ("option", "with_default"):
        default, text = value.arguments[:2]
        if value.function.name == "with_default":
            default, text = text, repr(f"As of `AdversarialOptions.{attribute.name}`.")
        attribute.value = default
        attribute.docstring = griffe.Docstring(ast.literal_eval(str(text)), parent=attribute)
