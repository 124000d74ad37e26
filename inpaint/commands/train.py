"""Train the inpainting network: --dataset=celebahq, or --data_flist=FOLDER."""

from inpaint.cli.make_trainer import make_trainer
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.flags import training
from inpaint.io.file_lists import image_paths

RETIRED_FLAGS = training.RETIRED


def define(flags):
    training.define(flags)


def main(flags):
    wanted = training.resolved(flags)
    run, guided = wanted.run, wanted.config.guided
    paths = image_paths(wanted.training, run.random_seed, guided)
    validation_paths = image_paths(wanted.validation, guided=guided) if wanted.validation else []

    load_tensorflow()
    import tensorflow as tf

    from inpaint.training.distribution import describe_devices, is_chief, make_strategy
    from inpaint.training.loop import TrainingLoop
    from inpaint.training.reports.validation import Validation

    if run.precision == "mixed_float16" and not tf.config.list_physical_devices("GPU"):
        raise UserError("--precision=mixed_float16 trains on GPUs only: use mixed_bfloat16 on a CPU")
    strategy = make_strategy(run.strategy, _say)
    validation = None
    if validation_paths:
        validation = Validation(validation_paths, wanted.examples, run.static_view_size, run.batch_size, _say)
    if is_chief(strategy):
        devices = describe_devices(strategy)
        _say(f"{len(paths)} training images from {wanted.training}; training on {devices}")

    tf.keras.utils.set_random_seed(run.random_seed)
    if run.deterministic:
        tf.config.experimental.enable_op_determinism()
    with strategy.scope():
        trainer = make_trainer(wanted)
    TrainingLoop(trainer, paths, wanted.examples, run, validation, _say).train()


def _say(line):
    print(line, flush=True)
