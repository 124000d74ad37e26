"""Free-form image inpainting with gated convolution: models, training, checkpoints, pictures."""

__version__ = "0.1.0"
