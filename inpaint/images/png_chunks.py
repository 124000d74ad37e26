"""The chunks of a PNG beside its pixels: what they tell of its colours, and what of them stops no reading."""

import contextlib
import io
import re
import struct
import warnings
import zlib

from PIL import PngImagePlugin

from inpaint.errors import Note

COLOURS = "colour_chunks"  # key of a Pillow image's `info`
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_LENGTHS = {b"cHRM": 32, b"gAMA": 4, b"cICP": 4, b"sRGB": 1}
# Pixels depend on these; of an animation, that it is one.
_NEEDED = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT")
_DAMAGED = (SyntaxError, ValueError, IndexError, OSError, struct.error, zlib.error)
_SRGB_GAMMA, _SRGB_PRIMARIES = 45455, (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_SRGB_CODE_POINTS = b"\x01\x0d\x00\x01"

# Larger profiles and texts, unpacked, are left out; Pillow would refuse the image, and from 1 MiB on.
_MOST_BYTES = PngImagePlugin.MAX_TEXT_CHUNK = 8 << 20


def sound_png(path, source):
    """Read around chunks that Pillow would refuse a PNG for, though no pixel depends on them.

    Args:
        path: for messages.
        source: the path or `io.BytesIO` of any file.

    Returns:
        (what to open in place of `source`, dict of the chunks that tell of colours: name -> data).

    Warns:
        Note: a chunk is damaged or too large, and left out.
    """
    colours, dropped = {}, []
    with contextlib.nullcontext(source) if isinstance(source, io.BytesIO) else open(source, "rb") as file:
        file.seek(0)
        before_pixels = True
        if file.read(8) == _SIGNATURE:
            stream = PngImagePlugin.PngStream(file)
            for name, start, length in _chunks(file):
                before_pixels = before_pixels and name != b"IDAT"
                if name in _NEEDED:
                    continue
                try:
                    file.seek(start + 8)
                    data = getattr(stream, f"chunk_{name.decode()}", _read(file))(start + 8, length)
                    stream.crc(name, data)
                except _DAMAGED:
                    dropped.append((name.decode(), start, start + 12 + length))
                    continue
                if before_pixels and _COLOUR_LENGTHS.get(name) == length:
                    colours.setdefault(name, data)
        file.seek(0)
        content = file.read() if dropped else b""
    if not dropped or before_pixels:
        return source, colours
    names = ", ".join(sorted({name for name, *_ in dropped}))
    warnings.warn(
        Note(f"{path}: left out what is damaged or over {_MOST_BYTES >> 20} MiB beside the pixels ({names})"),
        stacklevel=3,
    )
    starts, ends = (0, *(end for *_, end in dropped)), (*(start for _, start, _ in dropped), len(content))
    return io.BytesIO(b"".join(content[start:end] for start, end in zip(starts, ends))), colours


def _chunks(file):
    """Yield (name, where it starts, length of its data) of each chunk of a PNG, up to what is none."""
    end, start = file.seek(0, io.SEEK_END), len(_SIGNATURE)
    while start + 8 <= end:
        file.seek(start)
        length, name = struct.unpack(">I4s", file.read(8))
        if not re.fullmatch(b"[A-Za-z]{4}", name):
            return
        yield name, start, length
        start += 12 + length


def _read(file):
    """Reads a chunk that Pillow does not know."""

    def read(start, length):
        data = file.read(length)
        if len(data) < length:
            raise OSError
        return data

    return read


def colour_info(colours):
    """A `PngInfo` with the chunks that tell of colours, for Pillow's `save`."""
    info = PngImagePlugin.PngInfo()
    for name, data in colours.items():
        info.add(name, data)
    return info


def are_srgb(colours):
    """Whether an image without these chunks looks the same: they are missing, or tell sRGB."""
    if b"cICP" in colours:
        return colours[b"cICP"] == _SRGB_CODE_POINTS
    if b"sRGB" in colours:
        return True
    gamma = struct.unpack(">I", colours.get(b"gAMA", struct.pack(">I", _SRGB_GAMMA)))
    primaries = struct.unpack(">8I", colours.get(b"cHRM", struct.pack(">8I", *_SRGB_PRIMARIES)))
    found, wanted = (*gamma, *primaries), (_SRGB_GAMMA, *_SRGB_PRIMARIES)
    return all(abs(one - other) <= 1000 for one, other in zip(found, wanted))
