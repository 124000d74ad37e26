"""The floating point precision, of training and of filling."""

from inpaint.options.option import option

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
PRECISION = option(
    "float32",
    "Dtype policy of the layers. Weights, losses and attention scores are always float32.",
    choices=PRECISIONS,
)
