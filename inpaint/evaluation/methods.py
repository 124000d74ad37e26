"""The ways of filling that are compared."""

import typing

import numpy as np

from inpaint.evaluation.baselines import BASELINES


class Method(typing.NamedTuple):
    """One way to fill holes.

    Attributes:
        told: what it is, in words; numbers of another thing must not be mixed in.
        fill: function of (uint8 [N, H, W, 3], uint8 [N, H, W] {0, 1}, float32 [N, H, W] or None for
            the sketches) to uint8 [N, H, W, 3].
    """

    told: str
    fill: typing.Callable


def baselines():
    """dict of name -> `Method` of those that learn nothing."""
    return {name: Method(fill.__doc__, _one_by_one(fill)) for name, fill in BASELINES.items()}


def _one_by_one(fill):
    def fill_batch(images, masks, sketches):
        return np.stack([fill(image, mask) for image, mask in zip(images, masks)])

    return fill_batch
