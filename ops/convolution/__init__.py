"""Convolutions: plain with a choice of borders, and gated, both also of an enlarged map; normalised."""

from inpaint.ops.convolution.gated_conv import GatedConv
from inpaint.ops.convolution.gated_upsampling_conv import GatedUpsamplingConv
from inpaint.ops.convolution.padded_conv import PaddedConv
from inpaint.ops.convolution.spectral_norm_conv import SpectralNormConv
from inpaint.ops.convolution.upsampling_conv import UpsamplingConv

__all__ = ["GatedConv", "GatedUpsamplingConv", "PaddedConv", "UpsamplingConv", "SpectralNormConv"]
