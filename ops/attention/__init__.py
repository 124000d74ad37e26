"""Contextual attention: the layer, and how it is computed for small maps and for any size."""

from ops.attention.contextual_attention import ContextualAttention

__all__ = ["ContextualAttention"]
