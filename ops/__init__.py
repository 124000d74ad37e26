"""Layers and tensor functions of the network. Nothing here knows of files or pictures."""

from ops.attention import ContextualAttention
from ops.flow_wheel import flow_picture
from ops.gated_conv import GatedConv
from ops.gated_deconv import GatedDeconv
from ops.nearest import resize_nearest
from ops.padded_conv import PaddedConv
from ops.spectral_norm_conv import SpectralNormConv

__all__ = [
    "ContextualAttention",
    "GatedConv",
    "GatedDeconv",
    "PaddedConv",
    "SpectralNormConv",
    "flow_picture",
    "resize_nearest",
]
