"""Layers and tensor functions of the network. Nothing here knows about files or image formats."""

import inpaint.ops.keras_compat  # noqa: F401  # first: it refuses other backends than TensorFlow
from inpaint.ops.attention import ContextualAttention
from inpaint.ops.batch_norm import BatchNorm
from inpaint.ops.convolution import (
    GatedConv,
    GatedUpsamplingConv,
    PaddedConv,
    SpectralNormConv,
    UpsamplingConv,
)
from inpaint.ops.flow_wheel import flow_image
from inpaint.ops.gaussian import gaussian_blur
from inpaint.ops.nearest import enlarge_nearest, resize_nearest
from inpaint.ops.partial import PackedPartialConv, PackedPartialUpsamplingConv, PartialConv
from inpaint.ops.smooth_extension import border, smooth_extension

__all__ = [
    "BatchNorm",
    "ContextualAttention",
    "GatedConv",
    "GatedUpsamplingConv",
    "PackedPartialConv",
    "PackedPartialUpsamplingConv",
    "PaddedConv",
    "UpsamplingConv",
    "PartialConv",
    "SpectralNormConv",
    "border",
    "enlarge_nearest",
    "flow_image",
    "gaussian_blur",
    "resize_nearest",
    "smooth_extension",
]
