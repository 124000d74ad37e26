"""This project's program; see measuring/process.py."""

from inpaint.cli.tensorflow_start import load_tensorflow

load_tensorflow()  # before others import it with its start-up notes

# isort: split

import atexit

from inpaint.data.batches import Batches
from inpaint.data.pipeline import training_batches
from inpaint.data.unreadable import UnreadableFiles
from inpaint.inference.inpainter import Inpainter
from inpaint.lists.file_lists import image_paths
from inpaint.models.generator import Generator
from inpaint.options.examples import ExampleOptions
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes import make_recipe
from inpaint.training.trainer import Trainer


def filler(precision, **options):
    return Inpainter.from_checkpoint(precision=precision, **options)


def updater(precision, batch_size, size, batches, jit_compile, **images):
    recipe = make_recipe(DeepFillV2Options(), ExampleOptions((size, size)), precision)
    trainer = Trainer(Generator(dtype=precision), recipe, jit_compile=jit_compile)
    taken = _batches(batch_size, size, **images)

    def update():
        if batches == 1:
            losses = trainer.shared_step(next(taken))
        else:
            trainer.discriminator_step(next(taken))
            losses = trainer.generator_step(next(taken))
        float(losses["g_loss"])

    return update


def input_pipeline(count, batch_size, size, **images):
    taken = _batches(batch_size, size, **images)

    def take():
        for _ in range(count):
            next(taken)

    return take


def _batches(batch_size, size, data, random_crop):
    paths = image_paths(data)
    unreadable = UnreadableFiles("training images", len(paths), 0)
    dataset = training_batches(paths, ExampleOptions((size, size), random_crop), batch_size, unreadable)
    atexit.register((batches := Batches(dataset, errors=[])).close)
    return batches
