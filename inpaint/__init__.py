"""Free-form image inpainting with gated convolution: models, training, checkpoints, images.

`import inpaint` alone does not import TensorFlow, nor does `Inpainter`, which imports what runs its network;
accessing `Generator`, `PConvUNet`, `make_generator`, `Discriminator` or `Trainer` does. So that
`keras.saving.load_model` finds the models in saved files, import Keras or TensorFlow before `inpaint`, or
access one of these names.
"""

import importlib
import sys

from inpaint.errors import UserError

__version__ = "0.2.0"

_MODULES = {
    "DeepFillV2": "inpaint.training.recipes.deepfill_v2",
    "Discriminator": "inpaint.discriminators.sn_patchgan",
    "Generator": "inpaint.models.generator",
    "Inpainter": "inpaint.inference.inpainter",
    "PConvUNet": "inpaint.models.unet",
    "Trainer": "inpaint.training.trainer",
    "make_generator": "inpaint.models.make_generator",
}
_SAVED = (  # modules of what Keras can save
    "inpaint.ops",  # first: it refuses other backends than TensorFlow
    "inpaint.discriminators.critics",
    "inpaint.discriminators.sn_patchgan",
    "inpaint.models.generator",
    "inpaint.models.unet",
)
__all__ = [*_MODULES, "UserError"]


def _register():
    """Let Keras know the layers and models."""
    for module in _SAVED:
        importlib.import_module(module)


def __getattr__(name):
    if name in _MODULES:
        if name != "Inpainter":
            _register()
        return getattr(importlib.import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return [*globals(), *_MODULES]


if "keras" in sys.modules or "tensorflow" in sys.modules:
    _register()
