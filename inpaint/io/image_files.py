"""Image files in and out, through Pillow."""

import contextlib
import dataclasses
import io
import os
import pathlib
import secrets

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from inpaint.errors import UserError, telling

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MAX_PIXELS = 1 << 24

_SAVE_OPTIONS = {
    ".png": {},
    ".jpg": {"quality": 95, "subsampling": 0},
    ".jpeg": {"quality": 95, "subsampling": 0},
    # exact: colours under transparent pixels stay as they are.
    ".webp": {"lossless": True, "exact": True},
}
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Our own limit is checked before an image is decoded; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None


@dataclasses.dataclass
class ImageFile:
    """An image as it is seen, upright, with what the network has no use for.

    Attributes:
        rgb: uint8 [H, W, 3].
        alpha: uint8 [H, W], or None.
        icc_profile: colour profile of the pixels, bytes, or None.
        exif: EXIF data without the orientation, bytes, or None.
        gray: whether the file held a grayscale image; it is written as one again.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None
    gray: bool = False

    @property
    def size(self):
        """(height, width)."""
        return self.rgb.shape[:2]


def read_image(path, max_pixels=MAX_PIXELS):
    """Read any image Pillow can: grayscale, palette, 16-bit (brought to 8), CMYK, with alpha.

    A colour profile is kept where it fits the pixels: not that of a CMYK or Lab image, which is
    converted. EXIF data that is damaged is left behind, and so is a TIFF's.

    Args:
        path: the file.
        max_pixels: the largest image that is decoded (sides rounded up to multiples of 8), or None.

    Returns:
        an `ImageFile`.

    Raises:
        UserError: no such file, not an image, truncated, without pixels, or too large.
    """
    with _opened(path, max_pixels) as image:
        gray = image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I;16")
        profile = image.info.get("icc_profile")
        turn = _UPRIGHT.get(_orientation(image))
        exif = _portable_exif(image)
        if image.mode == "CMYK":
            image = _cmyk_to_rgb(image, profile)
            profile = None
        image = _eight_bit(image, path)
        if turn is not None:
            image = image.transpose(turn)
        alpha = None
        if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
            image = image.convert("RGBA")
            alpha = np.asarray(image)[..., 3]
        rgb = np.asarray(image.convert("RGB"))
    if profile and _colours_of(profile) != (b"GRAY" if gray else b"RGB "):
        profile = None
    return ImageFile(rgb, alpha, profile or None, exif, gray)


def read_mask(path, max_pixels=MAX_PIXELS):
    """Read a mask: white is hole. A mask with alpha is read over black, so clear means known.

    Args:
        path: the file.
        max_pixels: as in `read_image`.

    Returns:
        uint8 [H, W], 1 where the gray value is above 127.5 (hole), else 0.

    Raises:
        UserError: as `read_image`.
    """
    return (read_gray(path, max_pixels) > 127.5).astype(np.uint8)


def read_gray(path, max_pixels=MAX_PIXELS):
    """Read an image's brightness over black: float32 [H, W] in [0, 255]. Raises as `read_image`."""
    image = read_image(path, max_pixels)
    gray = np.asarray(Image.fromarray(image.rgb).convert("L"), np.float32)
    return gray if image.alpha is None else gray * (image.alpha / np.float32(255))


def image_size(path, max_pixels=MAX_PIXELS):
    """(height, width) of an image as it is seen, from the file's header. Raises as `read_image`."""
    with _opened(path, max_pixels, decode=False) as image:
        width, height = image.size
        # Pillow has turned a TIFF's size already.
        sideways = image.format != "TIFF" and _orientation(image) in (5, 6, 7, 8)
    return (width, height) if sideways else (height, width)


def size_text(size):
    """(height, width) as people say it: `640 x 480`."""
    return f"{size[1]} x {size[0]}"


def check_output(path):
    """Raise UserError unless an image can be written to `path`: known suffix, existing folder."""
    path = pathlib.Path(path)
    with telling(f"cannot write {path}"):
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"cannot write {path}: the name must end in one of {', '.join(SUFFIXES)}")
        if not path.parent.is_dir():
            raise UserError(f"cannot write {path}: there is no folder {path.parent}, create it first")
        if path.is_dir():
            raise UserError(f"cannot write {path}: it is a folder")


