"""Flag files, `--flagfile=NAME`: absl reads neither their byte-order mark nor UTF-16."""

import pathlib
import re

from inpaint.errors import UserError, as_user_error
from inpaint.io.text import decoded

_FLAG = re.compile(r"--?flagfile(?:=(.*))?")


def expanded(arguments, within=()):
    """Replace each `--flagfile` by what is in the file: a flag a line, `#` and `//` begin comments.

    Args:
        arguments: of a command line.
        within: the flag files that name these arguments.

    Returns:
        list of arguments.

    Raises:
        UserError: a file cannot be read, is no text, or names itself.
    """
    arguments, found = iter(arguments), []
    for argument in arguments:
        if not (flag := _FLAG.fullmatch(argument)):
            found.append(argument)
            continue
        name = next(arguments, "") if flag[1] is None else flag[1]
        if name in within:
            raise UserError(f"the flag file {name} names itself")
        with as_user_error(f"cannot read the flag file {name}", UnicodeDecodeError):
            lines = decoded(pathlib.Path(name).read_bytes()).splitlines()
        lines = (line.strip() for line in lines)
        found += expanded((x for x in lines if x and not x.startswith(("#", "//"))), (*within, name))
    return found
