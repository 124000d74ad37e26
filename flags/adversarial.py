"""The flags of adversarial training: the loss, its weight, and how the discriminator is trained."""

from absl import flags

from inpaint.errors import UserError
from inpaint.flags.kinds import check_kind
from inpaint.flags.precision import POLICIES


def define(values):
    flags.DEFINE_enum(
        "gan",
        "sngan",
        ["sngan", "projected", "wgan_gp", "pconv", "none"],
        "Discriminator: the original's SN-PatchGAN; heads on pretrained features (--gan_features), which "
        "learn faster; or DeepFill v1's training, with its critics, losses and box masks. pconv and none "
        "train the generator alone, by the partial convolution paper's losses or the reconstruction loss.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "gan_features",
        None,
        "Pretrained features for --gan=projected, as convert_features writes them.",
        flag_values=values,
    )
    flags.DEFINE_bool("gan_with_mask", True, "Show the mask to the discriminator.", flag_values=values)
    flags.DEFINE_float(
        "gan_loss_alpha", 1.0, "Weight of the adversarial loss (wgan_gp: 0.001).", 0, flag_values=values
    )
    flags.DEFINE_float(
        "perceptual_weight",
        0.0,
        "Add this many times the distance of pretrained features to the adversarial loss, with "
        "--gan=projected. 0 disables this.",
        0,
        flag_values=values,
    )
    flags.DEFINE_float(
        "gan_gradient_ratio",
        0.0,
        "Adjust --gan_loss_alpha, which is then only the initial weight, to keep the adversarial gradient "
        "at the refined image at this fraction of the reconstruction's. 0 disables this.",
        0,
        flag_values=values,
    )
    flags.DEFINE_float(
        "gan_loss_alpha_max",
        0.1,
        "Upper bound of the weight that --gan_gradient_ratio adjusts.",
        0,
        flag_values=values,
    )
    flags.DEFINE_float(
        "gan_highpass",
        0.0,
        "Sigma in pixels: the adversarial loss moves only changes of brightness that are finer. 0 disables "
        "this.",
        0,
        flag_values=values,
    )
    flags.DEFINE_float(
        "l1_lowpass",
        0.0,
        "Sigma in pixels: in the refined hole, the reconstruction loss leaves changes of brightness that are "
        "finer alone. 0 disables this.",
        0,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "discriminator_warmup",
        0,
        "Initial iterations that train only the discriminator. They count towards --max_iters.",
        0,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "discriminator_steps",
        1,
        "Discriminator updates per generator update, each on a batch of its own (wgan_gp: 5).",
        1,
        flag_values=values,
    )
    flags.DEFINE_float(
        "discriminator_learning_rate",
        None,
        "Learning rate of the discriminator, which then has its own Adam. Default: both share one Adam.",
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
        "Update both networks on the same batch, with one pass of the generator. Faster; the original uses "
        "a batch for each.",
        flag_values=values,
    )


def check(values):
    """UserError for flags that contradict each other."""
    if values.gan == "none":
        for name in (
            "discriminator_warmup",
            "gan_gradient_ratio",
            "gan_highpass",
            "l1_lowpass",
            "shared_batch",
        ):
            if values[name].value:
                raise UserError(f"--{name} needs a discriminator: leave out --gan=none")
    if check_kind(values, "projected", ("gan_features", "perceptual_weight"), ()):
        if not values.gan_features:
            raise UserError("--gan=projected needs pretrained features: --gan_features, see docs/training.md")
        if values.discriminator_learning_rate is None:
            raise UserError("--gan=projected needs an Adam of its own: give --discriminator_learning_rate")
    if values.gan_gradient_ratio and not (values.ae_loss and values.l1_loss):
        raise UserError("--gan_gradient_ratio needs --ae_loss and --l1_loss: there is nothing to steer by")
    if values.gan_gradient_ratio and not values.gan_loss_alpha_max:
        raise UserError("--gan_loss_alpha_max must be above 0 with --gan_gradient_ratio, received 0")
    if values.l1_lowpass and not values.l1_loss:
        raise UserError("--l1_lowpass needs --l1_loss: there is nothing to filter")
    if values.shared_batch and values.jit_compile:
        raise UserError("--shared_batch and --jit_compile exclude each other: leave out one of them")
