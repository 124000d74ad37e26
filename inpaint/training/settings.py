"""What a run was started with, so that going on with something else is noticed. Needs no TensorFlow."""

import hashlib
import json
import pathlib

from inpaint.errors import UserError
from inpaint.io.atomic import write_whole

_NAME = "settings.json"
_LISTS = {"data_flist": "training images", "mask_flist": "masks"}


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


def changes(folder, settings, begun, other_data=False):
    """Compare with what the run in a folder began with; write it there if it begins now.

    Args:
        folder: the log directory.
        settings: what `settings_of` returns.
        begun: whether there is a checkpoint to go on from.
        other_data: whether the run may go on with other training images.

    Returns:
        list of strings like `"padding from same to reflect"`.

    Raises:
        UserError: the training images are others; the file there is damaged or cannot be written.
    """
    path = pathlib.Path(folder) / _NAME
    if not begun or not path.is_file():
        write_whole(path, json.dumps(settings, indent=1) + "\n")
        return []
    try:
        before = dict(json.loads(path.read_text()))
        before, now = ({**each, **each.get("box", {})} for each in (before, settings))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged: remove it") from error
    different = [name for name in now if name in before and before[name] != now[name] and name != "box"]
    told = {name: _told(name, before[name], now[name]) for name in different}
    if "data_flist" in told and not other_data:
        raise UserError(
            f"{folder} holds a run that began with other {told['data_flist']}: name another --log_dir, or "
            f"give --continue_with_other_data"
        )
    return list(told.values())


def _told(name, before, now):
    if name not in _LISTS:
        return f"{name} from {before} to {now}"
    counts = [str(each).partition(" ")[0] for each in (before, now)]
    how = "as many, with other names or in another order" if counts[0] == counts[1] else f"{counts[1]} now"
    return f"{_LISTS[name]} ({counts[0]} then, {how})"
