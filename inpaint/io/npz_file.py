"""Reading arrays from an .npz file of anybody's."""

import zipfile

import numpy as np

from inpaint.errors import UserError, as_user_error

_DAMAGED = (ValueError, EOFError, OverflowError, MemoryError, zipfile.BadZipFile)


def read_npz(path, most_bytes):
    """Read all arrays, whose size is checked before they are unpacked.

    Args:
        path: the file.
        most_bytes: how many bytes the arrays take at the most.

    Returns:
        dict of name -> array.

    Raises:
        UserError: no such file, none that NumPy writes, or arrays that take more.
    """
    with as_user_error(f"cannot read {path}", *_DAMAGED):
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        if any(m.flag_bits & 1 or m.compress_type not in (0, zipfile.ZIP_DEFLATED) for m in members):
            raise UserError(
                f"cannot read {path}: it is encrypted, or packed in a way that NumPy does not know"
            )
        size = sum(member.file_size for member in members)
        if size > most_bytes:
            raise UserError(
                f"cannot read {path}: its arrays take {size} bytes, at most {most_bytes} are expected"
            )
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
