"""Layers and tensor functions of the network. Nothing here knows about files or image formats."""

import ops.keras_compat  # noqa: F401  # first: it refuses other backends than TensorFlow
from ops.attention import ContextualAttention
from ops.convolution import GatedConv, GatedDeconv, PaddedConv, PartialConv, SpectralNormConv
from ops.flow_wheel import flow_image
from ops.nearest import resize_nearest

__all__ = [
    "ContextualAttention",
    "GatedConv",
    "GatedDeconv",
    "PaddedConv",
    "PartialConv",
    "SpectralNormConv",
    "flow_image",
    "resize_nearest",
]
