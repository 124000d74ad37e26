"""Run a command by name, importing only its module."""

import sys

import inpaint
from inpaint.cli.process import run, show

PROGRAM = "deepfillv2"
# Module and one-line description of each command. In a module, `define(flags)` defines the flags and
# `main(flags)` runs the command.
COMMANDS = {
    "fill": ("inpaint.commands.fill", "fill the hole in an image"),
    "fill_list": ("inpaint.commands.fill_list", "fill many images"),
    "fill_many": ("inpaint.commands.fill_many", "fill a million images with Ray"),
    "demo": ("inpaint.commands.demo", "serve a page for drawing and filling holes"),
    "site": ("inpaint.commands.site", "write the page as files for any web space, where browsers fill"),
    "visualize": ("inpaint.commands.visualize", "draw gates and attention of a fill"),
    "train": ("inpaint.commands.train", "train the network"),
    "evaluate": ("inpaint.commands.evaluate", "measure the quality of filled holes"),
    "export": ("inpaint.commands.export", "write a SavedModel, or a model for LiteRT or ONNX"),
    "make_flist": ("inpaint.commands.tools.make_flist", "create the file lists of a dataset"),
    "make_sketches": ("inpaint.commands.tools.make_sketches", "create the sketches of a guided dataset"),
    "average_snapshots": ("inpaint.commands.tools.average_snapshots", "average the checkpoints of a run"),
    "convert_features": (
        "inpaint.commands.tools.convert_features",
        "convert pretrained features for train --gan=projected",
    ),
    "to_native": ("inpaint.commands.tools.to_native", "convert a file of Keras or PyTorch to a checkpoint"),
    "to_tf1": ("inpaint.commands.tools.to_tf1", "convert a checkpoint for the original TF1 code"),
}


def main(arguments=None):
    """`deepfillv2 COMMAND --flags` or `python -m inpaint COMMAND --flags`. Command names may have dashes.

    Args:
        arguments: list of command line arguments. Default: those of this process.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    name = arguments[0].replace("-", "_") if arguments else "help"
    if name in COMMANDS:
        run_command(name, arguments[1:], f"{PROGRAM} {arguments[0]}")
    elif name.lstrip("_") in ("h", "help"):
        show(_usage())
    elif name in ("__version", "version"):
        print(f"{PROGRAM} {inpaint.__version__}")
    else:
        print(f"error: no command {arguments[0]!r}: choose one of {', '.join(COMMANDS)}", file=sys.stderr)
        sys.exit(1)


def run_command(name, arguments=None, program=None):
    """Run a command; root scripts such as test.py only call this.

    Args:
        name: one of `COMMANDS`.
        arguments: list of command line arguments. Default: those of this process.
        program: name of the program in the help. Default: that of this process.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    run(COMMANDS[name][0], arguments, program or f"python {sys.argv[0]}")


def _usage():
    width = max(map(len, COMMANDS))
    lines = (f"  {name:{width}}  {summary}" for name, (_, summary) in COMMANDS.items())
    return "\n".join(
        [f"usage: {PROGRAM} COMMAND --flags", "", *lines, "", f"{PROGRAM} COMMAND --help lists the flags."]
    )
