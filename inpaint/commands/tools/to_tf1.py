"""Convert a checkpoint for the original TF1 code: --checkpoint_dir=logs/celebahq --output_dir=DIR."""

import dataclasses

from inpaint.checkpoints.locate import find
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    checkpoint_dir: str | None = option(
        None, "Folder or prefix of a checkpoint of this project.", required=True
    )
    output_dir: str | None = option(None, "Folder for the snapshot.", required=True)
    learning_rate: float = option(1e-4, "Learning rate of Adam, which checkpoints do not hold.", least=0)


def main(options):
    find(options.checkpoint_dir)  # before TensorFlow, to fail early
    load_tensorflow()
    from inpaint.checkpoints.convert import models_of, to_tf1
    from inpaint.discriminators.critics import Critics
    from inpaint.models.optimizer import make_optimizer
    from inpaint.training.recipes.deepfill_v1 import DeepFillV1
    from inpaint.training.recipes.deepfill_v2 import DeepFillV2
    from inpaint.training.trainer import Trainer

    generator, discriminator = models_of(options.checkpoint_dir)
    recipe = (DeepFillV1 if isinstance(discriminator, Critics) else DeepFillV2)(discriminator)
    trainer = Trainer(generator, recipe, make_optimizer(options.learning_rate, beta_2=recipe.options.BETA_2))
    prefix, step = to_tf1(options.checkpoint_dir, options.output_dir, trainer)
    print(f"wrote {prefix}, a snapshot of the original TF1 code, step {step}")
