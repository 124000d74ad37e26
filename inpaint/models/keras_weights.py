"""Networks that Keras defines, with weights from a file instead of a download."""

import os

from inpaint.errors import UserError, reason


def load_application(application, weights, name, **options):
    """A pretrained network without its top.

    Args:
        application: its function in `tf.keras.applications`.
        weights: the file of its weights, `..._notop.h5`.
        name: what messages call it.
        options: further arguments of the function.

    Raises:
        UserError: no such file, not HDF5 by its name, or one that does not fit.
    """
    if not os.path.isfile(weights):  # Keras would take some words for a download
        raise UserError(f"cannot use {weights} as {name}'s weights: there is no such file")
    if not str(weights).endswith(".h5"):  # by the name Keras chooses how to read it
        raise UserError(f"cannot use {weights} as {name}'s weights: its name must end with .h5")
    try:
        return application(include_top=False, weights=str(weights), **options)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"cannot use {weights} as {name}'s weights: {reason(error)}") from error
