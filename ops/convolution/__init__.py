"""Convolutions: plain with a choice of borders, gated, gated on an enlarged map, partial, normalised."""

from ops.convolution.gated_conv import GatedConv
from ops.convolution.gated_deconv import GatedDeconv
from ops.convolution.padded_conv import PaddedConv
from ops.convolution.partial_conv import PartialConv
from ops.convolution.spectral_norm_conv import SpectralNormConv

__all__ = ["GatedConv", "GatedDeconv", "PaddedConv", "PartialConv", "SpectralNormConv"]
