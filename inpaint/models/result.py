"""What a network returns."""

import typing

import tensorflow as tf


class Result(typing.NamedTuple):
    """The result of a pass.

    Attributes:
        stages: the outputs of the network's stages, first to last, each a feature map of the plan: by
            default [N, H, W, 3] float32, BGR. The last one is in [-1, 1] unless nothing limits it. Two for a
            `Generator`, of the coarse and the refinement network; one for a `PConvUNet`.
        offsets: offsets of the best matches in the attention (`flow_image` draws them), int32
            [N, H / 8, W / 8, 2], or a list of them, one for each window of an `AroundHole`; None without
            attention.
    """

    stages: tuple
    offsets: tf.Tensor | list | None

    @property
    def refined(self):
        """The output of the last stage, which fills the hole."""
        return self.stages[-1]

    def named(self):
        """The tensors as a dict: `refined`, and `coarse` and `offsets` where the network has them."""
        named = dict(zip(("coarse", "refined")[-len(self.stages) :], self.stages))
        return named if self.offsets is None else {**named, "offsets": self.offsets}
