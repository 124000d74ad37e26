"""Convert a checkpoint for the original TF1 code: --checkpoint_dir=logs/celebahq --output_dir=DIR."""

from absl.flags import DEFINE_float, DEFINE_string

from inpaint.checkpoints.locate import find
from inpaint.cli.tensorflow_start import load_tensorflow


def define(values):
    DEFINE_string(
        "checkpoint_dir",
        None,
        "Folder or prefix of a checkpoint of this project.",
        required=True,
        flag_values=values,
    )
    DEFINE_string("output_dir", None, "Folder for the snapshot.", required=True, flag_values=values)
    DEFINE_float(
        "learning_rate", 1e-4, "Adam's step size, which checkpoints do not hold.", 0, flag_values=values
    )


def main(values):
    find(values.checkpoint_dir)  # before TensorFlow, to fail early
    load_tensorflow()
    from inpaint.checkpoints.convert import models_of, to_tf1
    from inpaint.discriminators.critics import Critics
    from inpaint.models.optimizer import make_optimizer
    from inpaint.training.recipes.deepfill_v1 import DeepFillV1
    from inpaint.training.recipes.deepfill_v2 import DeepFillV2
    from inpaint.training.trainer import Trainer

    generator, discriminator = models_of(values.checkpoint_dir)
    recipe = (DeepFillV1 if isinstance(discriminator, Critics) else DeepFillV2)(discriminator)
    trainer = Trainer(generator, recipe, make_optimizer(values.learning_rate, beta_2=recipe.beta_2))
    prefix, step = to_tf1(values.checkpoint_dir, values.output_dir, trainer)
    print(f"wrote {prefix}, a snapshot of the original TF1 code, step {step}")
