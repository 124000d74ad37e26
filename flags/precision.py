"""The flag that chooses the arithmetic."""

from absl import flags

POLICIES = ["float32", "mixed_bfloat16", "mixed_float16"]


def define(values):
    flags.DEFINE_enum(
        "precision",
        "float32",
        POLICIES,
        "Dtype policy of the layers; weights, losses and attention scores stay float32.",
        flag_values=values,
    )
