"""Extending a photo: the border is hole, what was there stays as it is; with a stub network."""

import numpy as np
import pytest
from PIL import Image
from support.page_process import StubNetwork
from support.visitor import SIZES

FILL = StubNetwork.COLOUR


def labelled(visitor, size):
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", f"Photo photo.png, {size} pixels")


def extend_and_reload(visitor):
    """Push the lower edge of the photo of 320 x 240 by a step, and reload the page once that is kept."""
    visitor.page.keyboard.press("x")
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")
    labelled(visitor, "320 x 256")
    visitor.expect(visitor["body"]).to_have_attribute("data-kept", "true")
    visitor.page.reload()


@pytest.mark.parametrize("size", SIZES)
def test_an_edge_is_pulled_filled_and_undone(visit, server, photo, size):
    visitor = visit(size)
    visitor.open(photo)
    before, fitted = np.array(Image.open(photo)), visitor.scale
    visitor.draw((40, 40), (60, 40))
    visitor.page.click("#hole")
    visitor.page.click("#extend")
    visitor.expect(visitor["#hole-menu"]).to_be_hidden()
    visitor.until(lambda: visitor.scale < fitted)  # there is room to pull
    visitor.draw((1, 120), (-39, 130))
    labelled(visitor, "360 x 240")
    visitor.draw((180, 239), (180, 271))
    labelled(visitor, "360 x 272")
    visitor.fill()
    hole = server.plain.calls[-1][0]
    expected = np.ones((272, 360), bool)
    expected[:240, 40:] = False
    stroke = hole & ~expected  # which has moved with the photo
    assert (hole & expected == expected).all() and stroke[40, 90] and 0 < stroke.sum() < 240 * 320 / 4
    name, image = visitor.download()
    assert name == "photo_filled.png" and (np.array(image)[hole] == FILL).all()
    np.testing.assert_array_equal(np.array(image)[:240, 40:][~stroke[:240, 40:]], before[~stroke[:240, 40:]])
    for _ in range(3):
        visitor.page.click("#undo")
    labelled(visitor, "320 x 240")
    visitor.fill()
    np.testing.assert_array_equal(server.plain.calls[-1][0], stroke[:240, 40:])


def test_arrow_keys_extend_and_a_result_goes_on(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    after = np.array(visitor.download()[1])
    press = visitor.page.keyboard.press
    for key in ("x", "ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowUp"):
        press(key)
    visitor.expect(visitor["#status"]).to_have_text("Border: 0 left, 16 top, 32 right, 0 bottom.")
    visitor.expect(visitor["#wipe"]).to_be_hidden()  # it would cover a handle
    press("Enter")
    labelled(visitor, "352 x 256")
    visitor.expect(visitor["#download"]).to_be_disabled()
    visitor.fill()
    image = np.array(visitor.download()[1])
    np.testing.assert_array_equal(image[16:, :320], after)
    assert (image[:16] == FILL).all() and (image[:, 320:] == FILL).all()


def test_an_extended_photo_comes_back(visitor, server, photo):
    visitor.open(photo)
    extend_and_reload(visitor)
    labelled(visitor, "320 x 256")
    visitor.fill()
    assert server.plain.calls[-1][0][240:].all() and not server.plain.calls[-1][0][:240].any()
    visitor.page.click("#undo")
    visitor.page.click("#undo")
    labelled(visitor, "320 x 240")
    assert len(server.sent("/photos")) == 1


def test_leaving_asks_for_a_result_that_was_extended(visitor, photo):
    asked = []
    visitor.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    extend_and_reload(visitor)
    assert asked == ["beforeunload"]
