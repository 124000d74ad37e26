"""Convolutions: plain with a choice of borders, and gated, both also of an enlarged map; normalised."""

from inpaint.ops.convolution.gated_conv import GatedConv
from inpaint.ops.convolution.gated_deconv import GatedDeconv
from inpaint.ops.convolution.padded_conv import PaddedConv
from inpaint.ops.convolution.padded_deconv import PaddedDeconv
from inpaint.ops.convolution.spectral_norm_conv import SpectralNormConv

__all__ = ["GatedConv", "GatedDeconv", "PaddedConv", "PaddedDeconv", "SpectralNormConv"]
