"""A training run from its options: devices, validation images, models, loop."""

import tensorflow as tf

from inpaint.errors import UserError
from inpaint.training.distribution import describe_devices, is_chief, make_strategy
from inpaint.training.loop import TrainingLoop
from inpaint.training.make_trainer import make_trainer
from inpaint.training.reports.validation import Validation


def train(options, say=print):
    """Train to the end, or go on with a run that was stopped.

    Args:
        options: a `TrainingOptions`.
        say: takes a line for the user.

    Raises:
        UserError: the options are not for this machine, or as `TrainingLoop`.
        Stopped: as `TrainingLoop.train`.
    """
    run = options.run
    if run.precision == "mixed_float16" and not tf.config.list_physical_devices("GPU"):
        raise UserError("--precision=mixed_float16 trains on GPUs only: use mixed_bfloat16 on a CPU")
    strategy = make_strategy(run.strategy, say)
    validation = None
    if options.validation_paths:
        views = run.static_view_size, run.batch_size
        validation = Validation(options.validation_paths, options.examples, *views, say)
    if is_chief(strategy):
        validated = f"{len(options.validation_paths)} validation images" if validation else "none to validate"
        say(f"{len(options.paths)} training images from {options.source}, {validated}")
        height, width = options.examples.size
        say(f"examples of {height} x {width} pixels (height x width), boxes of {options.examples.box}")
        say(f"training on {describe_devices(strategy)}")

    tf.keras.utils.set_random_seed(run.random_seed)
    if run.deterministic:
        tf.config.experimental.enable_op_determinism()
    with strategy.scope():
        trainer = make_trainer(options)
    TrainingLoop(trainer, options, validation, say).train()
