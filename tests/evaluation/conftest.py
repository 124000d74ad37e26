import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def photographs(tmp_path, rng):
    """A folder with three images of at least 256 x 256: 10 x 3 levels of brightness and some noise."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    for i, size in enumerate([(256, 256), (300, 280), (261, 400)]):
        pixels = rng.integers(40 * i, 40 * i + 100, (*size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{i}.png")
    return folder
