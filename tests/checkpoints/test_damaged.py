"""Damaged checkpoint files: each is one line for the user; errors in a program are not taken for damage."""

import numpy as np
import pytest
import tensorflow as tf

from inpaint.checkpoints import native
from inpaint.errors import UserError


@pytest.fixture
def saved(tmp_path):
    """A small checkpoint: (the variables by name, its prefix, index path, data path)."""
    values = np.arange(200, dtype=np.float32)
    variables = {f"v{i}": tf.Variable(values + i) for i in range(4)}
    prefix = tf.train.Checkpoint(generator=variables).write(str(tmp_path / "snap-1"))
    return variables, prefix, tmp_path / "snap-1.index", tmp_path / "snap-1.data-00000-of-00001"


def read_all(variables, prefix):
    """Every way in which checkpoints are read here."""
    with native.readable(prefix):
        reader = tf.train.load_checkpoint(prefix)
        arrays = {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    restore(variables, prefix)
    return arrays


def restore(variables, prefix):
    with native.readable(prefix):
        tf.train.Checkpoint(generator=variables).restore(prefix).expect_partial()


def flipped(data, position):
    return data[:position] + bytes([data[position] ^ 16]) + data[position + 1 :]


def test_every_kind_of_damage_is_told(saved, rng):
    variables, prefix, *files = saved
    assert len(read_all(variables, prefix)) == 5
    for file in files:
        whole = file.read_bytes()
        kinds = [b"", b"garbage", rng.bytes(300), None]
        kinds += [whole[:length] for length in rng.integers(1, len(whole), 10)]
        # A footer has unused bytes, and the object graph behind the tensors matters when restoring.
        kinds += [flipped(whole, position) for position in rng.integers(0, len(whole) - 60, 10)]
        for damaged in kinds:
            file.unlink()
            if damaged is not None:
                file.write_bytes(damaged)
            for read in (read_all, restore):
                with pytest.raises(UserError, match="^the checkpoint .*snap-1 is damaged: .") as told:
                    read(variables, prefix)
                assert "{{" not in str(told.value)
            file.write_bytes(whole)
    assert len(read_all(variables, prefix)) == 5


def test_memory_that_is_full_is_no_damage():
    with pytest.raises(UserError, match="^not enough memory to read the checkpoint snap-1$"):
        with native.readable("snap-1"):
            raise tf.errors.ResourceExhaustedError(None, None, "out of memory")
    with pytest.raises(MemoryError), native.readable("snap-1"):
        raise MemoryError


@pytest.mark.parametrize("error", [AttributeError, NameError, TypeError, KeyError])
def test_errors_in_a_program_get_through(error):
    with pytest.raises(error), native.readable("snap-1"):
        raise error("renamed")
