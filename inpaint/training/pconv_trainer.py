"""The training of the partial convolution paper, without a discriminator (Liu et al., ECCV 2018)."""

import dataclasses

import tensorflow as tf

from inpaint.discriminators.absent import NoDiscriminator
from inpaint.losses.partial import hole_and_valid, perceptual, style, total_variation
from inpaint.training.base_trainer import BaseTrainer


@dataclasses.dataclass(frozen=True)
class PConvOptions:
    """Weights of the losses; the paper's (equation 9).

    Attributes:
        valid_loss_alpha: of known pixels.
        hole_loss_alpha: of the hole's pixels.
        tv_loss_alpha: of the differences of neighbours in and around the hole.
        perceptual_loss_alpha: of the distance of VGG-16's features.
        style_loss_alpha: of the distance of their Gram matrices.
    """

    valid_loss_alpha: float = 1.0
    hole_loss_alpha: float = 6.0
    tv_loss_alpha: float = 0.1
    perceptual_loss_alpha: float = 0.05
    style_loss_alpha: float = 120.0


class PConvTrainer(BaseTrainer):
    """Trains a generator alone, by the losses in `inpaint.losses.partial`.

    They are computed on the network's own range, [-1, 1]. Of a generator with two stages, the losses of
    pixels are those of both stages, as in DeepFillv2; the others look at the refined result.

    Args:
        generator: what `make_generator` returns.
        losses: a `PConvOptions`.
        vgg: a `VggFeatures`, or None: the perceptual and style losses are left out.
        options: further arguments of `BaseTrainer`, but not `gan` and `discriminator_optimizer`.
    """

    def __init__(self, generator, losses=PConvOptions(), vgg=None, **options):
        super().__init__(generator, NoDiscriminator(generator.guided), gan=False, **options)
        self.losses = losses
        self.vgg = vgg

    def loss_settings(self):
        """What weighs the losses: dict of plain values by their flags' names."""
        return {"gan": "pconv", "vgg_weights": self.vgg is not None, **dataclasses.asdict(self.losses)}

    def generator_gradients(self, images, masks, sketches=None):
        """Losses and gradients of the generator's update.

        Args:
            images: [N, H, W, 3] float32 in [-1, 1], BGR.
            masks: [N or 1, H, W, 1], 1 in the hole.
            sketches: [N, H, W, 1], 1 on lines; needed if guided.

        Returns:
            (dict of float32 scalars: `g_loss`, the weighted sum, and its terms without their weights,
            `valid_loss`, `hole_loss`, `tv_loss` and, with VGG-16, `perceptual_loss` and `style_loss`;
            gradients, scaled where float16 needs it).
        """
        masks = tf.cast(masks, tf.float32)
        variables = self.generator.trainable_variables
        with tf.GradientTape() as tape:
            result = self.forward(images, masks, sketches, training=True)
            refined, completed = result["refined"], result["completed"]
            pixels = [hole_and_valid(images, stage, masks) for stage in self.stages_of(result)]
            hole, valid = map(tf.add_n, zip(*pixels))
            losses = {"valid_loss": valid, "hole_loss": hole, "tv_loss": total_variation(completed, masks)}
            if self.vgg:
                real, *drawn = map(self.vgg, (images, refined, completed))
                losses["perceptual_loss"] = tf.add_n([perceptual(maps, real) for maps in drawn])
                losses["style_loss"] = tf.add_n([style(maps, real) for maps in drawn])
            weighted = [getattr(self.losses, f"{name}_alpha") * loss for name, loss in losses.items()]
            g_loss = tf.add_n(weighted)
            scaled = self._scaled(g_loss, self.optimizer)
        return {"g_loss": g_loss, **losses}, tape.gradient(scaled, variables)
