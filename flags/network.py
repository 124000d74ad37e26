"""The flags that describe a generator, as it is trained and as it is used."""

from absl import flags

from inpaint.checkpoints.config import PADDINGS, settle, settle_folder


def define(values):
    flags.DEFINE_bool(
        "guided",
        False,
        "The generator takes a sketch, name_edge.jpg beside each name.ext, if not in the "
        "checkpoint's config.json.",
        flag_values=values,
    )
    flags.DEFINE_float(
        "edge_threshold", 0.6, "A sketch's value / 255 above this is a line.", 0, 1, flag_values=values
    )
    flags.DEFINE_enum(
        "padding",
        "SAME",
        [padding.upper() for padding in PADDINGS],
        "Padding of the generator's convolutions, if not in the checkpoint's config.json.",
        case_sensitive=False,
        flag_values=values,
    )


def given(values, name):
    """A flag's value if the user gave it, else None."""
    return values[name].value if values[name].present else None


def follow_checkpoint(values, path):
    """Set --guided and --padding to what a checkpoint says, unless the user gave them.

    Args:
        values: parsed flags.
        path: what --checkpoint_dir takes; None for the bundled weights.

    Raises:
        UserError: no checkpoint there, or the user gave something that it contradicts.
    """
    _set(values, settle(path, given(values, "guided"), given(values, "padding")))


def follow_folder(values, folder):
    """As `follow_checkpoint`, for all checkpoints in a folder, which may be missing."""
    _set(values, settle_folder(folder, given(values, "guided"), given(values, "padding")))


def _set(values, config):
    values.guided, values.padding = config.guided, config.padding.upper()
