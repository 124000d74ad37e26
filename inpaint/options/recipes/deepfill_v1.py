"""DeepFill v1's training (Yu et al., CVPR 2018): Wasserstein critics, and losses around a box."""

import dataclasses

from inpaint.errors import UserError
from inpaint.options.option import option, options_of, with_default
from inpaint.options.recipes.recipe import AdversarialOptions


@dataclasses.dataclass(frozen=True)
class DeepFillV1Options(AdversarialOptions):
    """Options of the recipe `deepfill_v1`, named as the original's settings."""

    NAME = "deepfill_v1"
    BOXES = True
    BETA_2 = 0.9

    gan: str = option("wgan_gp", "Discriminator: a global and a local critic.", choices=("wgan_gp",))
    gan_loss_alpha: float = with_default(options_of(AdversarialOptions)["gan_loss_alpha"], 0.001)
    discriminator_steps: int = with_default(options_of(AdversarialOptions)["discriminator_steps"], 5)
    l1_loss_alpha: float = option(1.2, "Weight of the reconstruction loss of the box.", least=0)
    coarse_l1_alpha: float = option(
        1.2,
        "Weight of the coarse result in the reconstruction losses; that of the refined one is 1.",
        least=0,
    )
    ae_loss: bool = option(True, "Also train the generator on the reconstruction loss of known pixels.")
    ae_loss_alpha: float = option(1.2, "Weight of the reconstruction loss of known pixels.", least=0)
    discounted_mask: bool = option(
        True, "Reduce the weight of a pixel in the box with its distance from known ones."
    )
    spatial_discounting_gamma: float = option(
        0.9,
        "Factor by which the weight falls with each pixel of distance.",
        least=0,
        most=1,
        needs="discounted_mask",
    )
    wgan_gp_lambda: float = option(10.0, "Weight of the critics' gradient penalties.", least=0)
    global_wgan_loss_alpha: float = option(
        1.0, "Weight of the global critic's score; that of the local one is 1.", least=0
    )
    pretrain_coarse_network: bool = option(False, "Train the coarse network alone, without critics.")

    @property
    def has_discriminator(self):
        return not self.pretrain_coarse_network

    def check_network(self, architecture, guided):
        if guided:
            raise UserError(
                "--guided is not for --recipe=deepfill_v1, whose critics see no sketch: leave it out"
            )
        if self.pretrain_coarse_network and architecture.stages == 1:
            raise UserError("--pretrain_coarse_network is for networks of two stages, received one of one")
