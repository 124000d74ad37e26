"""The flag that chooses the arithmetic."""

from absl import flags

flags.DEFINE_enum(
    "precision",
    "float32",
    ["float32", "mixed_bfloat16", "mixed_float16"],
    "Of the layers' arithmetic; weights, losses and attention scores stay float32.",
)
