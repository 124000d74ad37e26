"""Drawing on the canvas: strokes, masks, undo, the view, fingers and keys. The network is a stub."""

import numpy as np
import pytest
from PIL import Image
from support.page_process import StubNetwork
from support.visitor import HOLE_COLOUR, SIZES

FILL = StubNetwork.COLOUR
GRAY, BLUE = (128, 128, 128), (20, 40, 160)


def near(colour, expected, tolerance=6):
    return np.abs(np.asarray(colour) - expected).max() <= tolerance


def marked(colour, under=GRAY):
    """Whether a colour is the hole's, 40 percent of it over another one."""
    return near(colour, 0.4 * np.array(HOLE_COLOUR) + 0.6 * np.array(under))


def hole(server):
    """The hole of the last fill."""
    return server.plain.calls[-1][0]


@pytest.mark.parametrize("size", SIZES)
def test_draw_fill_compare_undo(visit, server, photo, size):
    visitor = visit(size)
    visitor.open(photo)
    before = np.array(Image.open(photo))
    visitor.expect(visitor["#fill"]).to_be_disabled()
    visitor.draw((180, 120), (280, 120))
    assert marked(visitor.colours((230, 120))[0])
    visitor.fill()
    shown = visitor.colours((230, 120), (60, 120), (230, 20))
    assert near(shown[0], FILL) and near(shown[1], BLUE) and near(shown[2], GRAY)
    rows, columns = np.nonzero(hole(server))
    width = 40 / visitor.scale  # the brush is as wide on every screen
    assert abs(np.ptp(rows) + 1 - width) < 3 and abs(np.ptp(columns) + 1 - width - 100) < 3

    name, image = visitor.download()
    before[hole(server)] = FILL
    assert name == "photo_filled.png"
    np.testing.assert_array_equal(image, before)

    # The result is the next photo at once.
    visitor.draw((60, 60), (100, 60))
    visitor.fill()
    before[hole(server)] = FILL
    np.testing.assert_array_equal(visitor.download()[1], before)
    shown = visitor.colours((230, 120), (80, 60))
    assert near(shown[0], FILL) and near(shown[1], FILL)
    assert len(server.sent("/photos")) == 1

    visitor["#wipe"].focus()
    visitor.page.keyboard.press("End")
    shown = visitor.colours((230, 120), (80, 60))
    assert near(shown[0], GRAY) and near(shown[1], BLUE)
    for _ in range(25):
        visitor.page.keyboard.press("ArrowLeft")
    visitor.expect(visitor["#wipe"]).to_have_attribute("aria-valuetext", "50% before")
    shown = visitor.colours((230, 120), (80, 60))
    assert near(shown[0], FILL) and near(shown[1], BLUE)  # left of the line it is as it was
    visitor.page.keyboard.press("Home")

    visitor.page.click("#undo")  # the fill; its stroke is there again
    shown = visitor.colours((230, 120), (80, 60))
    assert near(shown[0], FILL) and marked(shown[1], BLUE)
    for _ in range(3):
        visitor.page.click("#undo")
    visitor.expect(visitor["#undo"]).to_be_disabled()
    assert near(visitor.colours((230, 120))[0], GRAY)
    visitor.page.click("#redo")
    visitor.page.click("#redo")
    assert near(visitor.colours((230, 120))[0], FILL)
    assert len(server.plain.calls) == 2  # redo of a fill needs no network


def test_hold_to_compare(visitor, photo):
    visitor.open(photo)
    visitor.expect(visitor["#compare"]).to_be_disabled()
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    visitor.draw((180, 200), (280, 200))
    box = visitor["#compare"].bounding_box()
    visitor.page.mouse.move(box["x"] + 9, box["y"] + 9)
    visitor.page.mouse.down()
    visitor.settle()
    held = visitor["#compare"].get_attribute("aria-pressed")
    shown = visitor.colours((230, 120), (230, 200))
    visitor.page.mouse.up()
    assert held == "true" and near(shown[0], GRAY) and near(shown[1], GRAY)
    shown = visitor.colours((230, 120), (230, 200))
    assert near(shown[0], FILL) and marked(shown[1])
    visitor.page.keyboard.down("c")
    assert near(visitor.colours((230, 120))[0], GRAY)
    visitor.page.keyboard.up("c")
    assert near(visitor.colours((230, 120))[0], FILL)


