"""Train the inpainting network: `python train.py --dataset=celebahq`, or `--data_flist=FOLDER`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import tensorflow as tf
from absl import flags

from flags import training
from flags.training import FLAGS
from inpaint.devices import is_chief, make_strategy
from inpaint.discriminator import Discriminator
from inpaint.errors import UserError
from inpaint.file_lists import picture_paths
from inpaint.generator import Generator
from inpaint.run import Run
from inpaint.trainer import Trainer, make_optimizer
from inpaint.validation import Validation

flags.adopt_module_key_flags(training)


def main():
    if FLAGS.precision == "mixed_float16" and not tf.config.list_physical_devices("GPU"):
        raise UserError("--precision=mixed_float16 trains on GPUs only: use mixed_bfloat16 on a CPU")
    if FLAGS.gan == "none" and not (FLAGS.ae_loss and FLAGS.l1_loss):
        raise UserError("--gan=none needs --ae_loss and --l1_loss: there is nothing to train on")
    strategy = make_strategy(FLAGS.strategy, _say)
    data, options = training.data_options(), training.run_options()
    source, validation_source = training.picture_sources()
    paths = picture_paths(source, FLAGS.random_seed, FLAGS.guided)
    validation = None
    if validation_source:
        validation_paths = picture_paths(validation_source, guided=FLAGS.guided)
        validation = Validation(validation_paths, data, FLAGS.static_view_size, FLAGS.batch_size, _say)
    if is_chief(strategy):
        _say(f"{len(paths)} training pictures from {source}")

    tf.keras.utils.set_random_seed(FLAGS.random_seed)
    if FLAGS.deterministic:
        tf.config.experimental.enable_op_determinism()
    with strategy.scope():
        trainer = Trainer(
            Generator(FLAGS.guided, FLAGS.padding, dtype=FLAGS.precision),
            Discriminator(FLAGS.guided, FLAGS.gan_with_mask, dtype=FLAGS.precision),
            l1_loss_alpha=FLAGS.l1_loss_alpha,
            gan_loss_alpha=FLAGS.gan_loss_alpha,
            ae_loss=FLAGS.ae_loss,
            l1_loss=FLAGS.l1_loss,
            known_weight=FLAGS.known_weight,
            gan=FLAGS.gan == "sngan",
            optimizer=make_optimizer(FLAGS.learning_rate, FLAGS.precision),
            jit_compile=FLAGS.jit_compile,
        )
    Run(trainer, paths, data, options, validation, _say).train()


def _say(line):
    print(line, flush=True)


if __name__ == "__main__":
    command.run(main)
