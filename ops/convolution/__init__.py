"""Convolutions: plain with a choice of borders, and gated, both also of an enlarged map; normalised."""

from ops.convolution.gated_conv import GatedConv
from ops.convolution.gated_deconv import GatedDeconv
from ops.convolution.padded_conv import PaddedConv
from ops.convolution.padded_deconv import PaddedDeconv
from ops.convolution.spectral_norm_conv import SpectralNormConv

__all__ = ["GatedConv", "GatedDeconv", "PaddedConv", "PaddedDeconv", "SpectralNormConv"]
