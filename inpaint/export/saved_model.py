"""Exporting an `Inpainter` as a SavedModel for TensorFlow Serving."""

import pathlib

import tensorflow as tf

from inpaint.checkpoints.plain_path import check_plain
from inpaint.errors import as_user_error
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
        UserError: if the folder exists and `overwrite` is false, cannot be written, or has a path from which
            TensorFlow cannot load.
    """
    check_plain(folder)
    served = Served(inpainter, max_pixels)
    # Traced before the folder is made: an error in them is none of its.
    functions = served.signature_functions().items()
    signatures = {name: function.get_concrete_function() for name, function in functions}
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    requests = warmup.requests(inpainter.generator.guided) if warmup.can_be_written() else None
    what = f"cannot write {folder}"
    with as_user_error(what, tf.errors.OpError), whole_folder(folder, overwrite) as part:
        tf.saved_model.save(served, str(part), signatures, options)
        if requests:
            warmup.write_requests(part, requests)
    if not requests:
        say("note: no warm-up requests were written: pip install tensorflow-serving-api and export again")
    if not pathlib.Path(folder).resolve().name.isdecimal():
        say(
            f"note: TensorFlow Serving loads only folders whose name is a whole number, "
            f"such as {pathlib.Path(folder) / '1'}"
        )
