"""A recipe from outside: DeepFillv2's losses, and one more."""

import tensorflow as tf

from inpaint.training.recipes import deepfill_v2
from inpaint.training.recipes.recipe import Term


def make(options, examples, precision):
    return Contrast(deepfill_v2.make(options, examples, precision).discriminator, options)


class Contrast(deepfill_v2.DeepFillV2):
    """Asks for as much contrast as the images have."""

    def generator_terms(self, batch, result):
        spread = [tf.math.reduce_std(x) for x in (batch["image"], result.completed)]
        loss = tf.abs(spread[0] - spread[1])
        terms = super().generator_terms(batch, result)
        return [*terms, Term("contrast_loss", loss, self.options.contrast_alpha)]
