"""The flag of commands that write filled images."""

from absl import flags


def define(values):
    flags.DEFINE_bool(
        "strip_metadata",
        False,
        "Write outputs without the EXIF data (which may tell where a photograph was taken), XMP and text of "
        "the image. The colour profile and resolution stay.",
        flag_values=values,
    )
