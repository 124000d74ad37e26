"""Nothing drawn or filled is lost: strokes during a fill, other photos, reloads; a stub network."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.page_process import StubNetwork

FILL = StubNetwork.COLOUR


def near(colour, expected, tolerance=6):
    return np.abs(np.asarray(colour) - expected).max() <= tolerance


@pytest.fixture
def other(tmp_path):
    """Another photo of the same size, red."""
    Image.new("RGB", (320, 240), (200, 10, 10)).save(tmp_path / "other.png")
    return tmp_path / "other.png"


def calls(server, count):
    return lambda: len(server.plain.calls) == count


def kept(visitor):
    """Wait until the browser keeps the work as it is."""
    visitor.page.wait_for_selector("body[data-kept=true]")


def filled_once(visitor, photo):
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.fill()


def test_strokes_during_a_fill_are_filled_next(visitor, server, photo):
    visitor.open(photo)
    visitor.page.click("#options")
    visitor.page.check("#on-release")
    visitor.page.keyboard.press("Escape")
    server.plain.gate.clear()
    visitor.draw((180, 60), (280, 60))
    visitor.expect(visitor["#parts"]).to_contain_text("parts")
    visitor.draw((180, 120), (280, 120))
    visitor.expect(visitor["#stop"]).to_be_visible()
    visitor.draw((180, 180), (280, 180))
    server.plain.gate.set()
    visitor.until(calls(server, 2))
    visitor.filled()
    first, second = (call[0] for call in server.plain.calls)
    assert first[60, 230] and not first[[120, 180], 230].any()
    assert second[[120, 180], 230].all() and not second[60, 230]
    shown = visitor.colours((230, 60), (230, 120), (230, 180))
    assert near(shown, FILL)


def test_strokes_during_a_fill_stay_until_it_is_pressed_again(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((180, 60), (280, 60))
    server.plain.gate.clear()
    visitor.page.click("#fill")
    visitor.expect(visitor["#parts"]).to_contain_text("parts")
    visitor.draw((180, 180), (280, 180))
    server.plain.gate.set()
    visitor.filled()
    assert near(visitor.colours((230, 60))[0], FILL)
    visitor.fill()
    visitor.until(calls(server, 2))
    assert server.plain.calls[1][0][180, 230] and not server.plain.calls[1][0][60, 230]


def test_a_stroke_ends_the_comparison(visitor, photo):
    filled_once(visitor, photo)
    visitor["#wipe"].focus()
    visitor.page.keyboard.press("End")
    assert near(visitor.colours((230, 120))[0], (128, 128, 128))
    visitor.draw((180, 200), (280, 200))
    visitor.expect(visitor["#wipe"]).to_have_attribute("aria-valuenow", "0")
    assert near(visitor.colours((230, 120))[0], FILL)


def test_the_wipe_is_dragged(visitor, photo):
    filled_once(visitor, photo)
    handle = visitor["#wipe span"].bounding_box()
    mouse = visitor.page.mouse
    mouse.move(handle["x"] + 18, handle["y"] + 18)
    mouse.down()
    mouse.move(visitor.at(230, 0)[0], handle["y"] + 18, steps=5)
    mouse.up()
    shown = visitor.colours((210, 120), (226, 30), (230, 30), (250, 120))
    assert near(shown[0], (128, 128, 128)) and near(shown[3], FILL)
    assert near(shown[2], (255, 255, 255), 20)  # the line
    visitor.expect(visitor["#undo"]).to_be_enabled()


def test_other_photos_stay_open(visitor, server, photo, other):
    filled_once(visitor, photo)
    visitor.open(other)
    visitor.expect(visitor["#photos li"]).to_have_count(2)
    visitor.expect(visitor["#download"]).to_be_disabled()
    visitor["#photos"].get_by_label("Photo photo.png").click()
    assert near(visitor.colours((230, 120))[0], FILL)
    name, image = visitor.download()
    assert name == "photo_filled.png" and image.getpixel((230, 120)) == FILL
    visitor.page.click("#undo")
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.page.click("#redo")
    visitor["#photos"].get_by_label("Close other.png").click()
    visitor.expect(visitor["#strip"]).to_be_hidden()
    visitor.open(other)
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    visitor["#photos"].get_by_label("Close other.png").click()  # its result would be lost
    visitor.expect(visitor["#ask-question"]).to_contain_text("other.png was not downloaded")
    visitor.page.keyboard.press("Escape")
    visitor.expect(visitor["#photos li"]).to_have_count(2)


def test_reloads_come_back(visitor, server, photo, mask):
    filled_once(visitor, photo)
    visitor.add_mask(mask)
    visitor.draw((40, 200), (120, 200))
    before = visitor.colours((230, 120), (230, 40), (80, 200), (60, 60))
    kept(visitor)
    visitor.page.reload()
    visitor.page.wait_for_selector("body[data-ready]")
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", "Photo photo.png, 320 x 240 pixels")
    visitor.expect(visitor["#redo"]).to_be_disabled()
    assert near(visitor.colours((230, 120), (230, 40), (80, 200), (60, 60)), before)
    visitor.fill()
    hole = server.plain.calls[-1][0]
    assert hole[40, 230] and hole[200, 80] and not hole[120, 230]
    assert visitor.download()[1].getpixel((230, 120)) == FILL
    for _ in range(4):
        visitor.page.click("#undo")
    visitor.expect(visitor["#fill"]).to_be_enabled()
    assert len(server.sent("/photos")) == 1


def test_a_reload_sends_a_photo_again_that_the_server_forgot(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    kept(visitor)
    server.forget()
    visitor.page.reload()
    visitor.page.wait_for_selector("body[data-ready]")
    visitor.fill()
    assert server.plain.calls[-1][0][120, 230]


def test_leaving_asks_while_something_would_be_lost(visitor, photo):
    asked = []
    visitor.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.page.reload()
    assert not asked
    visitor.page.wait_for_selector("body[data-ready]")
    filled_once(visitor, photo)
    kept(visitor)
    visitor.page.reload()
    assert asked == ["beforeunload"]
    visitor.page.wait_for_selector("body[data-ready]")
    visitor.download()
    visitor.expect(visitor["#status"]).to_contain_text("Downloaded")
    visitor.page.reload()
    assert asked == ["beforeunload"]


def test_any_step_can_be_gone_back_to(visitor, server, photo):
    filled_once(visitor, photo)
    visitor.draw((180, 200), (280, 200))
    visitor.page.click("#history")
    steps = visitor["#history-list button"]
    visitor.expect(steps).to_have_count(4)
    visitor.expect(steps.nth(3)).to_have_attribute("aria-current", "true")
    visitor["#history-list"].get_by_label("The photo").click()
    visitor.expect(visitor["#undo"]).to_be_disabled()
    visitor["#history-list"].get_by_label("Step 2: filled").click()
    visitor.expect(visitor["#download"]).to_be_enabled()
    visitor.page.keyboard.press("Escape")
    assert near(visitor.colours((230, 120))[0], FILL)


def test_keys_save_and_copy(visit, server, photo):
    visitor = visit()
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    filled_once(visitor, photo)
    visitor.page.keyboard.press("Control+c")
    visitor.expect(visitor["#status"]).to_have_text("Copied.")
    read = """async () => {
        const [item] = await navigator.clipboard.read();
        return [...new Uint8Array(await (await item.getType("image/png")).arrayBuffer())];
    }"""
    copied = np.array(Image.open(io.BytesIO(bytes(visitor.page.evaluate(read)))).convert("RGB"))
    with visitor.page.expect_download() as download:
        visitor.page.keyboard.press("Control+s")
    np.testing.assert_array_equal(copied, np.array(Image.open(download.value.path()).convert("RGB")))
    assert tuple(copied[120, 230]) == FILL


def test_several_photos_one_hole_and_a_zip(visitor, server, photo, other, tmp_path):
    Image.new("RGB", (100, 80), (9, 9, 200)).save(tmp_path / "small.png")
    visitor.page.set_input_files("#photo-file", [str(photo), str(other), str(tmp_path / "small.png")])
    visitor.expect(visitor["#photos li"]).to_have_count(3)
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", "Photo photo.png, 320 x 240 pixels")
    visitor.settle()
    visitor.draw((180, 120), (280, 120))
    visitor.page.click("#hole-all")
    visitor.expect(visitor["#status"]).to_contain_text("on 1 more photos; 1 have another size")
    visitor.page.click("#fill-all")
    visitor.until(calls(server, 2))
    visitor.expect(visitor["#zip"]).to_be_enabled()
    with visitor.page.expect_download() as download:
        visitor.page.click("#zip")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["photo_filled.png", "other_filled.png"]
        for name, path, (hole, *_) in zip(archive.namelist(), (photo, other), server.plain.calls):
            expected = np.array(Image.open(path))
            expected[hole] = FILL
            np.testing.assert_array_equal(np.array(Image.open(archive.open(name))), expected)
