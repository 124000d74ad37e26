"""Contextual attention.

`ContextualAttention` is the layer; `AttentionOptions` is what it was made with. The work is done by
`dense`, for a batch of small images at once, or by `tiled`, for images of any size in bounded memory.
"""

from inpaint.ops.attention.contextual_attention import ContextualAttention

__all__ = ["ContextualAttention"]
