"""The flags of DeepFill v1's training, --gan=wgan_gp; named as the original's settings."""

from absl import flags

from inpaint.errors import UserError
from inpaint.flags.kinds import check_kind
from inpaint.models.architecture import NETWORKS

_OWN = {  # name: kind, default, what it is, bounds
    "coarse_l1_alpha": (flags.DEFINE_float, 1.2, "Weight of the coarse result's errors", 0),
    "ae_loss_alpha": (flags.DEFINE_float, 1.2, "Weight of the loss of known pixels", 0),
    "wgan_gp_lambda": (flags.DEFINE_float, 10.0, "Weight of the gradient penalties", 0),
    "global_wgan_loss_alpha": (
        flags.DEFINE_float,
        1.0,
        "Weight of the global critic's score, where the local one's has 1",
        0,
    ),
    "discounted_mask": (
        flags.DEFINE_bool,
        True,
        "Let pixels of the box count less, the farther they are from known ones",
    ),
    "spatial_discounting_gamma": (flags.DEFINE_float, 0.9, "Discount for each pixel of that distance", 0, 1),
    "pretrain_coarse_network": (flags.DEFINE_bool, False, "Train the coarse network alone, without critics"),
}
# Defaults that differ from DeepFillv2's.
_DEFAULTS = {"gan_loss_alpha": 0.001, "l1_loss_alpha": 1.2, "discriminator_steps": 5}
# Flags of other kinds of training.
_OTHERS = (
    "gan_with_mask",
    "gan_gradient_ratio",
    "gan_highpass",
    "l1_lowpass",
    "known_weight",
    "l1_loss",
    "mask_flist",
)


def define(values):
    for name, (kind, default, what, *bounds) in _OWN.items():
        kind(name, default, f"{what} (wgan_gp).", *bounds, flag_values=values)


def options(values):
    """Return the flags as arguments of `WganOptions`."""
    return {name: values[name].value for name in _OWN}


def settle(values):
    """Give flags that the user did not set the defaults of their --gan.

    Raises:
        UserError: if flags contradict --gan.
    """
    if not check_kind(values, "wgan_gp", _OWN, _OTHERS):
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
