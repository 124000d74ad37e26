"""Train the inpainting network: --dataset=celebahq, or --data_flist=FOLDER."""

from inpaint.cli.make_trainer import make_trainer, precisions
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.flags import examples, training
from inpaint.io.file_lists import image_paths


def define(flags):
    training.define(flags)


def main(flags):
    training.follow_run(flags)
    training.check(flags)
    data, options = examples.data_options(flags), training.run_options(flags)
    source, validation_source = examples.image_sources(flags)
    paths = image_paths(source, flags.random_seed, flags.guided)
    validation_paths = image_paths(validation_source, guided=flags.guided) if validation_source else []

    load_tensorflow()
    import tensorflow as tf

    from inpaint.training.distribution import describe_devices, is_chief, make_strategy
    from inpaint.training.loop import TrainingLoop
    from inpaint.training.reports.validation import Validation

    if "mixed_float16" in precisions(flags) and not tf.config.list_physical_devices("GPU"):
        raise UserError("--precision=mixed_float16 trains on GPUs only: use mixed_bfloat16 on a CPU")
    strategy = make_strategy(flags.strategy, _say)
    validation = None
    if validation_paths:
        validation = Validation(validation_paths, data, flags.static_view_size, flags.batch_size, _say)
    if is_chief(strategy):
        _say(f"{len(paths)} training images from {source}; training on {describe_devices(strategy)}")

    tf.keras.utils.set_random_seed(flags.random_seed)
    if flags.deterministic:
        tf.config.experimental.enable_op_determinism()
    with strategy.scope():
        trainer = make_trainer(flags)
    TrainingLoop(trainer, paths, data, options, validation, _say).train()


def _say(line):
    print(line, flush=True)
