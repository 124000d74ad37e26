"""Free-form image inpainting with gated convolution: models, training, checkpoints, images.

`import inpaint` alone does not import TensorFlow; accessing `Inpainter`, `Generator`, `make_generator`,
`Discriminator` or `Trainer` does.
"""

import importlib

__version__ = "0.2.0"

_MODULES = {
    "Discriminator": "inpaint.discriminators.sn_patchgan",
    "Generator": "inpaint.models.generator",
    "Inpainter": "inpaint.inference.inpainter",
    "Trainer": "inpaint.training.trainer",
    "UserError": "inpaint.errors",
    "make_generator": "inpaint.models.make_generator",
}
__all__ = list(_MODULES)


def __getattr__(name):
    if name in _MODULES:
        return getattr(importlib.import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return [*globals(), *_MODULES]
