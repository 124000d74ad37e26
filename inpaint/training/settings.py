"""What a run was started with, so that going on with something else is noticed. Needs no TensorFlow."""

import hashlib
import json
import pathlib

from inpaint.errors import UserError
from inpaint.io.atomic import write_whole

_NAME = "settings.json"


def settings_of(config, recipe, run, examples, paths):
    """What decides the numbers of a run: dict of plain values by their flags' names.

    Args:
        config: the network's `GeneratorConfig`.
        recipe: the recipe's options.
        run: a `RunOptions`.
        examples: an `ExampleOptions`.
        paths: the training images.
    """
    return {
        **config.built(),
        "recipe": recipe.NAME,
        **recipe.recorded(),
        **run.recorded(),
        "img_shapes": list(examples.size),
        "random_crop": examples.random_crop,
        "edge_threshold": examples.edge_threshold,
        "box": examples.box.recorded(),
        "data_flist": _digest(paths),
        "mask_flist": _digest(examples.masks),
    }


def _digest(paths):
    """A list as its length and the beginning of its hash."""
    return f"{len(paths)} files, {hashlib.sha256('|'.join(paths).encode()).hexdigest()[:12]}"


def changes(folder, settings):
    """Compare with what the run in a folder began with; write it there if it begins now.

    Args:
        folder: the log directory.
        settings: what `settings_of` returns.

    Returns:
        list of strings like `"padding was same, is reflect"`.

    Raises:
        UserError: the file there is damaged or cannot be written.
    """
    path = pathlib.Path(folder) / _NAME
    if not path.is_file():
        write_whole(path, json.dumps(settings, indent=1) + "\n")
        return []
    try:
        before = dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged: remove it") from error
    return [f"{n} was {before[n]}, is {v}" for n, v in settings.items() if n in before and before[n] != v]
