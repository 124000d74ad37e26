"""The floating point precision, of training and of filling."""

from inpaint.options.option import option

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
PRECISION = option(
    "float32",
    "What the layers compute in: mixed_bfloat16 is faster on recent CPUs and GPUs, mixed_float16 is for "
    "GPUs. Weights, losses and attention scores stay float32.",
    choices=PRECISIONS,
)
