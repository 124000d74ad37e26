"""What the options of recipes have in common."""

import dataclasses
import typing

from inpaint.errors import UserError
from inpaint.options.option import Options, option


@dataclasses.dataclass(frozen=True)
class RecipeOptions(Options):
    """Base of the options of all recipes.

    Attributes:
        NAME: the recipe's name, that of its modules.
        BOXES: whether its masks are boxes alone.
        BETA_2: of Adam.
        shared_batch: whether both networks are updated on the same batch.
    """

    COMMON = ("gan",)
    NAME: typing.ClassVar[str]
    BOXES: typing.ClassVar[bool] = False
    BETA_2: typing.ClassVar[float] = 0.999
    shared_batch: typing.ClassVar[bool] = False

    @property
    def has_discriminator(self):
        """Whether a discriminator is trained, too."""
        return False

    def check_network(self, architecture, guided):
        """Raise UserError if the recipe cannot train a network of an `Architecture`, guided or not."""


@dataclasses.dataclass(frozen=True)
class AdversarialOptions(RecipeOptions):
    """Base of the options of recipes with a discriminator."""

    gan_loss_alpha: float = option(1.0, "Weight of the adversarial loss.", least=0)
    gan_gradient_ratio: float = option(
        0.0,
        "Adapt the adversarial weight so that its gradient at the filled image is this share of the "
        "reconstruction's; --gan_loss_alpha is the initial weight. 0: keep the weight.",
        least=0,
    )
    discriminator_learning_rate: float | None = option(
        None,
        "Learning rate of a separate Adam for the discriminator. Default: both networks share one Adam.",
        least=0,
        recorded=False,
    )
    discriminator_warmup: int = option(
        0,
        "Number of initial iterations that train only the discriminator; --max_iters includes them.",
        least=0,
    )
    discriminator_steps: int = option(
        1, "Updates of the discriminator per iteration, each on a batch of its own.", least=1
    )
    shared_batch: bool = option(
        False,
        "Update both networks on the same batch, which is faster. The original uses a batch for each.",
    )

    @property
    def has_discriminator(self):
        return True

    def check(self):
        if not self.has_discriminator:
            self.check_left_out("gan_gradient_ratio", "discriminator_warmup", "shared_batch")

    def check_left_out(self, *names):
        """Raise UserError if any of these options is on, without a discriminator."""
        for name in names:
            if getattr(self, name):
                raise UserError(f"--{name} needs a discriminator: leave it out")
