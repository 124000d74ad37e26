"""The flags of training, named as the original's options."""

import pathlib

from absl import flags

from inpaint.errors import UserError
from inpaint.flags import adversarial, examples, network, pconv, precision, wgan
from inpaint.training.settings import ENDLESS, STRATEGIES, RunOptions


def define(values):
    network.define(values)
    flags.DEFINE_float("learning_rate", 1e-4, "Adam's step size.", 0, flag_values=values)
    flags.DEFINE_float(
        "feature_gain",
        1.0,
        "Multiply the gated convolutions' initial kernels of features by this. With 2.45 the signal keeps "
        "its size through a new network, which learns faster; 1 is the original's start.",
        0,
        flag_values=values,
    )
    precision.define(values)
    examples.define(values)

    # Losses
    adversarial.define(values)
    wgan.define(values)
    pconv.define(values)
    flags.DEFINE_bool(
        "ae_loss",
        True,
        "Train the generator on the reconstruction loss (wgan_gp: on that of known pixels).",
        flag_values=values,
    )
    flags.DEFINE_bool("l1_loss", True, "Compute the reconstruction loss.", flag_values=values)
    flags.DEFINE_float(
        "l1_loss_alpha", 1.0, "Weight of the reconstruction loss (wgan_gp: 1.2).", 0, flag_values=values
    )
    flags.DEFINE_float(
        "known_weight", 1.0, "Weight of known pixels in the reconstruction loss.", 0, flag_values=values
    )

    flags.DEFINE_float(
        "ema",
        0.0,
        "Decay per iteration of an exponential mean of the generator's weights, which is then used to fill "
        "and validate (0.998 averages some 500 iterations). 0 disables this.",
        0,
        1,
        flag_values=values,
    )

    # Run
    flags.DEFINE_string(
        "log_dir",
        None,
        "Checkpoints and TensorBoard files; a run found there is continued. Default: logs/<dataset>.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "model_restore", "", "Checkpoint to start from, this project's or the original's.", flag_values=values
    )
    flags.DEFINE_integer("max_iters", ENDLESS, "Iterations of the whole run.", 1, flag_values=values)
    flags.DEFINE_integer("train_spe", 4000, "Iterations between checkpoints.", 1, flag_values=values)
    flags.DEFINE_integer(
        "keep_checkpoints", 5, "How many of the newest checkpoints to keep.", 1, flag_values=values
    )
    flags.DEFINE_float(
        "keep_every_hours",
        0.0,
        "Also keep one checkpoint permanently every N hours; 0 disables this.",
        0,
        flag_values=values,
    )
    flags.DEFINE_bool(
        "val",
        False,
        "Measure validation images at each checkpoint, keep the best one in <log_dir>/best, and draw a "
        "fixed view in TensorBoard.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "val_psteps", 2000, "Iterations between images in TensorBoard.", 1, flag_values=values
    )
    flags.DEFINE_integer(
        "static_view_size", 30, "Images of the fixed validation view.", 1, flag_values=values
    )
    flags.DEFINE_integer("viz_max_out", 10, "Training images drawn in TensorBoard.", 1, flag_values=values)
    flags.DEFINE_enum(
        "strategy",
        "auto",
        list(STRATEGIES),
        "Devices that share each batch: all GPUs of this machine, the machines of TF_CONFIG, or a TPU.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "deterministic",
        False,
        "Make GPU runs reproducible, at some cost in speed.",
        flag_values=values,
    )
    flags.DEFINE_bool("jit_compile", False, "Compile the updates with XLA; for GPUs.", flag_values=values)


def follow_run(values):
    """Set the flags of `flags.network` to those of the run that is continued or started from, unless given.

    Raises:
        UserError: they were given, and contradict its checkpoints or each other.
    """
    options = run_options(values)
    if any(pathlib.Path(options.log_dir).glob("snap-*.index")):
        network.follow_folder(values, options.log_dir)
    elif options.model_restore:
        network.follow_checkpoint(values, options.model_restore)
    else:
        network.follow_folder(values, None)


def check(values):
    """UserError for flags that contradict each other; sets those defaults that depend on --gan."""
    if values.feature_gain != 1 and values.network != "gated":
        raise UserError(f"--feature_gain is for gated convolutions, received --network={values.network}")
    if values.feature_gain != 1 and values.model_restore:
        raise UserError("--feature_gain is for a new network: leave it out, or --model_restore")
    wgan.settle(values)
    pconv.check(values)
    if values.gan == "none" and not (values.ae_loss and values.l1_loss):
        raise UserError("--gan=none needs --ae_loss and --l1_loss: there is nothing to train on")
    adversarial.check(values)
    if values.ema == 1:
        raise UserError("--ema must be below 1, received 1: a mean that never moves")


def run_options(values):
    """The flags about the run as a `RunOptions`."""
    return RunOptions(
        log_dir=values.log_dir or f"logs/{values.dataset}",
        model_restore=values.model_restore,
        batch_size=values.batch_size,
        seed=values.random_seed,
        max_iters=values.max_iters,
        train_spe=values.train_spe,
        keep_checkpoints=values.keep_checkpoints,
        keep_every_hours=values.keep_every_hours,
        max_bad_share=values.max_bad_share,
        stall_seconds=values.stall_seconds,
        val_psteps=values.val_psteps,
        viz_max_out=values.viz_max_out,
        discriminator_warmup=values.discriminator_warmup,
        discriminator_steps=values.discriminator_steps,
        shared_batch=values.shared_batch,
    )
