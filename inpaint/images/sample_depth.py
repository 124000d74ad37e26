"""Decoding images to 8 bits a sample, by what the file tells of its samples, which Pillow's mode does not."""

import io
import itertools
import warnings

import cv2
import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from inpaint.errors import Note, UserError

HIGHEST = "highest"  # key of (the largest sample, the largest possible one) in an image's information
_BY_OPENCV = "decoded by OpenCV"  # in place of Pillow's raw mode
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_UNSIGNED, _SIGNED = 1, 2
_GRAY_PNG = {"L;2": 85, "L;4": 17}  # raw modes of gray that Pillow spreads to 0 to 255, and by which factor


def _add_to_pillow():
    """Have Pillow open the TIFF files of more than 8 bits that it does not know."""
    for prefix, photo in itertools.product((b"II", b"MM"), (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB)):
        order = "B" if prefix == b"MM" else ""
        modes = {(bits, _UNSIGNED): ("I;16", _BY_OPENCV) for bits in (10, 14)}
        modes |= {(12, _UNSIGNED): ("I;16", "I;12"), (16, _UNSIGNED): (f"I;16{order}",) * 2}
        modes |= {(16, _SIGNED): ("I", f"I;16{order}S"), (8, _SIGNED): ("L", "L")}
        if photo == _RGB:
            modes = {(bits, _UNSIGNED): ("RGB", _BY_OPENCV) for bits in (10, 12, 14)}
        for (bits, kind), mode in modes.items():
            key = prefix, photo, (kind,), 1, (bits,) * (3 if photo == _RGB else 1), ()
            TiffImagePlugin.OPEN_INFO.setdefault(key, mode)


_add_to_pillow()


def load_eight_bit(image, path, source):
    """Decode an opened image in place. Afterwards it has 8 bits a sample, rounded.

    Unsigned samples are scaled by their depth. Signed ones have no black and white of their own: the lowest
    value of the image becomes black, the highest white.

    Args:
        image: a Pillow image that is not yet decoded.
        path: for messages.
        source: the path or `io.BytesIO` that it was read from.

    Warns:
        Note: the samples are signed.

    Raises:
        UserError: 32 bits a sample, or a TIFF that OpenCV is needed for and cannot read.
    """
    raw_mode = str(image.tile[0].args) if image.tile else ""
    bits, kind, photo = _samples(image)
    if _BY_OPENCV in raw_mode:
        values = _by_opencv(image, source)
        if values is None:
            raise UserError(f"{path} has {bits} bits a sample: save it with 8 or 16 bits")
        _replace(image, _scaled(values >> (16 - bits), bits, photo))
        return
    swapped = kind == _SIGNED and ";16B" in raw_mode and "libtiff" in image.tile[0]
    # Of a TIFF that it is going to turn, Pillow would map the file with the sides swapped.
    image.filename = ""
    image.load()
    if kind == _SIGNED and bits <= 16:
        values = np.asarray(image)
        values = values.astype(np.int16).byteswap() if swapped else values.astype(f"int{bits}")
        _replace(image, _signed(path, values, photo))
    elif image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PPM"):
        values = np.asarray(image)
        image.info[HIGHEST] = int(values.max()), (1 << bits) - 1
        _replace(image, _with_key(image, values, _scaled(values, bits, photo)))
    elif image.mode in ("I", "F"):
        raise UserError(f"{path} has 32 bits a pixel: save it with 8 or 16 bits")
    elif image.format == "PNG" and (factor := _GRAY_PNG.get(raw_mode)) and "transparency" in image.info:
        image.info["transparency"] *= factor
    elif any(f"{kind};16" in raw_mode for kind in ("RGB", "RGBA", "RGBX", "LA")):
        # Pillow truncates the colours of these. OpenCV does not read all that Pillow does; truncated colours
        # differ by one level at most.
        values = _by_opencv(image, source)
        if values is not None:
            _replace(image, _with_key(image, values, _scaled(values, 16, photo)))


def _samples(image):
    """(bits, kind, photometric interpretation) of the samples."""
    if image.format != "TIFF":
        return 16, _UNSIGNED, _BLACK_IS_ZERO
    found = image.tag_v2
    bits, kind = found.get(ExifTags.Base.BitsPerSample, (1,)), found.get(ExifTags.Base.SampleFormat, (1,))
    return max(bits), max(kind), found.get(ExifTags.Base.PhotometricInterpretation, _WHITE_IS_ZERO)


def _by_opencv(image, source):
    """The samples as uint16 [H, W] or [H, W, RGB or RGBA], upright if of a TIFF; None if it has others."""
    encoded = source.getvalue() if isinstance(source, io.BytesIO) else source.read_bytes()
    found = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16 or found.shape[:2] != image.size[::-1]:
        return None
    bands = len(image.getbands())
    if bands == 1 or found.ndim == 2:
        return found if bands == 1 and found.ndim == 2 else None
    return found[..., [2, 1, 0, 3][:bands]] if found.shape[2] >= bands else None


def _scaled(values, bits, photo):
    """Unsigned samples as uint8, rounded."""
    most = (1 << bits) - 1
    values = np.minimum(values, most).astype(np.uint32)
    return np.uint8(((most - values if photo == _WHITE_IS_ZERO else values) * 255 + most // 2) // most)


def _signed(path, values, photo):
    """Signed samples as uint8, spread from the lowest to the highest."""
    values = values.astype(np.int32)
    lowest, highest = int(values.min()), int(values.max())
    warnings.warn(
        Note(f"{path} has signed values: {lowest} is read as black, {highest} as white"), stacklevel=4
    )
    most = max(highest - lowest, 1)
    values = highest - values if photo == _WHITE_IS_ZERO else values - lowest
    return np.uint8((values * 255 + most // 2) // most)


def _with_key(image, values, eight_bit):
    """Samples of 8 bits with alpha 0 where those of 16 bits are the transparent colour, if there is one."""
    if "transparency" not in image.info:
        return eight_bit
    values, eight_bit = np.atleast_3d(values), np.atleast_3d(eight_bit)
    opaque = (values != np.array(image.info.pop("transparency"))).any(axis=-1, keepdims=True)
    return np.concatenate([eight_bit, opaque * np.uint8(255)], axis=-1)


def _replace(image, samples):
    """Give a Pillow image other pixels, as its plugins do: uint8 [H, W] or [H, W, channels]."""
    pixels = Image.fromarray(samples)
    image.im, image._mode, image._size, image.tile = pixels.im, pixels.mode, pixels.size, []
