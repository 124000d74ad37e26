"""What several tests need."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[2]
SEED = 1001  # of the golden generator's weights
# The smallest training that makes sense.
SMALL = ("--img_shapes=64,64,3", "--height=24", "--width=24", "--max_delta_height=4", "--max_delta_width=4")


def command_line(name, *arguments):
    """What starts a command in a process of its own: `name` is a command, or a script in the root folder."""
    start = [str(ROOT / name)] if name.endswith(".py") else ["-m", "inpaint", name]
    return [sys.executable, *start, *map(str, arguments)]


def both_ways(function, *arguments):
    """The results of a function run eagerly and as a graph."""
    import tensorflow as tf

    return function(*arguments), tf.function(function)(*arguments)


def weights_in(prefix):
    """Every number in a checkpoint of a run: dict of arrays."""
    import tensorflow as tf

    reader = tf.train.load_checkpoint(str(prefix))
    names = [n for n in reader.get_variable_to_shape_map() if n.endswith("VARIABLE_VALUE")]
    return {name: reader.get_tensor(name) for name in names if "save_counter" not in name}
