import json

import numpy as np
import pytest
from support import golden_data

from inpaint.data.masks import centred_box, free_form_strokes, random_box, training_mask
from inpaint.errors import UserError
from inpaint.options.examples import BoxOptions

COUNT = 4000
SMALL_DELTAS = {"max_delta_height": 4, "max_delta_width": 4}


@pytest.fixture(scope="module")
def statistics():
    return json.loads((golden_data.FOLDER / "mask_statistics_256.json").read_text())


@pytest.mark.parametrize(
    "name, draw", [("brush", free_form_strokes), ("bbox", random_box), ("union", training_mask)]
)
def test_distribution_is_the_originals(statistics, name, draw):
    theirs = statistics[name]
    rng = np.random.default_rng(1)
    masks = np.stack([draw(rng, (256, 256)) for _ in range(COUNT)])
    assert masks.dtype == np.uint8 and masks.max() == 1
    shares = masks.mean(axis=(1, 2))

    def close(mine, reference):
        # Two samples of one size: four times the standard error of their difference.
        return abs(mine.mean() - reference) < 4 * mine.std() * (2 / COUNT) ** 0.5

    assert close(shares, theirs["mean"])
    assert shares.std() == pytest.approx(theirs["std"], rel=0.06)
    np.testing.assert_allclose(
        np.percentile(shares, [5, 25, 50, 75, 95]), theirs["q"][1:-1], atol=0.006 if name == "bbox" else 0.013
    )
    for band in range(4):
        rows = masks[:, 64 * band : 64 * band + 64].mean(axis=(1, 2))
        columns = masks[:, :, 64 * band : 64 * band + 64].mean(axis=(1, 2))
        assert close(rows, theirs["rows"][band]), f"rows {band}"
        assert close(columns, theirs["cols"][band]), f"columns {band}"


def test_box_limits():
    rng = np.random.default_rng(0)
    options = BoxOptions(32, 48, 8, 16, vertical_margin=5, horizontal_margin=7)
    tops, lefts, heights, widths = set(), set(), set(), set()
    for _ in range(3000):
        rows, columns = np.nonzero(random_box(rng, (64, 96), options))
        tops.add(rows.min()), lefts.add(columns.min())
        heights.add(np.ptp(rows) + 1), widths.add(np.ptp(columns) + 1)
    # top in [5, 64 - 5 - 32), then moved in by up to 4; left in [7, 96 - 7 - 48), by up to 8.
    assert (min(tops), max(tops)) == (5, 26 + 4)
    assert (min(lefts), max(lefts)) == (7, 40 + 8)
    assert heights == {24, 26, 28, 30, 32} and widths == set(range(32, 49, 2))


def test_strokes_fit_images_that_are_not_square():
    # Height and width are not swapped: on a wide image strokes reach the right half.
    rng = np.random.default_rng(0)
    masks = np.stack([free_form_strokes(rng, (64, 256)) for _ in range(200)])
    assert masks.shape == (200, 64, 256)
    assert masks[:, :, 200:].mean() > 0.1


def test_centred_box_by_hand():
    mask = centred_box((6, 8), BoxOptions(2, 4, 0, 0))
    assert mask.tolist() == [[0] * 8] * 2 + [[0, 0, 1, 1, 1, 1, 0, 0]] * 2 + [[0] * 8] * 2


def test_same_seed_same_mask():
    draws = [training_mask(np.random.default_rng([3, 7]), (64, 64), BoxOptions(20, 20, 4, 4)) for _ in "ab"]
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"height": 64}, "^--height of the masks' box must be below the image's 64 .*received 64: lower it"),
        ({"width": 40, "horizontal_margin": 12}, "--width .*both margins of 12, received 40"),
        ({"max_delta_height": 20}, "^--max_delta_height must be below the box's 20, received 20"),
        ({"max_delta_width": -1}, "^--max_delta_width must be at least 0, received -1"),
        ({"height": 0}, "^--height must be at least 1, received 0"),
    ],
)
def test_boxes_that_do_not_fit(options, message):
    with pytest.raises(UserError, match=message):
        BoxOptions(**{"height": 20, "width": 20, **SMALL_DELTAS, **options}).fitted((64, 64))
