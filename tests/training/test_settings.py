import json

import pytest

from inpaint.errors import UserError
from inpaint.training.settings import changes


def test_changes_are_told_and_the_beginning_is_kept(tmp_path):
    assert changes(tmp_path, {"padding": "same", "img_shapes": [64, 64]}) == []
    assert changes(tmp_path, {"padding": "same", "img_shapes": [64, 64], "new": 1}) == []
    for _ in range(2):
        assert changes(tmp_path, {"padding": "reflect", "img_shapes": [64, 72]}) == [
            "padding was same, is reflect",
            "img_shapes was [64, 64], is [64, 72]",
        ]
    assert json.loads((tmp_path / "settings.json").read_text()) == {"padding": "same", "img_shapes": [64, 64]}
    (tmp_path / "settings.json").write_text("[1")
    with pytest.raises(UserError, match="settings.json is damaged: remove it"):
        changes(tmp_path, {})
