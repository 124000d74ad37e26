"""What an image file holds besides its pixels and their colour profile, and how it is written again."""

import dataclasses
import math
import re
import struct

from PIL import ExifTags, Image, ImageOps

from inpaint.images import png_chunks, previews

_ORIENTATION = ExifTags.Base.Orientation
_SIDEWAYS = (5, 6, 7, 8)  # the orientations that swap width and height
# A TIFF keeps EXIF data among the tags of its own layout; these are not of the layout.
_TIFF_TAGS = (
    ExifTags.Base.ImageDescription,
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Software,
    ExifTags.Base.DateTime,
    ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
)
_TIFF_GROUPS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
# What Pillow raises on damaged EXIF data, found by changing bytes of it.
_DAMAGED = (SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error)
_ORIENTATION_IN_XMP = re.compile(rb'tiff:Orientation="\d"|<tiff:Orientation>\d</tiff:Orientation>')
_RAW_PROFILE = "Raw profile type "  # how ImageMagick keeps EXIF data and profiles in a PNG's text
_XMP_IN_PNG = "XML:com.adobe.xmp"
_MOST_IN_JPEG = 65_000  # bytes of EXIF data, XMP or comment
_MOST_DPI = 65_535  # what a JPEG can hold
_XMP_IN_TIFF = 700


@dataclasses.dataclass(frozen=True)
class Metadata:
    """Metadata of an image that is upright.

    Attributes:
        exif: EXIF data without the orientation, bytes, or None. It may tell where a photograph was taken.
        xmp: XMP packet without the orientation, bytes, or None.
        text: dict of keyword -> text of a PNG.
        comment: of a JPEG, bytes, or None.
        dpi: (horizontal, vertical) pixels per inch, or None.
        lost: what the file had besides the image and nothing writes, in words.
        colours: dict of the chunks in which a PNG told how its colours are meant: name -> data.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    text: dict[str, str] = dataclasses.field(default_factory=dict)
    comment: bytes | None = None
    dpi: tuple[float, float] | None = None
    lost: tuple[str, ...] = ()
    colours: dict[bytes, bytes] = dataclasses.field(default_factory=dict)

    def stripped(self):
        """The metadata without what may tell of people, places and devices: resolution and colours."""
        return Metadata(dpi=self.dpi, lost=self.lost, colours=self.colours)

    def save_options(self, format):
        """Arguments of Pillow's `Image.save`.

        Args:
            format: Pillow's name of the format, `"PNG"`, `"JPEG"`, `"WEBP"` or `"TIFF"`. What it has no place
                for is left out.
        """
        options = {"exif": self.exif, "xmp": self.xmp, "dpi": self.dpi}
        if format == "JPEG":
            options["comment"] = self.comment
            options = {k: v for k, v in options.items() if k == "dpi" or len(v or b"") <= _MOST_IN_JPEG}
        elif format == "PNG":
            options["pnginfo"] = self._png_text()
        elif format == "TIFF":
            options["exif"] = self._as_tiff_tags()
        return {name: value for name, value in options.items() if value}

    def _png_text(self):
        info = png_chunks.colour_info(self.colours)
        for keyword, text in self.text.items():
            info.add_text(keyword, text)
        if self.xmp:
            info.add_itxt(_XMP_IN_PNG, self.xmp.decode(errors="replace"))
        return info

    def _as_tiff_tags(self):
        found, tags = Image.Exif(), Image.Exif()
        if self.exif:
            found.load(self.exif)
            tags = _without_layout(found)
        if self.xmp:
            tags[_XMP_IN_TIFF] = self.xmp
        return tags


def is_sideways(image):
    """Whether turning an opened image upright swaps its width and height."""
    if image.format == "TIFF":
        return False  # Pillow has swapped them already
    try:
        return image.getexif().get(_ORIENTATION) in _SIDEWAYS
    except _DAMAGED:
        return False


def upright(image):
    """Turn a loaded image upright.

    Thumbnails, previews and the like are not kept: they would show what is going to be removed.

    Args:
        image: a Pillow image, as it was opened, not a copy.

    Returns:
        (the image as it is seen; its `Metadata`, without what is damaged).
    """
    upright_image, exif = _turned(image)
    xmp, comment = image.info.get("xmp"), image.info.get("comment")
    xmp = _ORIENTATION_IN_XMP.sub(b"", xmp) if isinstance(xmp, bytes) else b""
    text = dict(image.text) if image.format == "PNG" else {}
    kept = {k: v for k, v in text.items() if k != _XMP_IN_PNG and not k.startswith(_RAW_PROFILE)}
    kept = {k: v for k, v in kept.items() if not previews.holds_picture(v)}
    usable = isinstance(comment, bytes) and not previews.holds_picture(comment)
    comment = comment if image.format == "JPEG" and usable else None
    # Of a TIFF that tells none, Pillow tells 1 pixel an inch.
    told = image.format != "TIFF" or ExifTags.Base.XResolution in image.tag_v2
    dpi = _dpi(image.info.get("dpi")) if told else None
    lost, colours = previews.lost_parts(image, xmp), image.info.get(png_chunks.COLOURS, {})
    xmp = previews.remove_from_xmp(xmp) or None
    return upright_image, Metadata(exif, xmp, kept, comment, dpi, lost, colours)


def _turned(image):
    """(the image, turned; its EXIF data without the orientation as bytes, or None)."""
    try:
        exif = image.getexif()
        if image.format == "TIFF":  # Pillow has turned it
            return image, _to_bytes(_without_layout(exif))
        orientation = exif.pop(_ORIENTATION, None)
    except _DAMAGED:
        return image, None
    kept = _to_bytes(exif)
    if orientation is not None:
        exif[_ORIENTATION] = orientation
    # Or `exif_transpose` writes the rest again, and fails where that is damaged.
    for name in ("exif", f"{_RAW_PROFILE}exif"):
        image.info.pop(name, None)
    return ImageOps.exif_transpose(image), kept


def _dpi(found):
    """A usable resolution, or None."""
    try:
        horizontal, vertical = (float(value) for value in found)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    usable = all(math.isfinite(value) and 1 <= value <= _MOST_DPI for value in (horizontal, vertical))
    return (horizontal, vertical) if usable else None


def _without_layout(exif):
    """An `Image.Exif` with those tags of another that do not describe the layout of a TIFF."""
    tags = Image.Exif()
    tags.update({tag: exif[tag] for tag in _TIFF_TAGS if tag in exif})
    for group in _TIFF_GROUPS:
        if found := exif.get_ifd(group):
            tags.get_ifd(group).update(found)
            tags[group] = found
    return tags


def _to_bytes(exif):
    """EXIF data as bytes, without pictures; None if it is empty or damaged."""
    write = exif.tobytes
    try:
        previews.remove_from_exif(exif)
        return write() if exif else None
    except (*_DAMAGED, AttributeError):  # Pillow calls `encode` of a number where text belongs
        return None
