"""Creating a `Trainer` from the options of a run."""

from inpaint.models.make_generator import make_generator
from inpaint.models.optimizer import make_optimizer
from inpaint.training.recipes import make_recipe
from inpaint.training.trainer import Trainer


def make_trainer(options):
    """Make the models, their optimizers and the `Trainer` that owns them, in a strategy's scope.

    Args:
        options: a `TrainingOptions`.
    """
    config, run, wanted = options.config, options.run, options.recipe
    adams = {"optimizer": make_optimizer(run.learning_rate, run.precision, wanted.BETA_2)}
    if wanted.has_discriminator and wanted.discriminator_learning_rate is not None:
        own = make_optimizer(wanted.discriminator_learning_rate, beta_2=wanted.BETA_2)
        adams["discriminator_optimizer"] = own
    generator = make_generator(config.guided, config.padding, config.network, dtype=run.precision)
    if run.scaled_init:
        generator.scale_features()
    if run.freeze_encoder_norm:
        generator.encoder_norm_frozen = True
    recipe = make_recipe(wanted, options.examples, run.precision)
    return Trainer(generator, recipe, **adams, ema=run.ema, jit_compile=run.jit_compile)
