"""The flags of the partial convolution paper's training, --gan=pconv, and of its fine-tuning."""

from absl import flags

from inpaint.errors import UserError
from inpaint.flags.kinds import check_kind
from inpaint.models.architecture import NETWORKS

_WEIGHTS = {  # loss: default, what it is
    "valid_loss_alpha": (1.0, "the loss of known pixels"),
    "hole_loss_alpha": (6.0, "the loss of the hole's pixels"),
    "tv_loss_alpha": (0.1, "differences of neighbours in and around the hole"),
    "perceptual_loss_alpha": (0.05, "the distance of VGG-16's features (--vgg_weights)"),
    "style_loss_alpha": (120.0, "the distance of their Gram matrices"),
}
# Flags of other kinds of training.
_OTHERS = (
    "l1_loss",
    "l1_loss_alpha",
    "ae_loss",
    "known_weight",
    "gan_with_mask",
    "gan_loss_alpha",
    "gan_loss_alpha_max",
    "gan_gradient_ratio",
    "gan_highpass",
    "l1_lowpass",
    "discriminator_warmup",
    "discriminator_steps",
    "discriminator_learning_rate",
    "discriminator_precision",
    "shared_batch",
)


def define(values):
    for name, (default, what) in _WEIGHTS.items():
        flags.DEFINE_float(name, default, f"Weight of {what} (pconv).", 0, flag_values=values)
    flags.DEFINE_string(
        "vgg_weights",
        None,
        "Keras' VGG-16 weights, a _notop.h5 file, for the perceptual and style losses (pconv). Default: "
        "train without these two.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "freeze_encoder_norm",
        False,
        "Leave the encoder's batch normalisation in inference mode, to fine-tune --network=pconv_unet.",
        flag_values=values,
    )


def options(values):
    """Return the flags as arguments of `PConvOptions`."""
    return {name: values[name].value for name in _WEIGHTS}


def check(values):
    """UserError for flags that contradict --gan or --network."""
    if values.freeze_encoder_norm and NETWORKS[values.network].stages != 1:
        raise UserError(f"--freeze_encoder_norm is for --network=pconv_unet, received {values.network}")
    if not check_kind(values, "pconv", (*_WEIGHTS, "vgg_weights"), _OTHERS):
        return
    for name in ("perceptual_loss_alpha", "style_loss_alpha"):
        if values[name].present and values[name].value and not values.vgg_weights:
            raise UserError(f"--{name} needs --vgg_weights: there are no features to compare")
