"""How a checkpoint's generator is built and used, kept in `config.json` beside it. Needs no TensorFlow.

Padding leaves no trace in the weights, nor does partial convolution beside plain: with the wrong
one they load without complaint and fill badly.
Checkpoints without the file, such as snapshots of the original, are read as the caller says.
"""

import dataclasses
import json
import pathlib

from inpaint.checkpoints.formats.files import format_of
from inpaint.checkpoints.locate import BUNDLED, find
from inpaint.errors import UserError
from inpaint.io.atomic import write_whole
from inpaint.models.architecture import architecture_of
from inpaint.options.filling import check_scale

NAME = "config.json"
_MOST_BYTES = 1 << 16  # of the file, which has some hundred
_NETWORK = ("guided", "padding", "network")


@dataclasses.dataclass(frozen=True)
class GeneratorConfig:
    """What a `Generator` is built from, and how it fills best.

    Attributes:
        guided: whether it takes a sketch.
        padding: of its convolutions, `"same"`, `"symmetric"`, `"reflect"` or `"centred"`.
        network: the kind of network, one of `NETWORKS`.
        fill_size, detail, hole_width: of an `Inpainter`. Files of earlier versions and snapshots of the
            original do not say: whole images without details.
    """

    guided: bool = False
    padding: str = "same"
    network: str = "gated"
    fill_size: str | int = "whole"
    detail: str = "none"
    hole_width: int = 48

    def built(self):
        """What the network is built from, as a dict."""
        return {name: getattr(self, name) for name in _NETWORK}

    def scale(self):
        """How it fills, as arguments of an `Inpainter`."""
        return {"fill_size": self.fill_size, "detail": self.detail, "hole_width": self.hole_width}


def config_of(generator):
    """The `GeneratorConfig` of a `Generator`."""
    return GeneratorConfig(generator.guided, generator.padding, generator.network)


def read_config(place):
    """The `GeneratorConfig` of the checkpoints in a folder, or of a file; None if nothing says it.

    Raises:
        UserError: the file is damaged, or describes a network that this version does not have.
    """
    path, read = pathlib.Path(place) / NAME, _described
    if format_of(place):
        path, read = place, format_of(place).description
    elif not path.is_file():
        return None
    try:
        found = read(path)
        if found is None:
            return None
        scale = {name: found[name] for name in GeneratorConfig().scale() if name in found}
        config = GeneratorConfig(*(found[name] for name in _NETWORK), **scale)
        if type(config.guided) is not bool or {type(config.padding), type(config.network)} != {str}:
            raise ValueError("not the values of a generator")
        check_scale(**config.scale())
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: remove it and give --network, --guided and --padding") from error
    _check_possible(config, f"{path} describes no generator of this version: ")
    return config


def _described(path):
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("too long")
    return json.loads(path.read_bytes())  # in any encoding of JSON


def write_config(folder, config):
    """Write a `GeneratorConfig` into a folder of checkpoints; UserError if it cannot be written."""
    path = pathlib.Path(folder) / NAME
    text = json.dumps(dataclasses.asdict(config), indent=1) + "\n"
    if not path.is_file() or path.read_bytes() != text.encode():
        write_whole(path, text)


def resolve(path, guided=None, padding=None, network=None, **scale):
    """The configuration to build a checkpoint's generator with.

    Args:
        path: what `find` understands, a file that `format_of` knows, or None for the bundled weights.
        guided, padding, network: what the caller asks for, or None to leave it to the checkpoint.
        scale: `fill_size` and `detail`, the same. Unlike a network, they may be other than the checkpoint
            says; `fill_size="whole"` also means no detail, unless it is asked for.

    Returns:
        a `GeneratorConfig`: from the checkpoint's config.json, else from the arguments, else the default.

    Raises:
        UserError: there is no checkpoint, its config.json is damaged or contradicts the arguments, or there
            is no such network.
    """
    place = BUNDLED if path is None else path
    if path is not None and not format_of(path):
        place = pathlib.Path(find(path)).parent
    return resolve_folder(place, guided, padding, network, **scale)


def resolve_folder(folder, guided=None, padding=None, network=None, fill_size=None, detail=None):
    """As `resolve`, for all checkpoints in a folder, or a file; None for neither."""
    config = _agreed(folder, guided, padding, network)
    if fill_size is not None:
        config = dataclasses.replace(config, fill_size=fill_size)
    if detail is not None or fill_size == "whole":
        config = dataclasses.replace(config, detail=detail or "none")
    return config


def _agreed(place, guided, padding, network):
    """What a place says of its generator; or, if it says nothing, what is asked for."""
    said = None if place is None else read_config(place)
    requested = {"guided": guided, "padding": padding and padding.lower(), "network": network}
    requested = {name: value for name, value in requested.items() if value is not None}
    if said is None:
        config = GeneratorConfig(**requested)
        _check_possible(config)
        return config
    holds = "holds" if format_of(place) else "holds checkpoints of"
    source = "" if format_of(place) else f" ({NAME})"
    for name, value in requested.items():
        trained = getattr(said, name)
        if value != trained:
            raise UserError(
                f"{place} {holds} a generator with {name}={_text(trained)}{source}, received "
                f"{name}={_text(value)}: leave --{name} out, or name another checkpoint or --log_dir"
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
