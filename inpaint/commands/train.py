"""Train the inpainting network: --dataset=celebahq, or --data_flist=FOLDER."""

from flags import training
from inpaint.commands.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths


def define(flags):
    training.define(flags)


def main(flags):
    training.follow_run(flags)
    if flags.gan == "none" and not (flags.ae_loss and flags.l1_loss):
        raise UserError("--gan=none needs --ae_loss and --l1_loss: otherwise there is nothing to train on")
    data, options = training.data_options(flags), training.run_options(flags)
    source, validation_source = training.image_sources(flags)
    paths = image_paths(source, flags.random_seed, flags.guided)
    validation_paths = image_paths(validation_source, guided=flags.guided) if validation_source else []

    load_tensorflow()
    import tensorflow as tf

    from inpaint.models.discriminator import Discriminator
    from inpaint.models.generator import Generator
    from inpaint.models.optimizer import make_optimizer
    from inpaint.training.distribution import describe_devices, is_chief, make_strategy
    from inpaint.training.loop import TrainingLoop
    from inpaint.training.trainer import Trainer
    from inpaint.training.validation import Validation

    if flags.precision == "mixed_float16" and not tf.config.list_physical_devices("GPU"):
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
        trainer = Trainer(
            Generator(flags.guided, flags.padding, dtype=flags.precision),
            Discriminator(flags.guided, flags.gan_with_mask, dtype=flags.precision),
            l1_loss_alpha=flags.l1_loss_alpha,
            gan_loss_alpha=flags.gan_loss_alpha,
            ae_loss=flags.ae_loss,
            l1_loss=flags.l1_loss,
            known_weight=flags.known_weight,
            gan=flags.gan == "sngan",
            optimizer=make_optimizer(flags.learning_rate, flags.precision),
            jit_compile=flags.jit_compile,
        )
    TrainingLoop(trainer, paths, data, options, validation, _say).train()


def _say(line):
    print(line, flush=True)
