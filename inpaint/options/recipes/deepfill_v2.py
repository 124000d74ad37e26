"""DeepFillv2's training (Yu et al., ICCV 2019): reconstruction, and a hinge loss on scores."""

import dataclasses

from inpaint.errors import UserError
from inpaint.options.option import option
from inpaint.options.recipes.recipe import AdversarialOptions


@dataclasses.dataclass(frozen=True)
class DeepFillV2Options(AdversarialOptions):
    """Options of the recipe `deepfill_v2`."""

    NAME = "deepfill_v2"

    gan: str = option(
        "sngan",
        "Discriminator: the original's SN-PatchGAN (sngan), heads on pretrained --gan_features that learn "
        "faster (projected), or none.",
        choices=("sngan", "projected", "none"),
    )
    gan_features: str | None = option(
        None,
        "Pretrained features for --gan=projected: the file that convert_features writes.",
        recorded=False,
    )
    gan_with_mask: bool = option(True, "Show the mask to the discriminator.")
    ae_loss: bool = option(True, "Train the generator on the reconstruction loss.")
    l1_loss: bool = option(True, "Compute the reconstruction loss.")
    l1_loss_alpha: float = option(1.0, "Weight of the reconstruction loss.", least=0)
    known_weight: float = option(
        1.0, "Weight of known pixels in the reconstruction loss; that of the hole is 1.", least=0
    )
    split_frequencies: bool = option(
        False,
        "Apply the adversarial loss only to fine detail of brightness in the hole, and the reconstruction "
        "loss to the rest.",
    )

    structure_loss_alpha: float = option(
        0.0,
        "With --gan=projected, weight of the distance of the coarser features, of the results of all stages.",
        least=0,
    )

    @property
    def has_discriminator(self):
        return self.gan != "none"

    def check(self):
        super().check()
        reconstructs = self.ae_loss and self.l1_loss
        if not self.has_discriminator:
            self.check_left_out("split_frequencies")
            if not reconstructs:
                raise UserError("--gan=none needs --ae_loss and --l1_loss: there is nothing to train on")
        if self.gan_gradient_ratio and not reconstructs:
            raise UserError(
                "--gan_gradient_ratio needs --ae_loss and --l1_loss: there is nothing to adapt to"
            )
        if self.split_frequencies and not self.l1_loss:
            raise UserError("--split_frequencies needs --l1_loss: there is nothing to divide")
        if self.gan == "projected":
            if not self.gan_features:
                raise UserError(
                    "--gan=projected needs pretrained features: --gan_features, see docs/training.md"
                )
            if self.discriminator_learning_rate is None:
                raise UserError(
                    "--gan=projected needs an Adam of its own: give --discriminator_learning_rate"
                )
            return
        for name in ("gan_features", "structure_loss_alpha"):
            if getattr(self, name):
                raise UserError(f"--{name} is for --gan=projected, received --gan={self.gan}")
