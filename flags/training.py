"""The flags of train.py, named as the original's options."""

from absl import flags

from flags import models, network, precision
from flags.presets import PRESETS
from inpaint.data import DataOptions
from inpaint.devices import STRATEGIES
from inpaint.errors import UserError
from inpaint.file_lists import picture_paths
from inpaint.generator import LEAST_SIZE
from inpaint.masks import BoxOptions
from inpaint.run import RunOptions

FLAGS = flags.FLAGS
flags.adopt_module_key_flags(network)
flags.adopt_module_key_flags(models)
flags.adopt_module_key_flags(precision)

# Data
flags.DEFINE_enum("dataset", "celebahq", list(PRESETS), "Preset: file lists and random_crop.")
flags.DEFINE_list(
    "data_flist",
    None,
    "Training pictures and, after a comma, validation pictures: file lists (a path a line, shuffled "
    "beforehand) or folders. Default: those of --dataset.",
)
flags.DEFINE_list("img_shapes", ["256", "256", "3"], "Height, width and channels of an example.")
flags.DEFINE_bool("random_crop", None, "Cut from pictures instead of resizing. Default: --dataset's.")
flags.DEFINE_integer("batch_size", 16, "Pictures in each of an iteration's two batches, over all devices.", 1)
flags.DEFINE_float("max_bad_share", 0.01, "Stop if more of the pictures than this cannot be read.", 0, 1)
flags.DEFINE_float("stall_seconds", 60.0, "Tell after so long without a batch.", 0.001)
flags.DEFINE_integer("random_seed", 0, "Seed of weights, crops and masks.", 0, 2**32 - 1)

# Masks
flags.DEFINE_integer("height", 128, "Height of the masks' box.", 1)
flags.DEFINE_integer("width", 128, "Width of the masks' box.", 1)
flags.DEFINE_integer("max_delta_height", 32, "How much smaller the box may be, in height.", 0)
flags.DEFINE_integer("max_delta_width", 32, "How much smaller the box may be, in width.", 0)
flags.DEFINE_integer("vertical_margin", 0, "Least distance of the box from top and bottom.", 0)
flags.DEFINE_integer("horizontal_margin", 0, "Least distance of the box from left and right.", 0)
flags.DEFINE_string("mask_flist", None, "File list or folder of masks to train with, instead of random ones.")

# Losses
flags.DEFINE_enum("gan", "sngan", ["sngan", "none"], "Adversarial loss; none trains the generator alone.")
flags.DEFINE_float("gan_loss_alpha", 1.0, "Weight of the adversarial loss.", 0)
flags.DEFINE_bool("ae_loss", True, "Train the generator on the reconstruction loss.")
flags.DEFINE_bool("l1_loss", True, "Compute the reconstruction loss.")
flags.DEFINE_float("l1_loss_alpha", 1.0, "Weight of the reconstruction loss.", 0)
flags.DEFINE_float("known_weight", 1.0, "Weight of known pixels in the reconstruction loss.", 0)

# Run
flags.DEFINE_string("log_dir", None, "Snapshots and TensorBoard files; a run found there is continued. "
                    "Default: logs/<dataset>.", allow_override=True)  # fmt: skip
flags.DEFINE_string("model_restore", "", "Start from this checkpoint, ours or the original's.")
flags.DEFINE_integer("max_iters", 100_000_000, "Iterations of the whole run.", 1)
flags.DEFINE_integer("train_spe", 4000, "Iterations between snapshots.", 1)
flags.DEFINE_integer("keep_checkpoints", 5, "How many of the newest snapshots to keep.", 1)
flags.DEFINE_float("keep_every_hours", 0.0, "Also keep one snapshot in so many hours for good; 0: none.", 0)
flags.DEFINE_bool(
    "val",
    False,
    "Measure validation pictures at each snapshot, keep the best one in <log_dir>/best, and draw a "
    "fixed view in TensorBoard.",
)
flags.DEFINE_integer("val_psteps", 2000, "Iterations between pictures in TensorBoard.", 1)
flags.DEFINE_integer("static_view_size", 30, "Pictures of the fixed validation view.", 1)
flags.DEFINE_integer("viz_max_out", 10, "Training pictures drawn in TensorBoard.", 1)
flags.DEFINE_enum(
    "strategy",
    "auto",
    list(STRATEGIES),
    "Devices that share each batch: all GPUs of this machine, the machines of TF_CONFIG, or a TPU.",
)
flags.DEFINE_bool("deterministic", False, "The same numbers in every run on GPUs too, at some speed.")
flags.DEFINE_bool("jit_compile", False, "Compile the updates with XLA; for GPUs.")


def data_options():
    """The flags about examples as a `DataOptions`; UserError if they contradict each other."""
    try:
        height, width, channels = (int(value) for value in FLAGS.img_shapes)
    except ValueError as error:
        raise UserError(f"--img_shapes is height,width,3, received {','.join(FLAGS.img_shapes)}") from error
    least = LEAST_SIZE[FLAGS.padding.lower()]
    if channels != 3 or height % 8 or width % 8 or min(height, width) < least:
        raise UserError(
            f"--img_shapes needs a height and width that are multiples of 8 and at least {least}, and 3 "
            f"channels, received {','.join(FLAGS.img_shapes)}"
        )
    box = BoxOptions(
        height=FLAGS.height,
        width=FLAGS.width,
        max_delta_height=FLAGS.max_delta_height,
        max_delta_width=FLAGS.max_delta_width,
        vertical_margin=FLAGS.vertical_margin,
        horizontal_margin=FLAGS.horizontal_margin,
    )
    try:
        box.check((height, width))
    except ValueError as error:
        raise UserError(f"{error} (flags --height, --width, --img_shapes and the like)") from error
    random_crop = PRESETS[FLAGS.dataset].random_crop if FLAGS.random_crop is None else FLAGS.random_crop
    masks = tuple(picture_paths(FLAGS.mask_flist)) if FLAGS.mask_flist else ()
    return DataOptions((height, width), random_crop, box, FLAGS.guided, FLAGS.edge_threshold, masks)


def run_options():
    """The flags about the run as a `RunOptions`."""
    return RunOptions(
        log_dir=FLAGS.log_dir or f"logs/{FLAGS.dataset}",
        model_restore=FLAGS.model_restore,
        batch_size=FLAGS.batch_size,
        seed=FLAGS.random_seed,
        max_iters=FLAGS.max_iters,
        train_spe=FLAGS.train_spe,
        keep_checkpoints=FLAGS.keep_checkpoints,
        keep_every_hours=FLAGS.keep_every_hours,
        max_bad_share=FLAGS.max_bad_share,
        stall_seconds=FLAGS.stall_seconds,
        val_psteps=FLAGS.val_psteps,
        viz_max_out=FLAGS.viz_max_out,
    )


def picture_sources():
    """(training source, validation source or None if not asked for)."""
    preset = PRESETS[FLAGS.dataset]
    sources = FLAGS.data_flist or [preset.training, preset.validation]
    if FLAGS.data_flist is not None and (not FLAGS.data_flist or "" in FLAGS.data_flist):
        raise UserError("--data_flist names file lists or folders, received an empty name")
    if len(sources) > 2:
        raise UserError(f"--data_flist takes one or two sources, received {len(sources)}")
    if not FLAGS.val:
        return sources[0], None
    if len(sources) < 2:
        raise UserError("--val needs validation pictures: --data_flist=training,validation")
    return sources[0], sources[1]
