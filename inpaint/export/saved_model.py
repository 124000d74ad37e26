"""Writing SavedModels, to be served by TensorFlow Serving."""

import pathlib

import tensorflow as tf

from inpaint.export import warmup
from inpaint.export.signatures import Served
from inpaint.io.atomic import whole_folder


def export(inpainter, folder, max_pixels, overwrite=False, say=print):
    """Write a SavedModel with the signatures of `Served`, and warm-up requests, whole or not at all.

    Args:
        inpainter: an `Inpainter`.
        folder: the version folder, such as `models/inpaint/1`.
        max_pixels: as in `Served`.
        overwrite: whether a model that is there is replaced.
        say: takes a line for the user.

    Raises:
        UserError: the folder exists, or cannot be written.
    """
    with whole_folder(folder, overwrite) as part:
        served = Served(inpainter, max_pixels)
        options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
        tf.saved_model.save(served, str(part), served.signature_functions(), options)
        if warmup.can_be_written():
            warmup.write_requests(part, inpainter.generator.guided)
        else:
            say(
                "note: no warm-up requests were written: pip install tensorflow-serving-api, and export again"
            )
    if not pathlib.Path(folder).resolve().name.isdecimal():
        say(
            f"note: TensorFlow Serving loads only folders whose name is a whole number, "
            f"such as {pathlib.Path(folder) / '1'}"
        )
