"""Creating a `Trainer` from a command's flags."""

from inpaint.flags import pconv, wgan


def make_trainer(flags):
    """Make the models, their optimizers and the `Trainer` that owns them.

    Args:
        flags: parsed flags of `flags.training`, after `check`. TensorFlow is loaded, and the strategy's scope
            entered.

    Returns:
        A `Trainer`; a `WganTrainer` for --gan=wgan_gp, a `PConvTrainer` for --gan=pconv.
    """
    from inpaint.models.make_generator import make_generator
    from inpaint.training.trainer import Trainer

    generator = make_generator(flags.guided, flags.padding, flags.network, dtype=flags.precision)
    if flags.feature_gain != 1:
        generator.scale_features(flags.feature_gain)
    options = {
        "jit_compile": flags.jit_compile,
        "ema": flags.ema,
        "freeze_encoder_norm": flags.freeze_encoder_norm,
        **_optimizers(flags),
    }
    if flags.gan == "pconv":
        from inpaint.losses.vgg import VggFeatures
        from inpaint.training.pconv_trainer import PConvOptions, PConvTrainer

        vgg = VggFeatures(flags.vgg_weights) if flags.vgg_weights else None
        return PConvTrainer(generator, PConvOptions(**pconv.options(flags)), vgg, **options)
    for name in ("l1_loss_alpha", "gan_loss_alpha", "ae_loss"):
        options[name] = flags[name].value
    if flags.gan == "wgan_gp":
        from inpaint.training.wgan_trainer import WganOptions, WganTrainer

        return WganTrainer(generator, _discriminator(flags), WganOptions(**wgan.options(flags)), **options)
    return Trainer(
        generator,
        _discriminator(flags),
        l1_loss=flags.l1_loss,
        known_weight=flags.known_weight,
        gan=flags.gan != "none",
        perceptual_weight=flags.perceptual_weight,
        gan_highpass=flags.gan_highpass,
        l1_lowpass=flags.l1_lowpass,
        gan_gradient_ratio=flags.gan_gradient_ratio,
        gan_loss_alpha_max=flags.gan_loss_alpha_max,
        **options,
    )


def precisions(flags):
    """(the generator's dtype policy, the discriminator's)."""
    return flags.precision, flags.discriminator_precision or flags.precision


def _discriminator(flags):
    from inpaint.discriminators.critics import Critics
    from inpaint.discriminators.pretrained_features import PretrainedFeatures
    from inpaint.discriminators.projected import ProjectedDiscriminator
    from inpaint.discriminators.sn_patchgan import Discriminator

    dtype = precisions(flags)[1]
    if flags.gan == "wgan_gp":
        size = tuple(int(side) for side in flags.img_shapes[:2])
        return Critics(size, (flags.height, flags.width), dtype=dtype)
    options = {"with_mask": flags.gan_with_mask, "dtype": dtype}
    if flags.gan == "projected":
        return ProjectedDiscriminator(PretrainedFeatures(flags.gan_features), flags.guided, **options)
    return Discriminator(flags.guided, **options)


def _optimizers(flags):
    """One Adam for both models, or two, as arguments of the `Trainer`."""
    from inpaint.models.optimizer import make_optimizer

    own, each = flags.discriminator_learning_rate, precisions(flags)
    if own is None:
        scaled = "mixed_float16" if "mixed_float16" in each else flags.precision
        return {"optimizer": make_optimizer(flags.learning_rate, scaled, flags.gan)}
    adams = map(make_optimizer, (flags.learning_rate, own), each, (flags.gan, flags.gan))
    return dict(zip(("optimizer", "discriminator_optimizer"), adams))
