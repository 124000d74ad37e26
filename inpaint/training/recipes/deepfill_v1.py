"""DeepFill v1's losses: Wasserstein critics, and reconstruction around a box (Yu et al., CVPR 2018)."""

import tensorflow as tf

from inpaint.discriminators.critics import Critics
from inpaint.losses.wasserstein import cut_out, discounts, gradient_penalty
from inpaint.options.recipes.deepfill_v1 import DeepFillV1Options
from inpaint.training.recipes.recipe import Recipe, Term


def make(options, examples, precision):
    """The recipe with new critics, in float32 as their penalty needs it; arguments as of `make_recipe`."""
    patch = (examples.box.height, examples.box.width)
    critics = Critics(examples.size, patch) if options.has_discriminator else None
    return DeepFillV1(critics, options, patch)


class DeepFillV1(Recipe):
    """The losses of sections 3.2 and 3.3.

    They look at the box that the hole lies in. A batch holds, beside `image` and `mask`, the corner of each
    `box`, and in `mixing` where between a real and a completed image each critic's penalty is taken.

    Args:
        critics: the `Critics`, or None.
        options: a `DeepFillV1Options`.
        patch: (height, width) of the boxes. Default: what the local critic sees.
    """

    def __init__(self, critics, options=DeepFillV1Options(), patch=None):
        super().__init__(options, critics)
        self.patch = patch or critics.patch

    def check(self, generator):
        super().check(generator)
        if self.options.pretrain_coarse_network and generator.architecture.stages == 1:
            raise ValueError(f"network {generator.network} has no coarse network to pretrain")

    def stages(self, stages):
        return stages[:1] if self.options.pretrain_coarse_network else stages

    def generator_terms(self, batch, result):
        options, known, discount = self.options, 1 - result.mask, 1.0
        if options.discounted_mask:
            discount = discounts(self.patch, options.spatial_discounting_gamma)
        weights = [options.coarse_l1_alpha, 1.0]
        if not options.pretrain_coarse_network:
            weights = weights[-len(result.stages) :]
        l1_loss = ae_loss = tf.constant(0.0)
        for weight, stage in reversed(list(zip(weights, result.stages))):
            error = tf.abs(batch["image"] - stage)
            l1_loss += weight * tf.reduce_mean(self._cut(error, batch) * discount)
            ae_loss += weight * tf.reduce_mean(error * known)
        ae_loss /= tf.reduce_mean(known)
        terms = [
            Term("l1_loss", l1_loss, options.l1_loss_alpha),
            Term("ae_loss", ae_loss, options.ae_loss_alpha * options.ae_loss),
        ]
        if self.discriminator:
            score = self.discriminator.score
            local = score("local", self._cut(result.completed, batch))
            whole = score("global", result.completed)
            loss = -(options.global_wgan_loss_alpha * tf.reduce_mean(whole) + tf.reduce_mean(local))
            terms.append(Term("gan_loss", loss, adversarial=True))
        return terms

    def discriminator_terms(self, batch, completed):
        mask, terms, penalties = tf.cast(batch["mask"], tf.float32), [], []
        seen = {
            "local": [self._cut(x, batch) for x in (batch["image"], completed, mask)],
            "global": [batch["image"], completed, mask],
        }
        for index, (side, (real, fake, hole)) in enumerate(seen.items()):
            real_scores, fake_scores = tf.split(self.discriminator.score(side, tf.concat([real, fake], 0)), 2)
            terms.append(Term(f"d_{side}", tf.reduce_mean(fake_scores - real_scores)))
            critic = self._critic(side)
            penalties.append(gradient_penalty(critic, real, fake, hole, batch["mixing"][:, index]))
        return [*terms, Term("gp_loss", self.options.wgan_gp_lambda * tf.add_n(penalties))]

    def _cut(self, x, batch):
        return cut_out(x, batch["box"], self.patch)

    def _critic(self, side):
        return lambda images: self.discriminator.score(side, images)
