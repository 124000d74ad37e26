"""The flags of adversarial training: the loss, its weight, and how the discriminator is trained."""

from absl import flags

from flags.precision import POLICIES
from inpaint.errors import UserError


def define(values):
    flags.DEFINE_enum(
        "gan",
        "sngan",
        ["sngan", "none"],
        "Adversarial loss; none trains the generator alone.",
        flag_values=values,
    )
    flags.DEFINE_float("gan_loss_alpha", 1.0, "Weight of the adversarial loss.", 0, flag_values=values)
    flags.DEFINE_float(
        "gan_gradient_ratio",
        0.0,
        "Adapt that weight, which is then the first one: keep the adversarial gradient at the refined "
        "image at this share of the reconstruction's; 0: leave it.",
        0,
        flag_values=values,
    )
    flags.DEFINE_float(
        "gan_loss_alpha_max",
        0.1,
        "The largest weight that --gan_gradient_ratio comes to.",
        0,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "discriminator_warmup",
        0,
        "Iterations at the beginning that update the discriminator alone; of --max_iters.",
        0,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "discriminator_steps",
        1,
        "The discriminator's updates for each of the generator's, each on another batch.",
        1,
        flag_values=values,
    )
    flags.DEFINE_float(
        "discriminator_learning_rate",
        None,
        "Step size of an Adam of the discriminator's own. Default: it shares the generator's Adam.",
        0,
        flag_values=values,
    )
    flags.DEFINE_enum(
        "discriminator_precision",
        None,
        POLICIES,
        "Dtype policy of the discriminator. Default: --precision.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "shared_batch",
        False,
        "Update the generator on the discriminator's (last) batch, from one pass: faster; the original takes "
        "two batches.",
        flag_values=values,
    )


def check(values):
    """UserError for flags that contradict each other."""
    if values.gan == "none":
        for name in ("discriminator_warmup", "gan_gradient_ratio", "shared_batch"):
            if values[name].value:
                raise UserError(f"--{name} needs a discriminator: leave out --gan=none")
    if values.gan_gradient_ratio and not (values.ae_loss and values.l1_loss):
        raise UserError("--gan_gradient_ratio needs --ae_loss and --l1_loss: there is nothing to steer by")
    if values.gan_gradient_ratio and not values.gan_loss_alpha_max:
        raise UserError("--gan_loss_alpha_max must be above 0 with --gan_gradient_ratio, received 0")
    if values.shared_batch and values.jit_compile:
        raise UserError("--shared_batch and --jit_compile exclude each other: leave out one of them")
