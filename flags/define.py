"""How options become flags, and flags options."""

import os

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
            named.setdefault(name, {})[kind] = field
    # A command's own options come first, those that it shares with others last.
    for name, fields in sorted(named.items(), key=lambda item: _depth(*item)):
        _define(values, name, fields)


def _owner(name, kind):
    """The class that an option of a kind is written in."""
    return next(each for each in kind.__mro__ if name in vars(each).get("__annotations__", {}))


def _depth(name, fields):
    kind = next(iter(fields))
    return kind.__mro__.index(_owner(name, kind))


def _define(values, name, fields):
    """Define the flag of an option, a dict of the kinds that have it and their fields."""
    options = {kind: field.metadata["option"] for kind, field in fields.items()}
    first, option = next(iter(fields.values())), next(iter(options.values()))
    text, default = option.help, first.default
    if len({each.help for each in options.values()}) > 1:
        text = " ".join(f"{kind.NAME}: {each.help}" for kind, each in options.items())
    if option.needs:
        text += f" Needs --{option.needs}."
    if len({field.default for field in fields.values()}) > 1:
        listed = (f"{field.default} ({kind.NAME})" for kind, field in fields.items())
        text, default = f"{text} Default: {', '.join(listed)}.", None
    choices = dict.fromkeys(word for each in options.values() for word in each.choices or ())
    default = list(default) if isinstance(default, tuple) else default
    if not choices:
        _DEFINE[type_of(first)](name, default, text, flag_values=values)
    else:
        kind = flags.DEFINE_multi_enum if type_of(first) is tuple else flags.DEFINE_enum
        kind(name, default, list(choices), text, case_sensitive=False, flag_values=values)
    values[name].help = text  # without what absl adds
    # Read by `inpaint.cli.help`.
    names = [kind.NAME for kind in fields if hasattr(kind, "NAME")]
    owner = _owner(name, next(iter(fields)))
    values[name].group = f"Recipe {' and '.join(names)}" if names else vars(owner).get("GROUP")
    common = vars(owner).get("COMMON", owner.COMMON if names else None)
    values[name].common = common is None or name in common
    for earlier in option.earlier:  # the same flag, which the help shows once
        values[earlier] = values[name]


def requested(values, kind):
    """The options of a kind that the user set, as a dict."""
    return {name: _plain(values[name].value) for name in options_of(kind) if values[name].present}


def _plain(value):
    """A flag's value, lists as tuples. Shells leave the home folder in --flag=~/path as it is."""
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return os.path.expanduser(value) if isinstance(value, str) and value.startswith("~/") else value


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
