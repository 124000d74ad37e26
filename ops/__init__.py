"""Layers and tensor functions of the network. Nothing here knows about files or image formats."""

import ops.keras_compat  # noqa: F401  # first: it refuses other backends than TensorFlow
from ops.attention import ContextualAttention
from ops.batch_norm import BatchNorm
from ops.convolution import GatedConv, GatedDeconv, PaddedConv, PaddedDeconv, SpectralNormConv
from ops.flow_wheel import flow_image
from ops.nearest import enlarge_nearest, resize_nearest
from ops.partial import PackedPartialConv, PackedPartialDeconv, PartialConv

__all__ = [
    "BatchNorm",
    "ContextualAttention",
    "GatedConv",
    "GatedDeconv",
    "PackedPartialConv",
    "PackedPartialDeconv",
    "PaddedConv",
    "PaddedDeconv",
    "PartialConv",
    "SpectralNormConv",
    "enlarge_nearest",
    "flow_image",
    "resize_nearest",
]
