"""Running a command: flags, help, error messages and exit status."""

import errno
import functools
import importlib
import io
import logging
import math
import os
import re
import signal
import sys
import warnings

from absl import flags

from inpaint.cli.help import help_text
from inpaint.errors import Note, Stopped, UserError
from inpaint.flags.define import define, parsed
from inpaint.flags.flag_file import expanded

_HELP = ("-h", "-help", "--help", "--helpshort", "--helpfull")


def run(module, arguments, program):
    """Run a command and exit if it fails.

    A UserError is printed as one line, with exit status 1. A run that was stopped by a signal, and has
    saved its state, exits with one line and the status that shells use for this signal.

    Args:
        module: name of a module with a dataclass `Options` and `main(options)`; its docstring begins the
            help. `define(values)` and `parse(values)`, if it has them, replace the dataclass. One with
            `RETIRED_FLAGS`, flags of the version before, says what replaces them. In one with
            `ARGUMENTS`, the name of a flag of several values, these can also follow without its name.
        arguments: list of command line arguments.
        program: name of the program in the help.
    """
    _prepare_streams()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = 1
    try:
        _run(importlib.import_module(module), arguments, program)
        sys.stdout.flush()
        return
    except UserError as error:
        message = f"error: {error}"
    except Stopped as stop:
        message, status = str(stop), 128 + stop.signal  # as a shell reports a signal
    except KeyboardInterrupt:
        logging.disable()  # TensorFlow complains about results that nobody took
        message, status = "error: interrupted", 128 + signal.SIGINT
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        message = f"error: cannot write the output: {error.strerror}"
        _discard_output()
    # Outside of the handlers, where no traceback keeps objects alive.
    print(message, file=sys.stderr)
    sys.exit(status)


def _discard_output():
    """Send what is still to be written, at exit at the latest, nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(command, arguments, program):
    values = flags.FlagValues()
    define_flags(command, values)
    if any(argument in _HELP for argument in arguments):
        show(help_text(command, values, program, full="--helpfull" in arguments))
        return
    _parse(values, arguments, program, command)
    # Pillow warns about irregularities in files that it reads nevertheless.
    warnings.filterwarnings("ignore", module="PIL")
    warnings.filterwarnings("default", category=Note)
    warnings.showwarning = functools.partial(_show_warning, warnings.showwarning)
    options = command.parse(values) if hasattr(command, "parse") else parsed(values, command.Options)
    command.main(options)


def show(text):
    """Print a text for a reader who may stop reading, as `head` and pagers do."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _discard_output()


def define_flags(command, values):
    """Define the flags of a command, a module, on `absl.flags.FlagValues`."""
    if hasattr(command, "define"):
        command.define(values)
    else:
        define(values, command.Options)


def _show_warning(otherwise, message, category, *where, **options):
    """Print a `Note` in one line, any other warning as Python does."""
    if category is Note:
        warn(f"note: {message}")
    else:
        otherwise(message, category, *where, **options)


def _prepare_streams():
    """Let a process print into the void if its streams are closed, and any text in any encoding."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))
        if isinstance(getattr(sys, name), io.TextIOWrapper):  # tests put others in their place
            getattr(sys, name).reconfigure(errors="backslashreplace")


def warn(line):
    """Print a warning for the user to stderr."""
    print(line, file=sys.stderr)


def _parse(values, arguments, program, command):
    retired, named = getattr(command, "RETIRED_FLAGS", {}), getattr(command, "ARGUMENTS", None)
    values.set_gnu_getopt(bool(named))  # flags may follow arguments
    try:
        rest = values([program, *expanded(arguments)])[1:]
        if rest and named and not values[named].present:
            values[named].parse(rest)
            rest = []
    except (flags.Error, ValueError) as error:  # ValueError: --noflag=value
        message = str(error)
        for name, instead in retired.items():
            if f"'{name}'" in message or f"'no{name}'" in message or f"--{name}:" in message:
                raise UserError(f"--{name} is gone: {instead}") from error
        raise UserError(f"{_reworded(message)} (--help lists the flags)") from error
    if rest:
        raise UserError(f"unexpected argument {rest[0]!r}: write --FLAG={rest[0]} (--help lists the flags)")
    for name, value in values.flag_values_dict().items():
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"--{name} must be a finite number, received {value}")
        if value == "" and values[name].default != "":
            raise UserError(f"--{name} is empty: give a value, or leave the flag out")


def _reworded(message):
    """An error of absl in plainer words."""
    if missing := re.search(r"Flag (--\w+) must have a value", message):
        return f"{missing[1]} is required"
    message = re.sub(
        r"\('Non-boolean argument to boolean flag', (.*)\)", r"true or false expected, not \1", message
    )
    message = message.replace("invalid literal for int() with base 10: ", "a whole number expected, not ")
    message = message.replace("could not convert string to float: ", "a number expected, not ")
    return re.sub("^(ERROR:: |flags .*?: )", "", message)
