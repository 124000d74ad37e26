"""The flags of a generator, for training and for filling."""

from absl import flags

from inpaint.checkpoints.config import resolve, resolve_folder
from inpaint.models.architecture import NETWORKS, PADDINGS


def define(values):
    flags.DEFINE_enum(
        "network",
        "gated",
        list(NETWORKS),
        "Kind of network, if not given by the checkpoint's config.json: gated convolutions (DeepFillv2), "
        "plain or partial ones in the same layout, DeepFill v1, or the partial convolution paper's U-Net.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "guided",
        False,
        "Whether the generator takes a sketch, name_edge.jpg beside each name.ext, if not given by the "
        "checkpoint's config.json.",
        flag_values=values,
    )
    flags.DEFINE_float(
        "edge_threshold",
        0.6,
        "Sketch pixels with value / 255 above this are lines.",
        0,
        1,
        flag_values=values,
    )
    flags.DEFINE_enum(
        "padding",
        "SAME",
        [padding.upper() for padding in PADDINGS],
        "Padding of the generator's convolutions, if not given by the checkpoint's config.json.",
        case_sensitive=False,
        flag_values=values,
    )


def given(values, name):
    """Return the value of a flag if the user set it, else None."""
    return values[name].value if values[name].present else None


def requested(values):
    """Return what the user set of a generator's configuration, arguments of `resolve`."""
    return {name: given(values, name) for name in ("guided", "padding", "network")}


def follow_checkpoint(values, path):
    """Set --network, --guided and --padding as in a checkpoint's config, unless the user set them.

    Args:
        values: parsed flags.
        path: folder or prefix of the checkpoint; None for the bundled weights.

    Raises:
        UserError: if there is no checkpoint, or if it contradicts the user's flags.
    """
    _set(values, resolve(path, **requested(values)))


def follow_folder(values, folder):
    """As `follow_checkpoint`, for all checkpoints in a folder, which need not exist; None for no folder."""
    _set(values, resolve_folder(folder, **requested(values)))


def _set(values, config):
    values.guided, values.padding, values.network = config.guided, config.padding.upper(), config.network
