import json

import pytest

from inpaint.errors import UserError
from inpaint.training.settings import changes

BOX = {"height": 32, "width": 32}
BEGUN = {"padding": "same", "box": BOX, "data_flist": "3 files, 0d24f1", "mask_flist": "0 files, e3b0c4"}


def test_changes_are_told_and_the_beginning_is_kept(tmp_path):
    assert changes(tmp_path, BEGUN, begun=False) == []
    assert changes(tmp_path, {**BEGUN, "new": 1}, begun=True) == []
    now = {**BEGUN, "padding": "reflect", "box": {**BOX, "width": 24}, "mask_flist": "2 files, 88aa00"}
    for _ in range(2):
        assert changes(tmp_path, now, begun=True) == [
            "padding from same to reflect",
            "masks (0 then, 2 now)",
            "width from 32 to 24",
        ]
    assert json.loads((tmp_path / "settings.json").read_text()) == BEGUN
    for damaged in ("[1", "[1]", '{"box": 3}'):
        (tmp_path / "settings.json").write_text(damaged)
        with pytest.raises(UserError, match="settings.json is damaged: remove it"):
            changes(tmp_path, BEGUN, begun=True)


@pytest.mark.parametrize(
    "files, how",
    [("4 files, 0d24f1", "4 now"), ("3 files, 77", "as many, with other names or in another order")],
)
def test_other_training_images_are_refused(tmp_path, files, how):
    changes(tmp_path, BEGUN, begun=False)
    now = {**BEGUN, "data_flist": files}
    with pytest.raises(UserError) as told:
        changes(tmp_path, now, begun=True)
    assert str(told.value) == (
        f"{tmp_path} holds a run that began with other training images (3 then, {how}): name another "
        f"--log_dir, or give --continue_with_other_data"
    )
    for _ in range(2):
        assert changes(tmp_path, now, begun=True, other_data=True) == [f"training images (3 then, {how})"]
    assert changes(tmp_path, BEGUN, begun=True) == []  # back to those it began with


def test_what_never_got_to_a_checkpoint_has_not_begun(tmp_path):
    changes(tmp_path, BEGUN, begun=False)
    now = {**BEGUN, "data_flist": "4 files, 99"}
    assert changes(tmp_path, now, begun=False) == []
    assert changes(tmp_path, now, begun=True) == []
