"""Fixtures that several tests share."""

import os
import pathlib
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import golden_data
import numpy as np
import pytest
import tensorflow as tf

from inpaint.generator import Generator

ROOT = pathlib.Path(__file__).parent.parent
SEED = 1001


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same random state."""
    tf.keras.utils.set_random_seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def generator():
    """A generator with golden weights; tests must not change them."""
    model = Generator()
    golden_data.seed_weights(model, SEED)
    return model


@pytest.fixture
def script():
    """Run a root script in a process of its own, in `cwd`: script("test.py", "--image=x.png")."""

    def run(name, *arguments, cwd=None):
        command = [sys.executable, str(ROOT / name), *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600)

    return run


def both_ways(function, *arguments):
    """The results of a function run eagerly and as a graph."""
    return function(*arguments), tf.function(function)(*arguments)
