"""What every file must keep to that a visitor sent."""

import contextlib

from inpaint.demo.errors import TooLarge
from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.images.opened_image import within_limit


def check_size(name, size, max_pixels):
    if not within_limit(size, max_pixels):
        raise TooLarge(
            f"{name} is {size_text(size)}, and this page takes up to {max_pixels / 1e6:.3g} million pixels: "
            f"make it smaller first"
        )


@contextlib.contextmanager
def called(path, name):
    """Context manager: errors in the body mention `name` instead of a path on this machine."""
    try:
        yield
    except UserError as error:
        if str(path) not in str(error):
            raise
        raise UserError(str(error).replace(str(path), name)) from error
