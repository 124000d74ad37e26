"""Train the inpainting network: --dataset=celebahq, or --data_flist=FOLDER."""

from flags import training
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.io.file_lists import image_paths


def define(flags):
    training.define(flags)


def main(flags):
    training.follow_run(flags)
    training.check(flags)
    data, options = training.data_options(flags), training.run_options(flags)
    source, validation_source = training.image_sources(flags)
    paths = image_paths(source, flags.random_seed, flags.guided)
    validation_paths = image_paths(validation_source, guided=flags.guided) if validation_source else []

    load_tensorflow()
    import tensorflow as tf

    from inpaint.models.generator import Generator
    from inpaint.training.distribution import describe_devices, is_chief, make_strategy
    from inpaint.training.loop import TrainingLoop
    from inpaint.training.trainer import Trainer
    from inpaint.training.validation import Validation

    if "mixed_float16" in _precisions(flags) and not tf.config.list_physical_devices("GPU"):
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
            Generator(flags.guided, flags.padding, flags.network, dtype=flags.precision),
            _discriminator(flags),
            l1_loss_alpha=flags.l1_loss_alpha,
            gan_loss_alpha=flags.gan_loss_alpha,
            ae_loss=flags.ae_loss,
            l1_loss=flags.l1_loss,
            known_weight=flags.known_weight,
            gan=flags.gan != "none",
            jit_compile=flags.jit_compile,
            perceptual_weight=flags.perceptual_weight,
            gan_gradient_ratio=flags.gan_gradient_ratio,
            gan_loss_alpha_max=flags.gan_loss_alpha_max,
            ema=flags.ema,
            **_optimizers(flags),
        )
    TrainingLoop(trainer, paths, data, options, validation, _say).train()


def _discriminator(flags):
    from inpaint.models.discriminator import Discriminator
    from inpaint.models.pretrained_features import PretrainedFeatures
    from inpaint.models.projected_discriminator import ProjectedDiscriminator

    options = {"with_mask": flags.gan_with_mask, "dtype": _precisions(flags)[1]}
    if flags.gan == "projected":
        return ProjectedDiscriminator(PretrainedFeatures(flags.gan_features), flags.guided, **options)
    return Discriminator(flags.guided, **options)


def _precisions(flags):
    """(the generator's dtype policy, the discriminator's)."""
    return flags.precision, flags.discriminator_precision or flags.precision


def _optimizers(flags):
    """One Adam for both models, or two, as arguments of the `Trainer`."""
    from inpaint.models.optimizer import make_optimizer

    own, each = flags.discriminator_learning_rate, _precisions(flags)
    if own is None:
        scaled = "mixed_float16" if "mixed_float16" in each else flags.precision
        return {"optimizer": make_optimizer(flags.learning_rate, scaled)}
    adams = map(make_optimizer, (flags.learning_rate, own), each)
    return dict(zip(("optimizer", "discriminator_optimizer"), adams))


def _say(line):
    print(line, flush=True)
