"""The flags of a network, and what a checkpoint makes of them."""

from inpaint.checkpoints.config import resolve, resolve_folder
from inpaint.flags.define import define as define_options
from inpaint.flags.define import requested
from inpaint.options.network import NetworkOptions


def define(values):
    define_options(values, NetworkOptions)


def resolved(values, path):
    """The `GeneratorConfig` of a checkpoint, which must not contradict the flags.

    Args:
        values: parsed flags.
        path: folder or prefix of the checkpoint; None for the bundled weights.

    Raises:
        UserError: if there is no checkpoint, or if it contradicts the flags.
    """
    return resolve(path, **requested(values, NetworkOptions))


def resolved_folder(values, folder):
    """As `resolved`, for all checkpoints in a folder; None for no folder."""
    return resolve_folder(folder, **requested(values, NetworkOptions))