def keeps_alpha(path):
    """Whether the format that a path's suffix names has transparency."""
    return pathlib.Path(path).suffix.lower() not in (".jpg", ".jpeg")


def write_image(path, image):
    """Write an image, whole or not at all; PNG and WebP without loss, JPEG at quality 95.

    JPEG has no alpha: there it is left out.

    Args:
        path: the file; its suffix names the format.
        image: an `ImageFile`.

    Raises:
        UserError: as `check_output`, or the file cannot be written.
    """
    check_output(path)
    suffix = pathlib.Path(path).suffix.lower()
    pil = Image.fromarray(image.rgb)
    if image.gray:
        pil = pil.convert("L")
    if image.alpha is not None and keeps_alpha(path):
        pil.putalpha(Image.fromarray(image.alpha))
    extras = {"exif": image.exif, "icc_profile": image.icc_profile}
    if suffix == ".webp" and image.gray:
        del extras["icc_profile"]  # WebP stores gray as RGB, which a gray profile does not describe
    extras = {name: value for name, value in extras.items() if value}
    with telling(f"cannot write {path}"):
        target = pathlib.Path(path).resolve()  # through links, which stay links
        part = target.with_name(f".{secrets.token_hex(6)}.part{suffix}")
        try:
            pil.save(part, **_SAVE_OPTIONS[suffix], **extras)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path, max_pixels, decode=True):
    """The opened Pillow image; whatever Pillow finds wrong with the file becomes a UserError."""
    path = pathlib.Path(path)
    with telling(f"cannot read {path}"):
        if not path.exists():
            raise UserError(f"no such file: {path}")
        if path.is_dir():
            raise UserError(f"{path} is a folder, an image file is needed")
        if path.stat().st_size == 0:
            raise UserError(f"{path} is empty (0 bytes)")
    try:
        with Image.open(path) as image:
            _check_size(path, *image.size, max_pixels)
            if decode:
                image.load()
            yield image
    except UserError:
        raise
    except Image.DecompressionBombError as error:  # where Pillow has a limit too
        raise UserError(f"{path} has too many pixels: {error}") from error
    except UnidentifiedImageError as error:
        raise UserError(f"{path} is not an image that can be read") from error
    except Exception as error:  # on damaged files Pillow raises nearly anything
        raise UserError(f"{path} cannot be read, it is damaged: {error}") from error


def _check_size(path, width, height, max_pixels):
    if width * height == 0:
        raise UserError(f"{path} has no pixels: it is {width} x {height}")
    if max_pixels is not None and (-(-width // 8) * 8) * (-(-height // 8) * 8) > max_pixels:
        raise UserError(
            f"{path} is {width} x {height}, over the limit of {max_pixels} pixels (sides rounded up to "
            f"multiples of 8): make it smaller, or raise --max_pixels if memory allows"
        )


def _orientation(image):
    return image.getexif().get(_ORIENTATION, 1)


def _portable_exif(image):
    """EXIF bytes without the orientation, or None."""
    if image.format == "TIFF":
        return None  # mixed with the tags that describe how the file is laid out
    exif = image.getexif()
    exif.pop(_ORIENTATION, None)
    try:
        return exif.tobytes() if exif else None
    except Exception:  # damaged: the pixels are what was asked for
        return None


def _colours_of(profile):
    """The ICC header's colour space, such as b"RGB "."""
    return profile[16:20]


def _eight_bit(image, path):
    """Bring 16-bit grayscale to 8 bits; Pillow's own conversion would clip it."""
    if image.mode in ("I", "F"):
        raise UserError(f"{path} has 32 bits a pixel: save it with 8 or 16 bits")
    if not image.mode.startswith("I;16"):
        return image
    values = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))


def _cmyk_to_rgb(image, profile):
    """To sRGB, by the image's own profile where it has one that can be used."""
    if profile and _colours_of(profile) == b"CMYK":
        with contextlib.suppress(ImageCms.PyCMSError, OSError):  # a damaged profile
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    return image.convert("RGB")
