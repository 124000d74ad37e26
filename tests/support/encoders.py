"""Encoders of image files that Pillow and OpenCV do not write."""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def packed(values, bits):
    """Integers [H, W] or [H, W, C] as the packed rows of a TIFF, `bits` each, most significant bit first."""
    rows = b""
    for row in values:
        digits = "".join(format(int(value), f"0{bits}b") for value in row.reshape(-1))
        digits += "0" * (-len(digits) % 8)
        rows += int(digits, 2).to_bytes(len(digits) // 8, "big")
    return rows


def tiff(values, bits, photometric=1, deflate=False, order="<", signed=False, orientation=1):
    """A TIFF of one strip: values [H, W] (gray) or [H, W, C]; of `bits` each; byte order `<` or `>`."""
    channels = values.shape[2] if values.ndim == 3 else 1
    dtype = f"{order}{'i' if signed else 'u'}{bits // 8}"
    data = values.astype(dtype).tobytes() if bits in (8, 16) else packed(values, bits)
    if deflate:
        data = zlib.compress(data)
    short, long = (3, "H"), (4, "I")
    tags = {
        256: (long, [values.shape[1]]),
        257: (long, [values.shape[0]]),
        258: (short, [bits] * channels),
        259: (short, [8 if deflate else 1]),
        262: (short, [photometric]),
        273: (long, [0]),
        274: (short, [orientation]),
        277: (short, [channels]),
        278: (long, [values.shape[0]]),
        279: (long, [len(data)]),
        339: (short, [2 if signed else 1] * channels),
    }
    after = 8 + 2 + 12 * len(tags) + 4
    longer = sum(struct.calcsize(f"<{len(v)}{t[1]}") for t, v in tags.values() if len(v) > 2)
    tags[273] = (long, [after + longer])
    entries, more = b"", b""
    for tag, ((kind, code), numbers) in tags.items():
        value = struct.pack(f"{order}{len(numbers)}{code}", *numbers)
        if len(value) > 4:
            value, more = struct.pack(f"{order}I", after + len(more)), more + value
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + value.ljust(4, b"\0")
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4) + more + data


def chunk(name, data):
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows, width, depth, colour_type, before=(), after=()):
    """A PNG: rows as packed bytes; `before` and `after` the pixels, encoded chunks."""
    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = [chunk(b"IHDR", header), *before, chunk(b"IDAT", pixels), *after, chunk(b"IEND", b"")]
    return _SIGNATURE + b"".join(chunks)


def bomb(width, height):
    """A PNG that tells of a size and holds no pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return _SIGNATURE + header + chunk(b"IDAT", b"")
