"""DeepFillv2's training: reconstruction, and a hinge loss on a discriminator's scores."""

import tensorflow as tf

from inpaint.losses.deepfill import discriminator_hinge, generator_hinge, mean, reconstruction
from inpaint.losses.frequencies import highpass, lowpass, with_filtered_gradient
from inpaint.ops.keras_compat import scale_loss
from inpaint.training.adversarial import Steering
from inpaint.training.base_trainer import BaseTrainer


class Trainer(BaseTrainer):
    """Trains a generator and a `Discriminator` or `ProjectedDiscriminator`.

    Args:
        generator: a `Generator`.
        discriminator: guided like the generator.
        l1_loss_alpha: weight of the reconstruction loss.
        gan_loss_alpha: weight of the adversarial loss; the first one, if it is steered.
        gan_gradient_ratio: steers that weight so that the adversarial gradient at the refined image is this
            share of the reconstruction's; 0: the weight stays.
        gan_loss_alpha_max: the largest weight that is steered to.
        ae_loss: whether the reconstruction loss is part of the generator's loss.
        l1_loss: whether the reconstruction loss is computed; without it `ae_loss` is 0.
        known_weight: weight of a known pixel in the reconstruction loss, where a hole's has 1. The
            original's is 1; a lower one makes the network care more for what will be seen.
        perceptual_weight: adds this many times the perceptual distance to the adversarial loss; both have its
            weight, and are steered together. Needs a `ProjectedDiscriminator`, whose features it uses.
        gan_highpass: sigma in pixels; of the adversarial gradient at the fill only fine changes of brightness
            stay, see `highpass`. 0: all of it.
        l1_lowpass: sigma in pixels; the reconstruction's gradient at the refined fill loses these, see
            `lowpass`. 0: nothing.
        gan: whether there is an adversarial loss.
        options: further arguments of `BaseTrainer`.

    Raises:
        ValueError: one model guided and the other not, no loss at all, nothing to steer by, or no features.
    """

    def __init__(
        self,
        generator,
        discriminator,
        l1_loss_alpha=1.0,
        gan_loss_alpha=1.0,
        ae_loss=True,
        l1_loss=True,
        known_weight=1.0,
        gan=True,
        gan_gradient_ratio=0.0,
        gan_loss_alpha_max=0.1,
        perceptual_weight=0.0,
        gan_highpass=0.0,
        l1_lowpass=0.0,
        **options,
    ):
        if not gan and not (ae_loss and l1_loss):
            raise ValueError("without gan, both ae_loss and l1_loss are needed: there is nothing to train on")
        if gan_gradient_ratio and not (gan and ae_loss and l1_loss):
            raise ValueError(
                "gan_gradient_ratio needs gan, ae_loss and l1_loss: there is nothing to steer by"
            )
        if perceptual_weight and not (gan and hasattr(discriminator, "features")):
            raise ValueError("perceptual_weight needs the features of a ProjectedDiscriminator")
        super().__init__(generator, discriminator, gan, **options)
        self.l1_loss_alpha = l1_loss_alpha
        self.gan_loss_alpha = gan_loss_alpha
        self.ae_loss = ae_loss
        self.l1_loss = l1_loss
        self.known_weight = known_weight
        self.perceptual_weight = perceptual_weight
        self.gan_highpass = gan_highpass
        self.l1_lowpass = l1_lowpass
        if gan_gradient_ratio:
            self.steering = Steering(gan_gradient_ratio, gan_loss_alpha_max, gan_loss_alpha)

    def loss_settings(self):
        """What weighs the losses: dict of plain values by their flags' names."""
        return {
            "gan_loss_alpha": self.gan_loss_alpha,
            "l1_loss_alpha": self.l1_loss_alpha,
            "gan_gradient_ratio": self.steering.ratio if self.steering else 0.0,
            "perceptual_weight": self.perceptual_weight,
            "gan_highpass": self.gan_highpass,
            "l1_lowpass": self.l1_lowpass,
            "known_weight": self.known_weight,
            "ae_loss": self.ae_loss,
            "l1_loss": self.l1_loss,
        }

    def discriminator_gradients(self, images, masks, sketches=None, completed=None):
        """Losses and gradients of the discriminator's update.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR, H and W multiples of 8.
            masks: [N or 1, H, W, 1], 1 in the hole.
            sketches: [N, H, W, 1], 1 on lines; needed if guided.
            completed: the generator's images, if they are known already: it does not run again.

        Returns:
            (dict of float32 scalars: `d_loss` and its halves `d_loss_real` and `d_loss_fake`, the mean scores
            `score_real` and `score_fake`, each layer's share of negative outputs `negative_conv1` and so on;
            gradients, scaled where float16 needs it).
        """
        if completed is None:
            completed = self.forward(images, masks, sketches, training=True)["completed"]
        variables = self.discriminator.trainable_variables
        with tf.GradientTape() as tape:
            scores, shares, negative = self.discriminator.judge([images, completed], masks, sketches)
            real, fake = discriminator_hinge(*scores, shares)
            loss = 0.5 * real + 0.5 * fake
            scaled = self._scaled(loss, self.discriminator_optimizer)
        losses = {"d_loss": loss, "d_loss_real": real, "d_loss_fake": fake}
        losses |= {f"score_{name}": mean(found, shares) for name, found in zip(("real", "fake"), scores)}
        losses |= {f"negative_conv{i}": share for i, share in enumerate(negative, start=1)}
        return losses, tape.gradient(scaled, variables)

    def generator_gradients(self, images, masks, sketches=None, before_scores=None):
        """Losses and gradients of the generator's update.

        Args:
            images, masks, sketches: as in `discriminator_gradients`.
            before_scores: called with the completed images before they are scored, or None.

        Returns:
            (dict of float32 scalars: `g_loss` (adversarial, and reconstruction if `ae_loss`), `ae_loss`, if
            `gan` its weight `gan_loss_alpha`, and two mean absolute gradients at the refined result:
            `g_gradient` of the weighted adversarial loss, with the perceptual distance, and `ae_gradient` of
            the reconstruction loss, before any `l1_lowpass`; gradients, scaled where float16 needs it).
        """
        alpha = self.steering.weight if self.steering else self.gan_loss_alpha
        alpha = tf.convert_to_tensor(alpha, tf.float32)
        variables = self.generator.trainable_variables
        holes = tf.cast(masks, tf.float32)
        weights = self.l1_loss_alpha * (holes + self.known_weight * (1 - holes))
        with tf.GradientTape() as tape:
            result = self.forward(images, masks, sketches, training=True)
            if before_scores:
                with tape.stop_recording():
                    before_scores(result["completed"])
            ae_loss = g_loss = tf.constant(0.0)
            if self.l1_loss:
                *coarse, refined = self.stages_of(result)
                if self.l1_lowpass:
                    refined = with_filtered_gradient(refined, lowpass, holes, self.l1_lowpass)
                ae_loss = reconstruction(images, *coarse, refined, weights=weights)
            if self.gan:
                completed = result["completed"]
                if self.gan_highpass:
                    completed = with_filtered_gradient(completed, highpass, holes, self.gan_highpass)
                # The original scores the real images along with these; nothing depends on it.
                (fake,), shares, _ = self.discriminator.judge([completed], masks, sketches)
                adversarial = generator_hinge(fake, shares)
                if self.perceptual_weight:
                    distance = self.discriminator.features.distance(images, completed, holes)
                    adversarial += self.perceptual_weight * distance
                g_loss = alpha * adversarial
            if self.ae_loss:
                g_loss += ae_loss
            scaled = self._scaled(g_loss, self.optimizer)
        gradients = tape.gradient(scaled, variables + [result["refined"]])

        at_refined = gradients.pop()
        ae_gradient = tf.zeros_like(at_refined)
        if self.l1_loss:
            ae_gradient = tf.sign(result["refined"] - images) * weights
            ae_gradient /= tf.cast(tf.size(images), tf.float32) * self.strategy.num_replicas_in_sync
        at_refined /= scale_loss(self.optimizer, tf.constant(1.0))
        ae_part = lowpass(ae_gradient, holes, self.l1_lowpass) if self.l1_lowpass else ae_gradient
        losses = {
            "g_loss": g_loss,
            "ae_loss": ae_loss,
            "g_gradient": tf.reduce_mean(tf.abs(at_refined - ae_part * float(self.ae_loss))),
            "ae_gradient": tf.reduce_mean(tf.abs(ae_gradient)),
        }
        if self.gan:
            losses["gan_loss_alpha"] = alpha
        if self.perceptual_weight:
            losses["perceptual_distance"] = distance
        return losses, gradients
