"""What an option is: a field of a frozen dataclass that holds its default, bounds and help.

`inpaint.flags` turns options into command-line flags, and a run records them in settings.json.
"""

import dataclasses
import math
import types
import typing

from inpaint.errors import UserError


@dataclasses.dataclass(frozen=True)
class Option:
    """What a field says of itself.

    Attributes:
        help: what it is, in its unit; the flag's help.
        least, most: bounds of a number, or None.
        choices: the words to choose from, or None.
        recorded: whether it decides the numbers of a run, and is recorded with it.
        needs: the name of an option without which it has no effect, or None.
        required: whether it must be given.
        earlier: names of earlier versions, under which its flag can still be set.
    """

    help: str
    least: float | None = None
    most: float | None = None
    choices: tuple | None = None
    recorded: bool = True
    needs: str | None = None
    required: bool = False
    earlier: tuple = ()

    def check(self, name, value):
        """Raise UserError unless the value is within its bounds or choices, or None if it may be."""
        if value is None:
            if self.required:
                raise UserError(f"--{name} is required (--help lists the flags)")
            return
        if isinstance(value, tuple):
            for each in value if self.choices else ():
                self.check(name, each)
            return
        if self.choices and value not in self.choices:
            raise UserError(f"--{name} must be {' or '.join(self.choices)}, received {value}")
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"--{name} must be a finite number, received {value}")
        if self.least is not None and value < self.least:
            raise UserError(f"--{name} must be at least {self.least}, received {value}")
        if self.most is not None and value > self.most:
            raise UserError(f"--{name} must be at most {self.most}, received {value}")


def option(default, help, **more):
    """A field of `Options`; the arguments are its default and those of `Option`."""
    return dataclasses.field(default=default, metadata={"option": Option(help, **more)})


def with_default(field, default):
    """The same option with another default; `field` is one of `options_of`, or what `option` returns."""
    return dataclasses.field(default=default, metadata=field.metadata)


def options_of(kind):
    """The fields of a dataclass that are options, by name."""
    return {field.name: field for field in dataclasses.fields(kind) if "option" in field.metadata}


def type_of(field):
    """The type of an option's values beside None: bool, int, float, str or tuple."""
    if not isinstance(field.type, types.UnionType):
        return field.type
    return next(each for each in typing.get_args(field.type) if each is not types.NoneType)


@dataclasses.dataclass(frozen=True)
class Options:
    """Base of all kinds of options.

    Attributes:
        GROUP: heading of their flags in the help, or None.
        COMMON: names of those that the short help shows, or None for all.

    Raises:
        UserError: an option is out of its bounds, or options contradict each other.
    """

    GROUP: typing.ClassVar[str | None] = None
    COMMON: typing.ClassVar[tuple | None] = None

    def __post_init__(self):
        for name, field in options_of(type(self)).items():
            field.metadata["option"].check(name, getattr(self, name))
        self.check()

    def check(self):
        """Raise UserError for options that contradict each other."""

    def requested(self):
        """What is asked of a checkpoint, as a dict: arguments of `inpaint.checkpoints.config.resolve`."""
        return {}

    def recorded(self):
        """The options that decide the numbers of a run, as a dict of plain values by name."""
        fields = options_of(type(self)).items()
        return {name: getattr(self, name) for name, field in fields if field.metadata["option"].recorded}
