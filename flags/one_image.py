"""The flags of commands that fill one image."""

from absl import flags

from inpaint.errors import UserError
from inpaint.inference.fill_file import Job
from inpaint.io.file_lists import sketch_path


def define(values):
    flags.DEFINE_string("image", None, "The image to fill.", required=True, flag_values=values)
    flags.DEFINE_string("mask", None, "Mask: white (above 127.5) is the hole.", flag_values=values)
    flags.DEFINE_bool(
        "mask_from_alpha",
        False,
        "Instead of --mask: the hole is where the image is fully transparent, as erased in an editor. The "
        "result is opaque there.",
        flag_values=values,
    )
    flags.register_multi_flags_validator(
        ["mask", "mask_from_alpha"],
        lambda given: (given["mask"] is None) == given["mask_from_alpha"],
        "exactly one of --mask and --mask_from_alpha is required",
        flag_values=values,
    )
    flags.DEFINE_string(
        "sketch", None, "Sketch of the hole, if --guided. Default: <image>_edge.jpg.", flag_values=values
    )


def job(values, guided, output, strip_metadata=False):
    """Return the flags as a `Job` with this output path, and a sketch if the generator is guided."""
    if values.sketch and not guided:
        raise UserError("--sketch needs --guided and a checkpoint that was trained with sketches")
    sketch = (values.sketch or str(sketch_path(values.image))) if guided else None
    return Job(values.image, values.mask, output, sketch, strip_metadata=strip_metadata)
