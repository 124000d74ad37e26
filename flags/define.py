"""How options become flags, and flags options."""

from absl import flags

from inpaint.errors import UserError
from inpaint.options.option import options_of, type_of

_DEFINE = {
    bool: flags.DEFINE_bool,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
    tuple: flags.DEFINE_list,
}


def define(values, *kinds):
    """Define the flags of kinds of `Options`. One that several kinds have in common is a single flag.

    Args:
        values: `absl.flags.FlagValues`.
        kinds: dataclasses. The help shows the defaults of each where they differ.
    """
    named = {}
    for kind in kinds:
        for name, field in options_of(kind).items():
            named.setdefault(name, []).append((kind, field))
    for name, found in named.items():
        _define(values, name, found)


def _define(values, name, found):
    first, option = found[0][1], found[0][1].metadata["option"]
    defaults = {field.default for _, field in found}
    default = first.default if len(defaults) == 1 else None
    text = (
        option.help
        if len({field.metadata["option"].help for _, field in found}) == 1
        else " ".join(f"{kind.NAME}: {field.metadata['option'].help}" for kind, field in found)
    )
    if option.needs:
        text += f" Needs --{option.needs}."
    if len(defaults) > 1:
        text += f" Default: {', '.join(f'{field.default} ({kind.NAME})' for kind, field in found)}."
    choices = [word for _, field in found for word in field.metadata["option"].choices or ()]
    if choices:
        flags.DEFINE_enum(
            name, default, list(dict.fromkeys(choices)), text, case_sensitive=False, flag_values=values
        )
    else:
        default = list(default) if isinstance(default, tuple) else default
        _DEFINE[type_of(first)](name, default, text, flag_values=values)
    # Read by the help, see `inpaint.cli.help`.
    names = [kind.NAME for kind, _ in found if not kind.GROUP]
    values[name].group = f"Recipe {' and '.join(names)}" if names else found[0][0].GROUP
    values[name].common = any(field.metadata["option"].common for _, field in found)


def requested(values, kind):
    """The options of a kind that the user set, as a dict."""
    found = {name: values[name].value for name in options_of(kind) if values[name].present}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def parsed(values, kind):
    """Parsed flags as options.

    Raises:
        UserError: a flag is out of its bounds, contradicts others, or was set without what it needs.
    """
    found = requested(values, kind)
    options = kind(**found)
    for name in found:
        needs = options_of(kind)[name].metadata["option"].needs
        if needs and not getattr(options, needs):
            raise UserError(f"--{name} needs --{needs}, without which it has no effect")
    return options
