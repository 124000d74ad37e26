"""Partial convolutions: of a map and its mask apart, and of both in one tensor."""

from inpaint.ops.partial.packed_partial_conv import PackedPartialConv, PackedPartialUpsamplingConv
from inpaint.ops.partial.partial_conv import PartialConv

__all__ = ["PackedPartialConv", "PackedPartialUpsamplingConv", "PartialConv"]
