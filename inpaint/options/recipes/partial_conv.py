"""The partial convolution paper's training (Liu et al., ECCV 2018), without a discriminator."""

import dataclasses

from inpaint.options.option import option
from inpaint.options.recipes.recipe import RecipeOptions


@dataclasses.dataclass(frozen=True)
class PartialConvOptions(RecipeOptions):
    """Options of the recipe `partial_conv`: weights of the losses, by default the paper's (equation 9)."""

    NAME = "partial_conv"

    valid_loss_alpha: float = option(1.0, "Weight of the loss of known pixels.", least=0)
    hole_loss_alpha: float = option(6.0, "Weight of the loss of the hole's pixels.", least=0)
    tv_loss_alpha: float = option(0.1, "Weight of the total variation in and around the hole.", least=0)
    vgg_weights: str | None = option(
        None,
        "Keras' VGG-16 weights, a _notop.h5 file, for the perceptual and style losses. Default: none, train "
        "without these losses.",
        recorded=False,
    )
    perceptual_loss_alpha: float = option(
        0.05,
        "Weight of the perceptual loss: the distance of VGG-16's features.",
        least=0,
        needs="vgg_weights",
    )
    style_loss_alpha: float = option(
        120.0, "Weight of the style loss: the distance of their Gram matrices.", least=0, needs="vgg_weights"
    )

    def recorded(self):
        return {**super().recorded(), "vgg_weights": bool(self.vgg_weights)}
