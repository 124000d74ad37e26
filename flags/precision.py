"""The flag that chooses the arithmetic."""

from absl import flags


def define(values):
    flags.DEFINE_enum(
        "precision",
        "float32",
        ["float32", "mixed_bfloat16", "mixed_float16"],
        "Dtype policy of the layers; weights, losses and attention scores stay float32.",
        flag_values=values,
    )
