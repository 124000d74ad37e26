"""Folders whose names TensorFlow takes for patterns."""

import numpy as np
import pytest
import tensorflow as tf

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.formats import tf1
from inpaint.checkpoints.locate import find
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.checkpoints.plain_path import is_plain
from inpaint.errors import UserError
from inpaint.export.saved_model import export
from inpaint.models.generator import Generator

NAMES = ("a [1]", "b\\c", "d*e?", "caf\udce9")


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints_are_read_from_anywhere(tmp_path, generator, name):
    (tmp_path / name).mkdir()
    tf1.save(tmp_path / "theirs", generator, step=3)
    tf.train.Checkpoint(generator=native.model_variables(generator)).write(str(tmp_path / "ours" / "snap-5"))
    for folder, step in (("theirs", 3), ("ours", 5)):
        for file in (tmp_path / folder).iterdir():
            file.rename(tmp_path / name / file.name)
        other = Generator()
        told = restore.load_generator(tmp_path / name / f"snap-{step}", other)
        assert f"snap-{step}" in told
        for one, two in zip(generator.get_weights(), other.get_weights()):
            np.testing.assert_array_equal(one, two)


def test_a_damaged_one_is_told_by_its_own_name(tmp_path):
    (tmp_path / "a[1]").mkdir()
    (tmp_path / "a[1]/snap-1.index").write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"the checkpoint .*a\[1\]/snap-1 is damaged"):
        native.is_ours(find(tmp_path / "a[1]"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_where_it_cannot_be_loaded(tmp_path, name):
    for write in (lambda path: export(None, path, 64), lambda path: RunCheckpoints(path, None, None)):
        with pytest.raises(UserError, match="cannot write .*TensorFlow cannot load from a path with"):
            write(tmp_path / name / "1")
    assert list(tmp_path.iterdir()) == []


def test_other_names_are_as_good_as_any():
    assert all(is_plain(name) for name in ("a b", "麦", "\u202f\u00a0", "{a}", "a\nb", "#$%&'()]^"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_file_checkpoint_has_a_mark(tmp_path, encoding):
    for step in (1, 2):
        (tmp_path / f"snap-{step}.index").touch()
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "snap-2"\n', encoding)
    assert find(tmp_path) == str(tmp_path / "snap-2")
