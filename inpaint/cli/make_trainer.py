"""Creating a `Trainer` from a run's options."""


def make_trainer(training):
    """Make the models, their optimizers and the `Trainer` that owns them.

    Args:
        training: a `Training` of `inpaint.flags.training`. TensorFlow is loaded, and the strategy's scope
            entered.

    Returns:
        A `Trainer`.
    """
    from inpaint.models.make_generator import make_generator
    from inpaint.training.recipes import make_recipe
    from inpaint.training.trainer import Trainer

    config, run = training.config, training.run
    generator = make_generator(config.guided, config.padding, config.network, dtype=run.precision)
    if run.scaled_init:
        generator.scale_features()
    if run.freeze_encoder_norm:
        generator.encoder_norm_frozen = True
    recipe = make_recipe(training.recipe, training.examples)
    return Trainer(generator, recipe, **_optimizers(run, recipe), ema=run.ema, jit_compile=run.jit_compile)


def _optimizers(run, recipe):
    """One Adam for both models, or two, as arguments of the `Trainer`."""
    from inpaint.models.optimizer import make_optimizer

    adams = {"optimizer": make_optimizer(run.learning_rate, run.precision, recipe.beta_2)}
    if recipe.discriminator and recipe.options.discriminator_learning_rate is not None:
        own = make_optimizer(recipe.options.discriminator_learning_rate, beta_2=recipe.beta_2)
        adams["discriminator_optimizer"] = own
    return adams
