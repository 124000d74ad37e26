"""A visitor's photo: reading what was sent, and encoding it for the screen and for the download."""

import dataclasses
import io
import json
import os
import pathlib

import numpy as np
from PIL import Image

from inpaint.demo.errors import Gone
from inpaint.demo.kept.sent_file import called, check_size
from inpaint.errors import UserError
from inpaint.images.image_files import SUFFIXES, ImageFile, read_image, write_image
from inpaint.images.opened_image import opened_image
from inpaint.images.png_chunks import are_srgb, colour_info

_SUFFIX = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif"}
_SHOWN_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP")
_SHOWN_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")
_LOSSLESS = 1 << 20  # pixels up to which views are PNG files
_SENT, _ABOUT, _FILLED = "sent", "about.json", "filled.png"  # files in a photo's folder


@dataclasses.dataclass
class Photo:
    """A photo on the server.

    Attributes:
        image: an `ImageFile`.
        sent: path of the file that was sent.
        download: name of the download, with the suffix of the format that it is written in.
        shown: whether browsers show the file that was sent, and in the same colours.
        border: gray pixels around what was sent: left, top, right, bottom.
        changed: (left, top, right, bottom) of what was filled since, or None.
    """

    image: ImageFile
    sent: pathlib.Path
    download: str
    shown: bool = True
    border: tuple = (0, 0, 0, 0)
    changed: tuple | None = None

    @property
    def transparent(self):
        """Whether anything of it is transparent."""
        return self.image.alpha is not None and bool((self.image.alpha < 255).any())

    def save(self, folder):
        """Keep the photo in a folder of the `Store`: the file that was sent, and what was filled since."""
        os.link(self.sent, folder / _SENT)
        self.sent = folder / _SENT
        about = {"size": self.image.size, "download": self.download, "shown": self.shown}
        about |= {"border": self.border, "changed": self.changed}
        if self.changed:
            left, top, right, bottom = self.changed
            Image.fromarray(self.image.rgb[top:bottom, left:right]).save(folder / _FILLED, compress_level=1)
        (folder / _ABOUT).write_text(json.dumps(about))

    @classmethod
    def load(cls, folder):
        """The photo that was kept in a folder of the `Store`; raises `Gone` if something else was."""
        about = _about(folder)
        try:
            image = _bordered(read_image(folder / _SENT, None), about["border"])
            changed = about["changed"]
            if changed:
                with Image.open(folder / _FILLED) as filled:
                    pil = Image.fromarray(image.rgb)
                    pil.paste(filled, changed[:2])
                image.rgb = np.asarray(pil)
        except (OSError, UserError) as error:  # it was removed in the meantime
            raise Gone from error
        return cls(
            image, folder / _SENT, *(about[name] for name in ("download", "shown", "border", "changed"))
        )

    @staticmethod
    def size(folder):
        """(height, width) of the photo that was kept in a folder, without reading it; raises `Gone`."""
        return tuple(_about(folder)["size"])

    def filled(self, rgb, hole):
        """The photo with a filled `Hole`, as it will be downloaded: gray stays gray.

        Args:
            rgb: uint8 [H, W, 3], other than before in the hole only.
            hole: the `Hole`.
        """
        if self.image.gray:
            rgb = np.asarray(Image.fromarray(rgb).convert("L").convert("RGB"))
        rows, columns = hole.window
        here = columns.start, rows.start, columns.stop, rows.stop
        least, most = (tuple(map(kind, here, self.changed or here)) for kind in (min, max))
        image = dataclasses.replace(self.image, rgb=rgb)
        return dataclasses.replace(self, image=image, changed=(*least[:2], *most[2:]))

    def extended(self, border, max_pixels):
        """The photo with a border of gray pixels.

        Args:
            border: widths at its left, top, right and bottom.
            max_pixels: as for `read_photo`.

        Raises:
            TooLarge: it would have more pixels.
        """
        left, top, right, bottom = border
        height, width = self.image.size
        check_size("the extended photo", (height + top + bottom, width + left + right), max_pixels)
        changed = self.changed and tuple(map(sum, zip(self.changed, (left, top, left, top))))
        image, border = _bordered(self.image, border), tuple(map(sum, zip(self.border, border)))
        return dataclasses.replace(self, image=image, border=border, changed=changed)

    def view(self, window):
        """Encode a part of the photo for the screen.

        Args:
            window: slices of rows and columns.

        Returns:
            (bytes, media type): PNG where the part is small or the photo has transparency or is a PNG with
            colours of its own, else JPEG.
        """
        rgb, alpha = self.image.rgb[window], self.image.alpha
        pil = Image.fromarray(rgb)
        if self.image.gray:
            pil = pil.convert("L")  # as the colour profile expects
        if alpha is not None:
            pil.putalpha(Image.fromarray(alpha[window]))
        colours = self.image.metadata.colours
        lossless = alpha is not None or rgb.size // 3 <= _LOSSLESS or not are_srgb(colours)
        options = {"quality": 95, "subsampling": 0}
        if lossless:
            options = {"compress_level": 1, "pnginfo": colour_info(colours)}
        if self.image.icc_profile:
            options["icc_profile"] = self.image.icc_profile
        content = io.BytesIO()
        pil.save(content, "PNG" if lossless else "JPEG", **options)
        return content.getvalue(), "image/png" if lossless else "image/jpeg"

    def write(self, folder):
        """Write the download into a folder, unless it is there; returns its path."""
        path = folder / f"download{pathlib.Path(self.download).suffix}"
        if not path.exists():
            write_image(path, self.image)
        return path


def _bordered(image, border):
    """An `ImageFile` with an opaque gray border."""
    if not any(border):
        return image
    left, top, right, bottom = border
    widths, alpha = ((top, bottom), (left, right)), image.alpha
    rgb = np.pad(image.rgb, (*widths, (0, 0)), constant_values=128)
    return dataclasses.replace(
        image, rgb=rgb, alpha=alpha if alpha is None else np.pad(alpha, widths, constant_values=255)
    )


def _about(folder):
    try:
        return json.loads((folder / _ABOUT).read_text())
    except FileNotFoundError as error:
        raise Gone from error


def read_photo(path, name, max_pixels):
    """Read a photo that a visitor sent.

    Args:
        path: the file.
        name: its name at the visitor's.
        max_pixels: maximum number of pixels, with sides rounded up to multiples of 8.

    Returns:
        A `Photo`.

    Raises:
        UserError: it is no image that can be read, or too large.
    """
    with called(path, "the photo"):
        with opened_image(path, None, decode=False) as opened:
            kind, mode, size = opened.format, opened.mode, opened.size[::-1]
        check_size("the photo", size, max_pixels)
        image = read_image(path, None)
    stem, suffix = pathlib.PurePath(name).stem or "photo", pathlib.PurePath(name).suffix
    fitting = _SUFFIX.get(kind, ".png")
    alike = (
        suffix.lower() in SUFFIXES and suffix.lower().replace("jpeg", "jpg").replace("tiff", "tif") == fitting
    )
    download = f"{stem}_filled{suffix if alike else fitting}"
    return Photo(image, path, download, kind in _SHOWN_FORMATS and mode in _SHOWN_MODES)
