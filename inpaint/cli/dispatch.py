"""From a command's name to its module, which alone is imported."""

import importlib
import sys

import inpaint
from inpaint.cli.process import run

PROGRAM = "deepfillv2"
# A command's module and what it does, in one line. In a module, `define(flags)` defines the flags and
# `main(flags)` does the work.
COMMANDS = {
    "fill": ("inpaint.commands.fill", "fill the hole in an image"),
    "fill_list": ("inpaint.commands.fill_list", "fill many images"),
    "demo": ("inpaint.commands.demo", "open a page to draw holes on"),
    "visualize": ("inpaint.commands.visualize", "draw gates and attention while an image is filled"),
    "train": ("inpaint.commands.train", "train the network"),
    "evaluate": ("inpaint.commands.evaluate", "measure how well holes are filled"),
    "export": ("inpaint.commands.export", "write a SavedModel or an ONNX model"),
    "make_flist": ("inpaint.commands.tools.make_flist", "make the file lists of a dataset"),
    "make_sketches": ("inpaint.commands.tools.make_sketches", "draw the sketches of a guided dataset"),
    "average_snapshots": ("inpaint.commands.tools.average_snapshots", "average the checkpoints of a run"),
    "to_tf1": ("inpaint.commands.tools.to_tf1", "convert a checkpoint for the original TF1 code"),
}


def main(arguments=None):
    """`deepfillv2 COMMAND --flags`, or `python -m inpaint COMMAND --flags`. Dashes in names work too.

    Args:
        arguments: the words after the program's name; by default this process's.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    name = arguments[0].replace("-", "_") if arguments else "help"
    if name in COMMANDS:
        run_command(name, arguments[1:], f"{PROGRAM} {arguments[0]}")
    elif name.lstrip("_") in ("h", "help"):
        print(_usage())
    elif name in ("__version", "version"):
        print(f"{PROGRAM} {inpaint.__version__}")
    else:
        print(f"error: no command {arguments[0]!r}: choose one of {', '.join(COMMANDS)}", file=sys.stderr)
        sys.exit(1)


def run_command(name, arguments=None, program=None):
    """Run one command; root scripts such as test.py are this and nothing else.

    Args:
        name: one of `COMMANDS`.
        arguments: its flags; by default this process's.
        program: what the help shows as the program's name; by default this process's.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    run(importlib.import_module(COMMANDS[name][0]), arguments, program or f"python {sys.argv[0]}")


def _usage():
    width = max(map(len, COMMANDS))
    lines = (f"  {name:{width}}  {told}" for name, (_, told) in COMMANDS.items())
    return "\n".join(
        [f"usage: {PROGRAM} COMMAND --flags", "", *lines, "", f"{PROGRAM} COMMAND --help lists the flags."]
    )
