"""Finding the checkpoint that a path names. Needs no TensorFlow, so that a wrong path is reported at once."""

import pathlib
import re

from inpaint.errors import UserError, as_user_error
from inpaint.io.text import decoded

BUNDLED = pathlib.Path(__file__).parents[1] / "weights" / "photographs"


def find(path):
    """Find the checkpoint that a path names.

    Args:
        path: a checkpoint's prefix (`.../snap-100`), one of its files, or a folder with a
            `checkpoint` or `checkpoint.txt` file. Folders named in that file are ignored: in downloads
            they are those of the machine that trained.

    Returns:
        the prefix, a string.

    Raises:
        UserError: there is no checkpoint, or there are several and nothing says which one.
    """
    path = pathlib.Path(path)
    if not path.is_dir():
        prefix = re.sub(r"\.(index|meta|data-\d+-of-\d+)$", "", str(path))
        if pathlib.Path(f"{prefix}.index").is_file():
            return prefix
        if path.name in ("checkpoint", "checkpoint.txt") and path.is_file():
            return find(path.parent)
        raise UserError(f"no checkpoint at {path}: a folder or a prefix such as snap-100 is needed")
    for name in ("checkpoint", "checkpoint.txt"):
        state = path / name
        if state.is_file():
            with as_user_error(f"cannot read {state}", UnicodeDecodeError):
                text = decoded(state.read_bytes())
            named = re.search(r'^model_checkpoint_path:\s*"(.*)"', text, re.MULTILINE)
            if named:
                # Some were written on Windows.
                prefix = path / re.split(r"[/\\]", named.group(1))[-1]
                if pathlib.Path(f"{prefix}.index").is_file():
                    return str(prefix)
                raise UserError(f"{state} names {prefix.name}, but {prefix}.index is missing")
    found = sorted(path.glob("*.index"))
    if len(found) == 1:
        return str(found[0].with_suffix(""))
    if found:
        names = ", ".join(f.stem for f in found)
        raise UserError(f"{path} has no file named checkpoint: name one of its checkpoints, {names}")
    raise UserError(f"no checkpoint in {path}")


def check_free(folder):
    """Raise UserError if there are checkpoints in a folder: others are not written beside them."""
    with as_user_error(f"cannot write into {folder}"):
        folder = pathlib.Path(folder)
        if (folder / "checkpoint").exists() or any(folder.glob("*.index")):
            raise UserError(f"there are checkpoints in {folder} already: name another --output_dir")
