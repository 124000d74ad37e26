"""This project's network with all scores and patches at once, and everything computed everywhere."""

import sys

from benchmarks.measuring.measure import ROOT
from benchmarks.programs import this

sys.path.append(str(ROOT / "tests"))

import tensorflow as tf
from support import naive_attention

from inpaint.ops import ContextualAttention


class NaiveAttention(ContextualAttention):
    """Computes all scores of an image at once and ignores the window."""

    def call(self, foreground, background, mask, window=None):
        f, b = (tf.cast(x, tf.float32) for x in (foreground, background))
        output = naive_attention.attention(f, b, mask)
        return tf.cast(output, foreground.dtype), None


def filler(precision, **scale):
    inpainter = this.filler(precision, hole_only=False, **scale)
    inpainter.generator.contextual_attention = NaiveAttention(dtype=precision)
    return inpainter
