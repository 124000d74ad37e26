"""DeepFillv2's losses: reconstruction, and a hinge loss on scores (Yu et al., ICCV 2019)."""

import tensorflow as tf

from inpaint.discriminators.pretrained_features import PretrainedFeatures
from inpaint.discriminators.projected import ProjectedDiscriminator
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.losses.deepfill import discriminator_hinge, generator_hinge, mean, reconstruction
from inpaint.losses.frequencies import highpass, lowpass
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes.recipe import Recipe, Term

# Of --split_frequencies, sigmas in pixels: the adversarial loss moves what is finer than the first, the
# reconstruction loss leaves alone what is finer than the second.
_ADVERSARIAL, _RECONSTRUCTION = 6.0, 2.0
_STRUCTURE = 2  # the first map of features, at a stride of 8, whose distance is one of structure


def make(options, examples, precision):
    """The recipe with a new discriminator; arguments as of `make_recipe`."""
    if options.gan == "none":
        return DeepFillV2(None, options)
    guided, with_mask = examples.guided, options.gan_with_mask
    if options.gan == "projected":
        features = PretrainedFeatures(options.gan_features)
        return DeepFillV2(ProjectedDiscriminator(features, guided, with_mask), options)
    # Not float16, in which an Adam of its own would have to scale its loss, too.
    policy = precision if precision == "mixed_bfloat16" else "float32"
    return DeepFillV2(Discriminator(guided, with_mask, dtype=policy), options)


class DeepFillV2(Recipe):
    """The losses of equation 3 and section 3.3; with pretrained features their distance, too.

    Args:
        discriminator: a `Discriminator` or `ProjectedDiscriminator`, or None.
        options: a `DeepFillV2Options`.
    """

    def __init__(self, discriminator=None, options=DeepFillV2Options()):
        super().__init__(options, discriminator)

    def generator_terms(self, batch, result):
        options, terms = self.options, []
        if options.l1_loss:
            weights = result.mask + options.known_weight * (1 - result.mask)
            weights *= options.l1_loss_alpha
            loss = reconstruction(batch["image"], *result.stages, weights=weights)
            terms.append(Term("ae_loss", loss, float(options.ae_loss)))
        if self.discriminator is None:
            return terms
        # The original scores the real images along with these; nothing depends on it.
        (fake,), shares, _ = self.discriminator.score([result.completed], result.mask, batch.get("sketch"))
        terms.append(Term("gan_loss", generator_hinge(fake, shares), adversarial=True))
        if isinstance(self.discriminator, ProjectedDiscriminator):
            alpha, mask = options.structure_loss_alpha, result.mask
            completed = result.all_completed if alpha else [result.completed]
            distances = self.discriminator.features.distances(batch["image"], completed, mask)
            terms.append(Term("perceptual_distance", tf.add_n(distances[-1]), adversarial=True))
            if alpha:
                coarse = [distance for stage in distances for distance in stage[_STRUCTURE:]]
                terms.append(Term("structure_loss", tf.add_n(coarse), alpha))
        return terms

    def discriminator_terms(self, batch, completed):
        images = [batch["image"], completed]
        scores, shares, negative = self.discriminator.score(images, batch["mask"], batch.get("sketch"))
        real, fake = discriminator_hinge(*scores, shares)
        return [
            Term("d_loss_real", real, 0.5),
            Term("d_loss_fake", fake, 0.5),
            Term("separation", 1 - (0.5 * real + 0.5 * fake), 0),
            Term("score_real", mean(scores[0], shares), 0),
            Term("score_fake", mean(scores[1], shares), 0),
            *(Term(f"negative_conv{i}", share, 0) for i, share in enumerate(negative, start=1)),
        ]

    def filter_gradients(self, adversarial, others, mask):
        if not self.options.split_frequencies:
            return adversarial, others
        return highpass(adversarial, mask, _ADVERSARIAL), lowpass(others, mask, _RECONSTRUCTION)