def test_undo_ends_at_the_photo(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((180, 60), (280, 60))
    visitor.draw((180, 180), (280, 180))
    for _ in range(5):
        visitor.page.keyboard.press("Control+z")
    visitor.expect(visitor["#fill"]).to_be_disabled()
    scale = visitor.scale
    shown = visitor.colours((230, 60), (230, 180), (60, 60))
    assert near(shown[0], GRAY) and near(shown[1], GRAY) and near(shown[2], BLUE)
    visitor.page.keyboard.press("Control+Shift+z")
    shown = visitor.colours((230, 60), (230, 180), (60, 60))
    assert marked(shown[0]) and near(shown[1], GRAY) and near(shown[2], BLUE) and visitor.scale == scale
    visitor.draw((20, 20), (60, 20))  # a new stroke, nothing to redo
    visitor.expect(visitor["#redo"]).to_be_disabled()


def test_masks_and_strokes_live_together(visitor, server, photo, mask, tmp_path):
    visitor.open(photo)
    visitor.draw((40, 200), (120, 200))
    visitor.add_mask(mask)
    visitor.expect(visitor["#redo"]).to_be_disabled()
    shown = visitor.colours((80, 200), (230, 40))
    assert marked(shown[0], BLUE) and marked(shown[1])

    Image.new("L", (90, 80), 255).save(tmp_path / "other.png")
    visitor.add_mask(tmp_path / "other.png")
    question = "The mask is 90 x 80, the photo 320 x 240. Resize the mask?"
    visitor.expect(visitor["#ask-question"]).to_have_text(question)
    visitor.page.keyboard.press("Escape")
    Image.new("L", (320, 240)).save(tmp_path / "black.png")
    visitor.add_mask(tmp_path / "black.png")
    visitor.expect(visitor["#alert"]).to_contain_text("The mask has no hole")
    shown = visitor.colours((80, 200), (230, 40), (300, 200))
    assert marked(shown[0], BLUE) and marked(shown[1]) and near(shown[2], GRAY)

    visitor.page.keyboard.press("e")
    visitor.draw((230, 0), (230, 100))  # through the mask's middle
    visitor.fill()
    middle = hole(server)
    assert not middle[20:60, 228:232].any() and middle[20:60, 200:205].all() and middle[20:60, 255:260].all()
    assert middle[200, 40:120].all()

    visitor.page.keyboard.press("Control+z")  # the fill
    visitor.page.keyboard.press("Control+z")  # the eraser
    visitor.fill()
    assert hole(server)[20:60, 200:260].all() and not hole(server)[20:60, 190:199].any()
    visitor.page.keyboard.press("Control+z")
    visitor.page.keyboard.press("Delete")
    visitor.expect(visitor["#fill"]).to_be_disabled()
    assert near(visitor.colours((230, 40))[0], GRAY)
    visitor.page.click("#undo")
    assert marked(visitor.colours((230, 40))[0])


def test_what_was_erased_again_is_no_hole(visitor, photo):
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.page.keyboard.press("e")
    for _ in range(6):
        visitor.page.keyboard.press("]")
    visitor.draw((170, 120), (290, 120))
    visitor.expect(visitor["#fill"]).to_be_disabled()


def test_the_brush_is_measured_on_the_screen(visitor, server, tmp_path):
    Image.new("RGB", (4000, 3000), GRAY).save(tmp_path / "large.png")
    visitor.open(tmp_path / "large.png")
    visitor.draw((1000, 1500), (3000, 1500))
    visitor.fill()
    width = np.ptp(np.nonzero(hole(server))[0]) + 1
    assert abs(width - 40 / visitor.scale) < 4 and width > 150
    assert server.sent("/fills")[0] < 20_000 and len(server.sent("/photos")) == 1
    visitor.page.keyboard.press("[")
    thin = int(visitor["#brush"].input_value())
    visitor.draw((1000, 500), (3000, 500))
    visitor.fill()
    assert abs(np.ptp(np.nonzero(hole(server))[0]) + 1 - thin / visitor.scale) < 4 and 30 < thin < 36


def test_strokes_may_begin_outside(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((-20, 120), (60, 120))
    visitor.draw((-20, 20), (-20, 220))  # nothing of it is on the photo
    visitor.fill()
    assert hole(server)[120, :60].all() and hole(server).sum() < 3000


def test_a_click_is_a_dot(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((200, 120))
    assert marked(visitor.colours((200, 120))[0])
    visitor.fill()
    assert abs(hole(server).sum() - np.pi * (20 / visitor.scale) ** 2) < 20


def test_boxes_and_lassos(visitor, server, photo):
    visitor.open(photo)
    visitor.page.keyboard.press("r")
    visitor.draw((200, 100), (180, 130), (260, 160))
    visitor.fill()
    rows, columns = np.nonzero(hole(server))
    assert (
        np.abs(np.array([rows.min(), rows.max(), columns.min(), columns.max()]) - (100, 160, 200, 260)).max()
        < 3
    )
    assert hole(server).sum() == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    visitor.page.keyboard.press("l")
    visitor.draw((20, 20), (120, 20), (20, 120))  # a triangle
    visitor.fill()
    lasso = hole(server)
    assert lasso[40, 40] and not lasso[100, 100] and abs(lasso.sum() - 5000) < 400
    visitor.draw((200, 200))  # a click alone
    visitor.expect(visitor["#fill"]).to_be_disabled()


def test_zoom_and_move(visitor, photo):
    visitor.open(photo)
    fitted = visitor.scale
    x, y = visitor.at(280, 60)
    visitor.page.mouse.move(x, y)
    visitor.page.mouse.wheel(0, -500)
    visitor.settle()
    assert visitor.scale > 2 * fitted and np.allclose(
        visitor.at(280, 60), (x, y), atol=1
    )  # stays under the mouse
    visitor.page.keyboard.down(" ")
    visitor.draw((280, 60), (260, 80))
    visitor.page.keyboard.up(" ")
    visitor.settle()
    assert visitor.at(280, 60)[0] < x - 50 and visitor.at(280, 60)[1] > y + 50
    visitor.expect(visitor["#undo"]).to_be_disabled()  # nothing was drawn
    visitor.page.keyboard.press("0")
    visitor.settle()
    assert visitor.scale == fitted
    visitor.page.keyboard.press("+")
    visitor.settle()
    assert visitor.scale == pytest.approx(1.25 * fitted)
    left = visitor.at(0, 0)[0]
    visitor.page.keyboard.press("ArrowRight")
    visitor.settle()
    assert visitor.at(0, 0)[0] < left


def test_fingers(visit, server, photo):
    visitor = visit("phone")
    visitor.open(photo)
    fitted = visitor.scale
    x, y = visitor.at(160, 120)
    pinch = [[(x - d, y), (x + d, y)] for d in (40, 60, 80, 120)]
    visitor.touch(pinch[0][:1], *pinch)  # one finger is there first
    visitor.settle()
    assert visitor.scale == pytest.approx(3 * fitted, rel=0.1)
    visitor.expect(visitor["#undo"]).to_be_disabled()
    assert near(visitor.colours((160 - 40 / fitted, 120))[0], BLUE)  # nothing is left of a stroke
    visitor["#fit"].click()
    visitor.settle()
    (x, y), (to, _) = visitor.at(200, 120), visitor.at(280, 120)
    visitor.touch([(x, y)], [(x + 20, y)], [(to, y)])
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor["#fill"].click()
    visitor.filled()
    assert hole(server)[120, 205:275].all()
    assert near(visitor.colours((240, 120))[0], FILL)


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_photos_come_in_anywhere(visitor, photo, mask, tmp_path, how):
    assert visitor.transfer(photo, how, "#welcome") or how == "paste"
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", "Photo photo.png, 320 x 240 pixels")
    visitor.settle()
    visitor.draw((40, 200), (120, 200))
    if how == "drop":
        assert visitor.transfer(mask, "dragover")
        visitor.expect(visitor["[data-drop=mask]"]).to_be_visible()
        assert visitor.transfer(mask, "drop", "[data-drop=mask]")
        visitor.expect(visitor["#drop"]).to_be_hidden()
        shown = visitor.colours((80, 200), (230, 40))
        assert marked(shown[0], BLUE) and marked(shown[1])
    Image.new("RGB", (100, 50), (200, 10, 10)).save(tmp_path / "next.png")
    visitor.transfer(tmp_path / "next.png", how)
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", "Photo next.png, 100 x 50 pixels")
    assert near(visitor.colours((20, 40))[0], (200, 10, 10))
    visitor.expect(visitor["#undo"]).to_be_disabled()


def test_a_box_by_keyboard(visitor, server, photo):
    visitor.open(photo)
    press = visitor.page.keyboard.press
    visitor["#stage"].focus()
    press("r")
    press("Enter")
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        press(key)
    step = max(round(10 / visitor.scale), 1)
    side = round(100 / visitor.scale)
    left, top = round(160 - side / 2) - step, round(120 - side / 2) - 2 * step
    width, height = side + 2 * step, side + step
    visitor.expect(visitor["#status"]).to_have_text(f"Box at {left}, {top}, {width} x {height} pixels.")
    press("Enter")
    visitor.expect(visitor["#fill"]).to_be_enabled()
    press("Enter")  # begins another one
    press("Escape")
    press("b")
    press("Enter")
    visitor.filled()
    expected = np.zeros((240, 320), bool)
    expected[top : top + height, left : left + width] = True
    np.testing.assert_array_equal(hole(server), expected)


def test_sketch(visitor, server, photo):
    visitor.open(photo)
    visitor.expect(visitor["[data-tool=sketch]"]).to_be_hidden()
    visitor.page.click("#options")
    visitor.page.select_option("#network", label="guided")
    visitor.page.keyboard.press("Escape")
    visitor.draw((180, 120), (280, 120))
    visitor.page.keyboard.press("s")
    visitor.draw((200, 120), (260, 120))
    shown = visitor.colours((230, 120))[0]
    assert shown[2] > 180 and shown[0] < 120  # the sketch's colour
    visitor.fill()
    drawn, sketch, _, _ = server.guided.calls[-1]
    lines = sketch.max(axis=0) > 250
    assert drawn[120, 180:280].all() and lines[200:260].all() and not sketch[:, 150:190].any()
    assert near(visitor.colours((230, 120), (190, 120))[0], StubNetwork.LINE)
    assert not server.plain.calls


def test_grow_shrink_and_invert(visitor, server, photo):
    from inpaint.images.mask_rule import grown

    visitor.open(photo)
    for change in ("grow", "shrink", "invert"):
        visitor.expect(visitor[f"#{change}"]).to_be_disabled()
    visitor.draw((20, 60), (90, 110), (0, 200))  # to the edge
    visitor.draw((200, 60), (260, 60))
    visitor.page.keyboard.press("e")
    visitor.draw((60, 60), (60, 120))
    visitor.fill()
    drawn = np.uint8(hole(server))
    expected = {"g": grown(drawn, 4), "h": grown(drawn, -4), "v": 1 - drawn}
    assert len({array.sum() for array in (drawn, *expected.values())}) == 4
    for key, array in expected.items():
        while visitor["#fill"].is_disabled():  # back to what was drawn
            visitor.page.click("#undo")
        visitor.page.keyboard.press(key)
        visitor.expect(visitor["#redo"]).to_be_disabled()
        visitor.fill()
        np.testing.assert_array_equal(hole(server), array > 0)
        visitor.page.click("#undo")  # the fill
        visitor.page.click("#undo")  # the change
        visitor.fill()
        np.testing.assert_array_equal(hole(server), drawn > 0)
    visitor.page.click("#undo")
    visitor.page.keyboard.press("v")
    visitor.expect(visitor["#redo"]).to_be_disabled()
    visitor.page.keyboard.press("b")
    visitor.draw((20, 60), (90, 110))  # one goes on drawing
    visitor.fill()
    assert hole(server).sum() > (1 - drawn).sum()
