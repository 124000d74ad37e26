"""The flags of DeepFill v1's training, --gan=wgan_gp; named as the original's settings."""

from absl import flags

from flags.kinds import check_kind
from inpaint.errors import UserError
from inpaint.models.architecture import NETWORKS

# Defaults that differ from DeepFillv2's.
_DEFAULTS = {"gan_loss_alpha": 0.001, "l1_loss_alpha": 1.2, "discriminator_steps": 5}
# Flags of other kinds of training.
_OTHERS = ("gan_with_mask", "gan_gradient_ratio", "known_weight", "l1_loss", "mask_flist")


def define(values):
    flags.DEFINE_float(
        "coarse_l1_alpha", 1.2, "Weight of the coarse result's errors (wgan_gp).", 0, flag_values=values
    )
    flags.DEFINE_float(
        "ae_loss_alpha", 1.2, "Weight of the loss of known pixels (wgan_gp).", 0, flag_values=values
    )
    flags.DEFINE_float(
        "wgan_gp_lambda", 10.0, "Weight of the gradient penalties (wgan_gp).", 0, flag_values=values
    )
    flags.DEFINE_float(
        "global_wgan_loss_alpha",
        1.0,
        "Weight of the global critic's score, where the local one's has 1 (wgan_gp).",
        0,
        flag_values=values,
    )
    flags.DEFINE_bool(
        "discounted_mask",
        True,
        "Let pixels of the box count less, the farther they are from known ones (wgan_gp).",
        flag_values=values,
    )
    flags.DEFINE_float(
        "spatial_discounting_gamma",
        0.9,
        "Discount for each pixel of that distance (wgan_gp).",
        0,
        1,
        flag_values=values,
    )
    flags.DEFINE_bool(
        "pretrain_coarse_network",
        False,
        "Train the coarse network alone, without critics (wgan_gp).",
        flag_values=values,
    )


def options(values):
    """Return the flags as arguments of `WganOptions`."""
    own = flags.FlagValues()
    define(own)
    return {name: values[name].value for name in own if name not in ("?", "help")}


def settle(values):
    """Give flags that the user did not set the defaults of their --gan.

    Raises:
        UserError: if flags contradict --gan.
    """
    if not check_kind(values, "wgan_gp", options(values), _OTHERS):
        return
    if values.guided:
        raise UserError(
            "--guided is not for --gan=wgan_gp, whose critics see no sketch: leave out one of them"
        )
    if values.pretrain_coarse_network and NETWORKS[values.network].stages == 1:
        raise UserError(
            f"--pretrain_coarse_network is for networks of two stages, received --network={values.network}"
        )
    for name, value in _DEFAULTS.items():
        if not values[name].present:
            values[name].value = value
