"""The generator's configuration, kept in `config.json` beside its checkpoints. Needs no TensorFlow.

Padding leaves no trace in the weights, nor does partial convolution beside plain: with the wrong
one they load without complaint and fill badly.
Checkpoints without the file, such as snapshots of the original, are read as the caller says.
"""

import dataclasses
import json
import pathlib

from inpaint.checkpoints.locate import find
from inpaint.errors import UserError
from inpaint.io.atomic import write_whole
from inpaint.models.architecture import architecture_of

NAME = "config.json"


@dataclasses.dataclass(frozen=True)
class GeneratorConfig:
    """What a `Generator` is built from.

    Attributes:
        guided: whether it takes a sketch.
        padding: of its convolutions, `"same"`, `"symmetric"` or `"reflect"`.
        network: the kind of network, one of `NETWORKS`.
    """

    guided: bool = False
    padding: str = "same"
    network: str = "gated"


def config_of(generator):
    """The `GeneratorConfig` of a `Generator`."""
    return GeneratorConfig(generator.guided, generator.padding, generator.network)


def read_config(folder):
    """The `GeneratorConfig` of the checkpoints in a folder, or None if there is none.

    Raises:
        UserError: the file is damaged, or describes a network that this version does not have.
    """
    path = pathlib.Path(folder) / NAME
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_bytes())
        config = GeneratorConfig(found["guided"], found["padding"], found["network"])
        if type(config.guided) is not bool or {type(config.padding), type(config.network)} != {str}:
            raise ValueError("not the values of a generator")
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: remove it and give --network, --guided and --padding") from error
    _check_possible(config, f"{path} describes no generator of this version: ")
    return config


def write_config(folder, config):
    """Write a `GeneratorConfig` into a folder of checkpoints; UserError if it cannot be written."""
    path = pathlib.Path(folder) / NAME
    text = json.dumps(dataclasses.asdict(config), indent=1) + "\n"
    if not path.is_file() or path.read_bytes() != text.encode():
        write_whole(path, text)


def resolve(path, guided=None, padding=None, network=None):
    """The configuration to build a checkpoint's generator with.

    Args:
        path: what `find` understands, or None for the bundled weights.
        guided, padding, network: what the caller asks for, or None to leave it to the checkpoint.

    Returns:
        a `GeneratorConfig`: from the checkpoint's config.json, else from the arguments, else the default.

    Raises:
        UserError: there is no checkpoint, its config.json is damaged or contradicts the arguments, or there
            is no such network.
    """
    if path is None and guided:
        raise UserError("the bundled weights are not guided: name a guided --checkpoint_dir")
    if path is None and network not in (None, "gated"):
        raise UserError(f"the bundled weights are not {network}: name a --checkpoint_dir of that network")
    folder = None if path is None else pathlib.Path(find(path)).parent
    return resolve_folder(folder, guided, padding, network)


def resolve_folder(folder, guided=None, padding=None, network=None):
    """As `resolve`, for all checkpoints in a folder; None for no folder."""
    requested = {"guided": guided, "padding": padding and padding.lower(), "network": network}
    requested = {name: value for name, value in requested.items() if value is not None}
    said = None if folder is None else read_config(folder)
    if said is None:
        config = GeneratorConfig(**requested)
        _check_possible(config)
        return config
    for name, value in requested.items():
        trained = getattr(said, name)
        if value != trained:
            raise UserError(
                f"{folder} holds checkpoints of a generator with {name}={_text(trained)} ({NAME}), received "
                f"{name}={_text(value)}: leave --{name} out, or name another checkpoint"
            )
    return said


def check(prefix, generator):
    """Raise UserError if the config beside a checkpoint, if there is one, contradicts a `Generator`."""
    resolve_folder(pathlib.Path(prefix).parent, generator.guided, generator.padding, generator.network)


def _check_possible(config, begin=""):
    try:
        architecture_of(config.network, config.guided, config.padding)
    except ValueError as error:
        raise UserError(f"{begin}{error}") from error


def _text(value):
    return str(value).lower()
