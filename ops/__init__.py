"""Layers and tensor functions of the network. Nothing here knows of files or images."""

import ops.keras_compat  # noqa: F401  # first: it refuses other backends than TensorFlow
from ops.attention import ContextualAttention
from ops.convolution.gated_conv import GatedConv
from ops.convolution.gated_deconv import GatedDeconv
from ops.convolution.padded_conv import PaddedConv
from ops.convolution.spectral_norm_conv import SpectralNormConv
from ops.flow_wheel import flow_image
from ops.nearest import resize_nearest

__all__ = [
    "ContextualAttention",
    "GatedConv",
    "GatedDeconv",
    "PaddedConv",
    "SpectralNormConv",
    "flow_image",
    "resize_nearest",
]
