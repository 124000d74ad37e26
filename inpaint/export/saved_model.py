"""Exporting an `Inpainter` as a SavedModel for TensorFlow Serving."""

import pathlib

import tensorflow as tf

from inpaint.export import warmup
from inpaint.export.signatures import Served
from inpaint.io.atomic import whole_folder


def export(inpainter, folder, max_pixels, overwrite=False, say=print):
    """Write a SavedModel with the signatures of `Served` and warm-up requests, atomically.

    Args:
        inpainter: an `Inpainter`.
        folder: version folder, such as `models/inpaint/1`.
        max_pixels: as in `Served`.
        overwrite: Whether to replace an existing model.
        say: called with one line of text for the user.

    Raises:
        UserError: if the folder exists and `overwrite` is false, or cannot be written.
    """
    with whole_folder(folder, overwrite) as part:
        served = Served(inpainter, max_pixels)
        options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
        tf.saved_model.save(served, str(part), served.signature_functions(), options)
        if warmup.can_be_written():
            warmup.write_requests(part, inpainter.generator.guided)
        else:
            say("note: no warm-up requests were written: pip install tensorflow-serving-api and export again")
    if not pathlib.Path(folder).resolve().name.isdecimal():
        say(
            f"note: TensorFlow Serving loads only folders whose name is a whole number, "
            f"such as {pathlib.Path(folder) / '1'}"
        )
