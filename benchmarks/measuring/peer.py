"""Another implementation, which the user points at, measured beside this one."""

import dataclasses
import pathlib
import sys

from benchmarks.measuring.measure import PROGRAMS, MeasureOptions, Setting
from inpaint.errors import UserError
from inpaint.options.option import option
from inpaint.options.precision import PRECISION

_LAYOUT = "model/networks.py"


@dataclasses.dataclass(frozen=True)
class PeerOptions(MeasureOptions):
    precision: tuple = option(("float32", "mixed_bfloat16"), "Dtype policies to measure.")
    peer: str | None = option(
        None,
        "Another implementation to measure in the same run: a checkout of a PyTorch port with the files of "
        "nipponjo/deepfillv2-pytorch, or a Python file with the functions that "
        "benchmarks/measuring/process.py describes.",
    )
    peer_python: str | None = option(None, "Python that runs the peer. Default: this one.", needs="peer")

    def check(self):
        super().check()
        for precision in self.precision:
            PRECISION.metadata["option"].check("precision", precision)

    def peer_setting(self, told, function, arguments, **more):
        """A list of the peer's `Setting`, none without `--peer`; the arguments are the setting's.

        Raises:
            UserError: it is neither of what `--peer` may be.
        """
        if self.peer is None:
            return []
        path = pathlib.Path(self.peer).resolve()
        if path.is_file():
            name, program, folder = path.stem, path, path.parent
        elif (path / _LAYOUT).is_file():
            name, program, folder = path.name, PROGRAMS / "port.py", path
        else:
            raise UserError(
                f"--peer must be a checkout with {_LAYOUT}, or a Python file for one with other files, "
                f"received {self.peer}"
            )
        told = {"program": name, **told}
        python = self.peer_python or sys.executable
        return [Setting(told, function, arguments, program, folder, python=python, peer=self.peer, **more)]
