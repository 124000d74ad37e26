"""What a generator makes of a batch."""

import typing

import tensorflow as tf

from inpaint.models.generator import complete


class Filled(typing.NamedTuple):
    """What a generator makes of a batch.

    Attributes:
        incomplete: [N, H, W, 3] float32, the images with zeros in the hole.
        mask: [N or 1, H, W, 1] float32, 1 in the hole.
        stages: tuple of [N, H, W, 3] float32, the results of the network's stages.
        offsets: [N, H / 8, W / 8, 2] int32, of the attention; None without one.
    """

    incomplete: tf.Tensor
    mask: tf.Tensor
    stages: tuple
    offsets: tf.Tensor | None

    @property
    def all_completed(self):
        """The images with their holes filled by each stage, a list of [N, H, W, 3]."""
        return [self._completed_by(stage) for stage in self.stages]

    @property
    def completed(self):
        """The last of them."""
        return self._completed_by(self.stages[-1])

    def _completed_by(self, stage):
        return complete(stage, self.incomplete, self.mask)
