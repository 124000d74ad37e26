"""The flag for the floating point precision."""

from absl import flags

POLICIES = ["float32", "mixed_bfloat16", "mixed_float16"]


def define(values):
    flags.DEFINE_enum(
        "precision",
        "float32",
        POLICIES,
        "Dtype policy of the layers. Weights, losses and attention scores are always float32.",
        flag_values=values,
    )
