"""How every command starts, reads its flags and fails."""

import math
import re
import signal
import sys
import textwrap
import warnings

from absl import flags

from inpaint.errors import Stopped, UserError

_HELP = ("-h", "-help", "--help", "--helpshort", "--helpfull")


def run(command, arguments, program):
    """Parse a command's flags, run its `main(flags)` and end the process if that fails.

    What the user can fix becomes one line and exit status 1; a run that was stopped by a signal and
    saved ends with one line and the status that shells give to that signal.

    Args:
        command: a module with `define(flags)` and `main(flags)`; its docstring is the help's first part.
        arguments: list of strings.
        program: the program's name for the help.
    """
    values = flags.FlagValues()
    command.define(values)
    if any(argument in _HELP for argument in arguments):
        print(_help(command, values, program))
        return
    status = 1
    try:
        _parse(values, arguments, program)
        # Oddities in files that are read all the same.
        warnings.filterwarnings("ignore", module="PIL")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        command.main(values)
        return
    except UserError as error:
        message = f"error: {error}"
    except Stopped as stop:
        message, status = str(stop), 128 + stop.signal  # as a shell reports a signal
    except KeyboardInterrupt:
        message, status = "error: interrupted", 128 + signal.SIGINT
    # Out here, where no traceback keeps anything alive.
    print(message, file=sys.stderr)
    sys.exit(status)


def warn(line):
    """Tell the user of something that does not end the command."""
    print(line, file=sys.stderr)


def _parse(values, arguments, program):
    try:
        rest = values([program, *arguments])[1:]
    except flags.Error as error:
        missing = re.search(r"Flag (--\w+) must have a value", str(error))
        what = f"{missing[1]} is required" if missing else str(error).removeprefix("ERROR:: ")
        raise UserError(f"{what} (--help lists the flags)") from error
    if rest:
        raise UserError(f"unexpected argument {rest[0]!r}: options start with --")
    for name, value in values.flag_values_dict().items():
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"--{name} must be a finite number, received {value}")


def _help(command, values, program):
    lines = [command.__doc__.strip(), "", f"usage: {program} --flags", ""]
    for flag in sorted({values[name].name: values[name] for name in values}.values(), key=lambda f: f.name):
        kind = "|".join(getattr(flag.parser, "enum_values", None) or []) or flag.flag_type()
        name = f"--[no]{flag.name}" if kind == "bool" else f"--{flag.name}={kind}"
        default = "" if flag.default is None else f" Default: {flag.default_as_str}."
        lines.append(f"  {name}")
        told = " ".join(f"{flag.help}{default}".split())
        lines += textwrap.wrap(told, 100, initial_indent="      ", subsequent_indent="      ")
    return "\n".join([*lines, "", "  --flagfile=FILE reads further flags from a file, one a line."])
