"""The flags of training, named as the original's options."""

import pathlib

from absl import flags

from flags import adversarial, network, pconv, precision, wgan
from flags.presets import PRESETS
from inpaint.data.examples import DataOptions
from inpaint.data.masks import BoxOptions
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths
from inpaint.io.image_files import MAX_PIXELS
from inpaint.models.architecture import LEAST_SIZE, NETWORKS
from inpaint.training.settings import ENDLESS, STRATEGIES, RunOptions


def define(values):
    network.define(values)
    flags.DEFINE_float("learning_rate", 1e-4, "Adam's step size.", 0, flag_values=values)
    precision.define(values)

    # Data
    flags.DEFINE_enum(
        "dataset", "celebahq", list(PRESETS), "Preset: file lists and random_crop.", flag_values=values
    )
    flags.DEFINE_list(
        "data_flist",
        None,
        "Training images and, after a comma, validation images: file lists (one path per line, shuffled "
        "beforehand) or folders. Default: those of --dataset.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "img_shapes", ["256", "256", "3"], "Height, width and channels of an example.", flag_values=values
    )
    flags.DEFINE_bool(
        "random_crop", None, "Cut from images instead of resizing. Default: --dataset's.", flag_values=values
    )
    flags.DEFINE_integer(
        "batch_size",
        16,
        "Images in each of an iteration's batches, over all devices.",
        1,
        flag_values=values,
    )
    flags.DEFINE_float(
        "max_bad_share",
        0.01,
        "Stop if more of the images than this cannot be read.",
        0,
        1,
        flag_values=values,
    )
    flags.DEFINE_float(
        "stall_seconds",
        60.0,
        "Warn when no batch has arrived for this many seconds.",
        0.001,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "random_seed", 0, "Seed of weights, crops and masks.", 0, 2**32 - 1, flag_values=values
    )

    # Masks
    flags.DEFINE_integer("height", 128, "Height of the masks' box.", 1, flag_values=values)
    flags.DEFINE_integer("width", 128, "Width of the masks' box.", 1, flag_values=values)
    flags.DEFINE_integer(
        "max_delta_height", 32, "How much smaller the box may be, in height.", 0, flag_values=values
    )
    flags.DEFINE_integer(
        "max_delta_width", 32, "How much smaller the box may be, in width.", 0, flag_values=values
    )
    flags.DEFINE_integer(
        "vertical_margin", 0, "Least distance of the box from top and bottom.", 0, flag_values=values
    )
    flags.DEFINE_integer(
        "horizontal_margin", 0, "Least distance of the box from left and right.", 0, flag_values=values
    )
    flags.DEFINE_string(
        "mask_flist",
        None,
        "File list or folder of masks to train with, instead of random ones.",
        flag_values=values,
    )

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
    """UserError for losses that contradict each other; sets those defaults that depend on --gan."""
    wgan.settle(values)
    pconv.check(values)
    if values.gan == "none" and not (values.ae_loss and values.l1_loss):
        raise UserError("--gan=none needs --ae_loss and --l1_loss: there is nothing to train on")
    adversarial.check(values)
    if values.ema == 1:
        raise UserError("--ema must be below 1, received 1: a mean that never moves")


def data_options(values):
    """The flags about examples as a `DataOptions`; UserError if they contradict each other."""
    try:
        height, width, channels = (int(value) for value in values.img_shapes)
    except ValueError as error:
        raise UserError(f"--img_shapes is height,width,3, received {','.join(values.img_shapes)}") from error
    multiple = NETWORKS[values.network].multiple
    least = max(LEAST_SIZE[values.padding.lower()], multiple)
    if channels != 3 or height % multiple or width % multiple or min(height, width) < least:
        raise UserError(
            f"--img_shapes needs a height and width that are multiples of {multiple} and at least {least}, "
            f"and 3 channels, received {','.join(values.img_shapes)}"
        )
    if height * width > MAX_PIXELS:
        raise UserError(f"--img_shapes exceeds {MAX_PIXELS} pixels, received {','.join(values.img_shapes)}")
    box = BoxOptions(
        height=values.height,
        width=values.width,
        max_delta_height=values.max_delta_height,
        max_delta_width=values.max_delta_width,
        vertical_margin=values.vertical_margin,
        horizontal_margin=values.horizontal_margin,
    )
    try:
        box.check((height, width))
    except ValueError as error:
        raise UserError(f"{error} (flags --height, --width, --img_shapes and the like)") from error
    random_crop = PRESETS[values.dataset].random_crop if values.random_crop is None else values.random_crop
    masks = tuple(image_paths(values.mask_flist)) if values.mask_flist else ()
    return DataOptions(
        size=(height, width),
        random_crop=random_crop,
        box=box,
        guided=values.guided,
        edge_threshold=values.edge_threshold,
        masks=masks,
        for_critics=values.gan == "wgan_gp",
    )


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


def image_sources(values):
    """(training source, validation source or None if not asked for)."""
    preset = PRESETS[values.dataset]
    sources = values.data_flist or [preset.training, preset.validation]
    if values.data_flist is not None and (not values.data_flist or "" in values.data_flist):
        raise UserError("--data_flist names file lists or folders, received an empty name")
    if len(sources) > 2:
        raise UserError(f"--data_flist takes one or two sources, received {len(sources)}")
    if not values.val:
        return sources[0], None
    if len(sources) < 2:
        raise UserError("--val needs validation images: --data_flist=training,validation")
    return sources[0], sources[1]
