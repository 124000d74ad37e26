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
        "Kind of network: gated convolutions (DeepFillv2), plain or partial ones in the same layout, "
        "DeepFill v1, or the partial convolution paper's U-Net. Default: the checkpoint's, or gated.",
        choices=tuple(NETWORKS),
    )
    guided: bool | None = option(
        None,
        "Whether the network takes a sketch, name_edge.jpg beside each name.ext. Default: as the checkpoint "
        "says, or no.",
    )
    padding: str | None = option(
        None, "Padding of the network's convolutions. Default: the checkpoint's, or same.", choices=PADDINGS
    )

    def requested(self):
        names = ("network", "guided", "padding")
        return {**super().requested(), **{name: getattr(self, name) for name in names}}
