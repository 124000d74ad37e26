"""The flags for the size at which holes are filled."""

from absl import flags

from inpaint.errors import UserError
from inpaint.inference.scale import DETAILS

_LEAST_SIDE, _MOST_SIDE = 64, 1 << 16


def define(values, fill_size="whole", detail="none"):
    flags.DEFINE_string(
        "fill_size",
        fill_size,
        "Size at which the network works. whole: that of the image. auto: for each hole, a size at which it "
        "is as wide as those that the network was trained on. A number: maximum length of the longer side, "
        "in pixels; larger images are reduced, and the filled hole is enlarged.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "detail",
        detail,
        DETAILS,
        "residual: sharpen the filled hole with fine detail from similar places of the image.",
        flag_values=values,
    )


def options(values):
    """Return the flags as arguments of `Inpainter`.

    Raises:
        UserError: if --fill_size is neither a word that it knows nor a number within its bounds.
    """
    size = values.fill_size
    if size not in ("whole", "auto"):
        if not size.isdecimal() or not _LEAST_SIDE <= int(size) <= _MOST_SIDE:
            raise UserError(
                f"--fill_size must be whole, auto or a number from {_LEAST_SIDE} to {_MOST_SIDE}, received "
                f"{size!r}"
            )
        size = int(size)
    return {"fill_size": size, "detail": values.detail}
