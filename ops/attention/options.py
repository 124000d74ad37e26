"""The options of contextual attention, as one object."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class AttentionOptions:
    """What a `ContextualAttention` is made with.

    Attributes:
        kernel_size: odd side of the patches that are compared.
        rate: factor by which both maps are reduced before they are compared.
        fuse: whether neighbouring scores are added, so that neighbours copy from neighbours.
        fuse_kernel_size: odd length of the diagonal along which neighbouring scores are added.
        softmax_scale: factor on the scores before the softmax.
        memory_budget: bytes that the score matrices may take together.
        align_corners: how both maps and the mask are reduced, see `resize_nearest`.

    Raises:
        ValueError: an option out of its range, naming the option and the value.
    """

    kernel_size: int
    rate: int
    fuse: bool
    fuse_kernel_size: int
    softmax_scale: float
    memory_budget: int
    align_corners: bool

    def __post_init__(self):
        for name in ("kernel_size", "fuse_kernel_size"):
            size = getattr(self, name)
            if size < 1 or size % 2 == 0:
                raise ValueError(f"{name} must be odd and positive, received {size}")
        if self.rate < 1:
            raise ValueError(f"rate must be positive, received {self.rate}")

    @property
    def fuse_taps(self):
        """How many scores the fuse adds up in each direction; 1 for no fuse."""
        return self.fuse_kernel_size if self.fuse else 1
