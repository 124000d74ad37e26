"""The partial convolution paper's losses, without a discriminator (Liu et al., ECCV 2018)."""

import tensorflow as tf

from inpaint.losses.partial import hole_and_valid, perceptual, style, total_variation
from inpaint.losses.vgg import VggFeatures
from inpaint.options.recipes.partial_conv import PartialConvOptions
from inpaint.training.recipes.recipe import Recipe, Term


def make(options, examples, precision):
    """The recipe, with VGG-16 if the options name its weights; arguments as of `make_recipe`."""
    return PartialConv(options, VggFeatures(options.vgg_weights) if options.vgg_weights else None)


class PartialConv(Recipe):
    """The losses of section 3.3, computed on the network's own range, [-1, 1].

    Of a network with two stages, the losses of pixels are those of both, as in DeepFillv2; the others see the
    refined result.

    Args:
        options: a `PartialConvOptions`.
        vgg: a `VggFeatures`, or None: the perceptual and style losses are left out.
    """

    def __init__(self, options=PartialConvOptions(), vgg=None):
        super().__init__(options)
        self.vgg = vgg

    def generator_terms(self, batch, result):
        options = self.options
        pixels = [hole_and_valid(batch["image"], stage, result.mask) for stage in result.stages]
        hole, valid = map(tf.add_n, zip(*pixels))
        terms = [
            Term("valid_loss", valid, options.valid_loss_alpha),
            Term("hole_loss", hole, options.hole_loss_alpha),
            Term("tv_loss", total_variation(result.completed, result.mask), options.tv_loss_alpha),
        ]
        if self.vgg:
            real, *drawn = map(self.vgg, (batch["image"], result.stages[-1], result.completed))
            distances = [
                tf.add_n([distance(maps, real) for maps in drawn]) for distance in (perceptual, style)
            ]
            terms.append(Term("perceptual_loss", distances[0], options.perceptual_loss_alpha))
            terms.append(Term("style_loss", distances[1], options.style_loss_alpha))
        return terms
