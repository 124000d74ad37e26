"""What a user may ask of a network; the checkpoint has the last word."""

import dataclasses

from inpaint.models.architecture import NETWORKS, PADDINGS
from inpaint.options.option import Options, option


@dataclasses.dataclass(frozen=True)
class NetworkOptions(Options):
    """A network as it is requested: None leaves an option to the checkpoint, or else to the default."""

    GROUP = "Network"
    COMMON = ("network", "guided")

    network: str | None = option(
        None,
        "Network: DeepFillv2 with gated, plain or partial convolutions, DeepFill v1, or the U-Net of the "
        "partial convolution paper. Default: as the checkpoint says, or gated.",
        choices=tuple(NETWORKS),
    )
    guided: bool | None = option(
        None,
        "Fill along a sketch, by default name_edge.jpg beside each name.ext. Default: as the checkpoint "
        "says, or false.",
    )
    padding: str | None = option(
        None, "Padding of the convolutions. Default: as the checkpoint says, or same.", choices=PADDINGS
    )

    def requested(self):
        names = ("network", "guided", "padding")
        return {**super().requested(), **{name: getattr(self, name) for name in names}}
