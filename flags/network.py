"""The flags that describe a generator, as it is trained and as it is used."""

from absl import flags


def define(values):
    flags.DEFINE_bool(
        "guided",
        False,
        "The generator takes a sketch, name_edge.jpg beside each name.ext.",
        flag_values=values,
    )
    flags.DEFINE_float(
        "edge_threshold", 0.6, "A sketch's value / 255 above this is a line.", 0, 1, flag_values=values
    )
    flags.DEFINE_enum(
        "padding",
        "SAME",
        ["SAME", "SYMMETRIC", "REFLECT"],
        "Borders of the generator's convolutions.",
        case_sensitive=False,
        flag_values=values,
    )
