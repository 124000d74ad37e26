"""The example photos with masks."""

import io
import pathlib

from PIL import Image, ImageOps

_FOLDER = pathlib.Path(__file__).parents[1] / "examples"
_SIDE = 192


class Example:
    """A photo to try, with a mask.

    Attributes:
        name: its name.
        photo, mask: paths.
        thumbnail: JPEG file of the photo's middle, bytes.
    """

    def __init__(self, photo):
        self.name = photo.stem
        self.photo = photo
        self.mask = _FOLDER / "masks" / f"{photo.stem}.png"
        content = io.BytesIO()
        with Image.open(photo) as image:
            ImageOps.fit(image.convert("RGB"), (_SIDE, _SIDE)).save(content, "JPEG", quality=80)
        self.thumbnail = content.getvalue()


def examples():
    """dict of `Example`s by name."""
    return {path.stem: Example(path) for path in sorted((_FOLDER / "photographs").iterdir())}
