"""What in a file's metadata shows the image as it was, or promises a part of the file that is not written."""

import re
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from PIL import ExifTags

_JPEG_OR_PNG = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|/9j/4|iVBORw0KGgo")  # the latter two in base64
# Of EXIF data: SubIFDs and thumbnails, XMP, Photoshop's resources and layers, and what only the maker knows.
_EXIF_TAGS = (0x014A, 0x0201, 0x0202, 0x02BC, 0x501B, 0x8649, 0x935C, ExifTags.IFD.MakerNote)
# Of XMP: videos, gain maps, depth maps and originals behind or beside the image. A panorama stays one.
_NAMESPACES = re.compile(
    r"http://ns\.(google\.com/photos/(?!1\.0/panorama/)|xiaomi\.com/photos/|adobe\.com/hdr-gain-map/"
    r"|apple\.com/HDRGainMap/|apple\.com/pixeldatainfo/|adobe\.com/xmp/note/|adobe\.com/xap/1\.0/g/img/)"
)
_THUMBNAILS = "http://ns.adobe.com/xap/1.0/", "Thumbnails"
_HDR = re.compile(rb"""/hdr-gain-map/|/HDRGainMap/|Semantic\s*(=\s*["']|>)\s*GainMap""")
_VIDEO = re.compile(
    rb"""(Motion|Micro)(Photo|Video)\s*(=\s*["']|>)\s*1|Semantic\s*(=\s*["']|>)\s*MotionPhoto"""
)
_ISO_GAIN_MAP = b"urn:iso:std:iso:ts:21496:-1"
_MOST_BYTES = 1 << 19  # of XMP that is taken apart; it takes a thousand times the memory


def holds_picture(value):
    """Whether bytes or a text hold a JPEG or PNG file."""
    value = value.encode(errors="replace") if isinstance(value, str) else value
    return isinstance(value, bytes) and bool(_JPEG_OR_PNG.search(value))


def remove_from_exif(exif):
    """Remove thumbnails, previews and makers' notes from a Pillow `Exif`, in place."""
    found = [exif]
    for group in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        if group in exif:
            found.append(exif[group] if isinstance(exif[group], dict) else exif.get_ifd(group))
    for tags in found:
        for tag in [tag for tag, value in tags.items() if tag in _EXIF_TAGS or holds_picture(value)]:
            del tags[tag]


def lost_parts(image, xmp):
    """What a file has besides the image that will not be written, in words: a tuple of names.

    Args:
        image: the opened Pillow image.
        xmp: its XMP packet, bytes, or None.
    """
    plain = (xmp or b"").replace(b"\0", b"")
    hdr = _HDR.search(plain) or any(
        data.startswith(_ISO_GAIN_MAP) for _, data in getattr(image, "applist", ())
    )
    found = {"the HDR gain map": hdr, "the video of the motion photo": _VIDEO.search(plain)}
    return tuple(name for name, is_there in found.items() if is_there)


def remove_from_xmp(xmp):
    """An XMP packet, bytes, without pictures and without promises; None if it cannot be taken apart."""
    plain = xmp.replace(b"\0", b"")
    if not (
        _NAMESPACES.search(plain.decode(errors="replace")) or b"Thumbnails" in plain or holds_picture(plain)
    ):
        return xmp
    if len(xmp) > _MOST_BYTES or b"<!" in plain.replace(b"<!--", b""):
        return None
    try:
        document = minidom.parseString(xmp.strip(b"\0 \r\n\t"))
        _prune(document)
        return "".join(node.toxml() for node in document.childNodes).encode()
    except (ExpatError, RecursionError, UnicodeError, ValueError):
        return None


def _prune(node):
    for child in list(node.childNodes):
        if _is_picture(child):
            node.removeChild(child)
        else:
            _prune(child)
    attributes = node.attributes
    for attribute in list(attributes.values()) if attributes else ():
        is_declaration = attribute.prefix == "xmlns"
        if _NAMESPACES.match(attribute.value) if is_declaration else _is_picture(attribute):
            node.removeAttributeNode(attribute)


def _is_picture(node):
    if _NAMESPACES.match(node.namespaceURI or "") or (node.namespaceURI, node.localName) == _THUMBNAILS:
        return True
    return holds_picture(node.nodeValue or "")
