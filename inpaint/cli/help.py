"""The help of a command, from its flags."""

import textwrap

_KINDS = {"comma separated list of strings": "a,b,..."}


def help_text(command, values, program, full=False):
    """What `--help` prints.

    Args:
        command: the command's module; its docstring begins the help.
        values: `absl.flags.FlagValues`. A flag with an attribute `group` stands below that heading; one whose
            attribute `common` is False is for the full help.
        program: name of the program.
        full: whether to show all flags.
    """
    flags = list({values[name].name: values[name] for name in values}.values())
    shown = [flag for flag in flags if full or getattr(flag, "common", True)]
    groups = {}
    for flag in shown:
        groups.setdefault(getattr(flag, "group", None), []).append(flag)
    lines = [command.__doc__.strip(), "", f"usage: {program} --flags", ""]
    for group, members in groups.items():
        lines += [f"{group}:"] if group else []
        for flag in members:
            lines += _entry(flag)
        lines.append("")
    lines.append("  --flagfile=FILE reads more flags from a file, one per line.")
    if len(shown) < len(flags):
        lines.append("  --helpfull shows all flags.")
    return "\n".join(lines)


def _entry(flag):
    choices = getattr(flag.parser, "enum_values", None)
    kind = "|".join(choices) if choices else _KINDS.get(flag.flag_type(), flag.flag_type())
    text = flag.help.removeprefix(f"<{kind}>: ")
    default = ",".join(flag.default) if isinstance(flag.default, list) else (flag.default_as_str or "")[1:-1]
    if default:
        text += f" Default: {default}."
    return [f"  --[no]{flag.name}" if kind == "bool" else f"  --{flag.name}={kind}", *_wrapped(text, 6)]


def _wrapped(text, indent):
    return textwrap.wrap(text, 100, initial_indent=" " * indent, subsequent_indent=" " * indent)
