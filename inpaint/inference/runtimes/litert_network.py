"""A network that LiteRT runs."""

import os
import threading

from inpaint.checkpoints.config import GeneratorConfig
from inpaint.checkpoints.formats.litert_file import description
from inpaint.errors import UserError, reason
from inpaint.models.architecture import architecture_of


class LiteRTNetwork:
    """What stands for a `Generator` in an `Inpainter` without TensorFlow.

    Args:
        path: a file that `export --format=litert` wrote.

    Attributes:
        guided, padding, network, architecture, has_attention: as of a `Generator`.
        sides: sizes of the images that it fills, in pixels.
        precision: of its weights.
        edge_threshold: of its sketches; it cannot be another.

    Raises:
        UserError: LiteRT is missing, or the file is damaged or of another kind.
    """

    def __init__(self, path):
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise UserError(f"{path} needs LiteRT: pip install ai-edge-litert") from error
        said = description(path)
        config = GeneratorConfig(said["guided"], said["padding"], said["network"])
        self.guided, self.padding, self.network = config.guided, config.padding, config.network
        self.architecture = architecture_of(self.network, self.guided, self.padding)
        self.has_attention = self.architecture.has_attention
        self.sides = tuple(sorted(said["sizes"]))
        self.precision = said["weights"]
        self.edge_threshold = said["edge_threshold"]
        self._lock = threading.Lock()  # an interpreter's tensors are its own
        try:
            self._interpreter = Interpreter(str(path), num_threads=len(os.sched_getaffinity(0)))
            self._interpreter.allocate_tensors()  # what fails does so here
            self._runners = {
                side: self._interpreter.get_signature_runner(f"copy_{side}") for side in self.sides
            }
        except (ValueError, RuntimeError) as error:
            raise UserError(f"{path} cannot be read by LiteRT: {reason(error)}") from error

    def copy(self, **inputs):
        """Fill a working copy: arguments and result as of `export.fixed_size.copy_function`, arrays."""
        with self._lock:
            found = self._runners[inputs["image"].shape[1]](**inputs)
            return {name: array.copy() for name, array in found.items()}
