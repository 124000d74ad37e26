"""DeepFill v1's training: Wasserstein critics and losses around a box (Yu et al., CVPR 2018)."""

import dataclasses

import tensorflow as tf

from inpaint.losses.wasserstein import cut_out, discounts, gradient_penalty
from inpaint.models.generator import complete
from inpaint.training.base_trainer import BaseTrainer


@dataclasses.dataclass(frozen=True)
class WganOptions:
    """Weights of the losses, named as the original's settings.

    Attributes:
        coarse_l1_alpha: of the coarse result in the reconstruction losses.
        ae_loss_alpha: of the reconstruction loss of known pixels.
        wgan_gp_lambda: of the gradient penalties.
        global_wgan_loss_alpha: of the global critic's score in the generator's loss.
        spatial_discounting_gamma: discount for each pixel of distance from known ones; see `discounts`.
        discounted_mask: Whether the box's pixels are discounted.
        pretrain_coarse_network: Whether to train the coarse network alone, without critics.
    """

    coarse_l1_alpha: float = 1.2
    ae_loss_alpha: float = 1.2
    wgan_gp_lambda: float = 10.0
    global_wgan_loss_alpha: float = 1.0
    spatial_discounting_gamma: float = 0.9
    discounted_mask: bool = True
    pretrain_coarse_network: bool = False


class WganTrainer(BaseTrainer):
    """Trains a generator and a pair of `Critics`.

    The losses look at the box that the hole lies in: all boxes have the size of the critics' patch. A batch
    holds, beside images and masks, the corners of the boxes, and where between a real and a completed image
    the gradient penalty of either critic is taken.

    Args:
        generator: a `Generator` that is not guided.
        critics: its `Critics`.
        losses: a `WganOptions`.
        l1_loss_alpha: weight of the reconstruction loss in the box.
        gan_loss_alpha: weight of the adversarial loss.
        ae_loss: Whether known pixels are part of the generator's loss.
        options: further arguments of `BaseTrainer`.

    Raises:
        ValueError: `losses` asks to train the coarse network alone, and the generator has one stage.
    """

    def __init__(
        self,
        generator,
        critics,
        losses=WganOptions(),
        l1_loss_alpha=1.2,
        gan_loss_alpha=0.001,
        ae_loss=True,
        **options,
    ):
        if losses.pretrain_coarse_network and generator.architecture.stages == 1:
            raise ValueError(f"network {generator.network} has no coarse network to pretrain")
        super().__init__(generator, critics, gan=not losses.pretrain_coarse_network, **options)
        self.losses = losses
        self.l1_loss_alpha = l1_loss_alpha
        self.gan_loss_alpha = gan_loss_alpha
        self.ae_loss = ae_loss

    def loss_settings(self):
        """What weighs the losses: dict of plain values by their flags' names."""
        own = {name: getattr(self, name) for name in ("l1_loss_alpha", "gan_loss_alpha", "ae_loss")}
        return {**own, **dataclasses.asdict(self.losses)}

    def inputs_of(self, batch):
        return batch[:2]

    def discriminator_gradients(self, images, masks, corners, mixing, completed=None):
        """Losses and gradients of the critics' update.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR, of the critics' size.
            masks: [N or 1, H, W, 1], 1 in the hole.
            corners: int32 [N or 1, 2], (top, left) of the boxes.
            mixing: float32 [N, 2] in [0, 1), where the local and the global penalty are taken.
            completed: the generator's images, if they are known already: it does not run again.

        Returns:
            (dict of float32 scalars: `d_loss` and its parts `d_local`, `d_global` and `gp_loss`; gradients,
            scaled where float16 needs it).
        """
        if completed is None:
            completed = self.forward(images, masks, training=True)["completed"]
        masks = tf.cast(masks, tf.float32)
        looks = {
            "local": (self._cut(images, corners), self._cut(completed, corners), self._cut(masks, corners)),
            "global": (images, completed, masks),
        }
        with tf.GradientTape() as tape:
            losses, penalties = {}, []
            for index, (side, (real, fake, hole)) in enumerate(looks.items()):
                scores = self.discriminator.look_at(side, tf.concat([real, fake], axis=0))
                real_scores, fake_scores = tf.split(scores, 2)
                losses[f"d_{side}"] = tf.reduce_mean(fake_scores - real_scores)
                critic = self._critic(side)
                penalties.append(gradient_penalty(critic, real, fake, hole, mixing[:, index]))
            losses["gp_loss"] = self.losses.wgan_gp_lambda * tf.add_n(penalties)
            losses["d_loss"] = tf.add_n(list(losses.values()))
            scaled = self._scaled(losses["d_loss"], self.discriminator_optimizer)
        return losses, tape.gradient(scaled, self.discriminator.trainable_variables)

    def generator_gradients(self, images, masks, corners, mixing, before_scores=None):
        """Losses and gradients of the generator's update.

        Args:
            images, masks, corners, mixing: as in `discriminator_gradients`.
            before_scores: called with the completed images before they are scored, or None.

        Returns:
            (dict of float32 scalars: `g_loss`, the reconstruction losses of the box `l1_loss` and of known
            pixels `ae_loss`; gradients, scaled where float16 needs it).
        """
        options = self.losses
        known = 1 - tf.cast(masks, tf.float32)
        discount = 1.0
        if options.discounted_mask:
            discount = discounts(self.discriminator.patch, options.spatial_discounting_gamma)
        with tf.GradientTape() as tape:
            result = self.forward(images, masks, training=True)
            if before_scores:
                with tape.stop_recording():
                    before_scores(result["completed"])
            stages = list(zip((1.0, options.coarse_l1_alpha), self.stages_of(result)[::-1]))
            if options.pretrain_coarse_network:
                stages = stages[1:]
            l1_loss, ae_loss = tf.constant(0.0), tf.constant(0.0)
            for weight, stage in stages:
                error = tf.abs(images - stage)
                l1_loss += weight * tf.reduce_mean(self._cut(error, corners) * discount)
                ae_loss += weight * tf.reduce_mean(error * known)
            ae_loss /= tf.reduce_mean(known)
            g_loss = self.l1_loss_alpha * l1_loss
            if self.ae_loss:
                g_loss += options.ae_loss_alpha * ae_loss
            if self.gan:
                completed = result["completed"]
                local = self.discriminator.look_at("local", self._cut(completed, corners))
                whole = self.discriminator.look_at("global", completed)
                score = options.global_wgan_loss_alpha * tf.reduce_mean(whole) + tf.reduce_mean(local)
                g_loss -= self.gan_loss_alpha * score
            scaled = self._scaled(g_loss, self.optimizer)
        variables = self.generator.trainable_variables
        gradients = tape.gradient(scaled, variables)
        # The refinement network has none while the coarse one is trained alone.
        gradients = [tf.zeros(v.shape) if g is None else g for g, v in zip(gradients, variables)]
        return {"g_loss": g_loss, "l1_loss": l1_loss, "ae_loss": ae_loss}, gradients

    def forward(self, images, masks, sketches=None, generator=None, training=False):
        """As `BaseTrainer.forward`, but while it is trained alone, the coarse network completes the image."""
        result = super().forward(images, masks, sketches, generator, training)
        if self.losses.pretrain_coarse_network:
            masks = tf.cast(masks, tf.float32)
            result["completed"] = complete(result["coarse"], result["incomplete"], masks)
        return result

    def _cut(self, x, corners):
        return cut_out(x, corners, self.discriminator.patch)

    def _critic(self, side):
        return lambda images: self.discriminator.look_at(side, images)
