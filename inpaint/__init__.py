"""Free-form image inpainting with gated convolution: models, training, checkpoints, images.

`from inpaint import Inpainter, Generator, Discriminator, Trainer` imports TensorFlow at the first use;
`import inpaint` alone does not.
"""

import importlib

__version__ = "0.2.0"

_HOMES = {
    "Discriminator": "inpaint.models.discriminator",
    "Generator": "inpaint.models.generator",
    "Inpainter": "inpaint.inference.inpainter",
    "Trainer": "inpaint.training.trainer",
    "UserError": "inpaint.errors",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return [*globals(), *_HOMES]
