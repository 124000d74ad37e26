"""What the page says and allows while people fill, wait, stop and come back late; with a stub network."""

import re

import numpy as np
import pytest
from PIL import Image
from support.page_process import StubNetwork
from support.visitor import SIZES

from inpaint.errors import UserError

FILL = StubNetwork.COLOUR


def near(colour, expected, tolerance=6):
    return np.abs(np.asarray(colour) - expected).max() <= tolerance


def begun(visitor, photo):
    """A photo with a stroke."""
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))


@pytest.mark.parametrize("size", SIZES)
def test_progress_and_stop(visit, server, photo, size):
    visitor = visit(size)
    begun(visitor, photo)
    server.plain.gate.clear()
    visitor.page.dblclick("#fill") if size == "desktop" else visitor.page.click("#fill")
    visitor.expect(visitor["#status"]).to_have_text("Filling…")
    visitor.expect(visitor["#parts"]).to_have_text("2 of 4 parts")
    visitor.expect(visitor["#progress"]).to_have_js_property("value", 0.5)
    for name in ("fill", "undo", "clear", "mask", "download"):
        visitor.expect(visitor[f"#{name}"]).to_be_disabled()
    for name in ("status", "progress", "stop", "stage"):
        visitor.expect(visitor[f"#{name}"]).to_be_in_viewport(ratio=0.99)
    assert len(server.turns) == 1
    visitor.page.click("#stop") if size != "tablet" else visitor.page.keyboard.press("Escape")
    visitor.expect(visitor["#status"]).to_have_text("Stopped.")
    visitor.until(lambda: not len(server.turns))
    assert not server.plain.calls
    server.plain.gate.set()
    visitor.expect(visitor["#progress"]).to_be_hidden()
    visitor.expect(visitor["#download"]).to_be_disabled()
    visitor.fill()  # the stroke is still there
    assert len(server.plain.calls) == 1


def test_visitors_wait_for_each_other_and_not_for_closed_pages(visit, server, photo):
    first, second, third = visit(), visit(), visit()
    for visitor in (first, second, third):
        begun(visitor, photo)
    server.plain.gate.clear()
    first.page.click("#fill")
    first.expect(first["#parts"]).to_contain_text("parts")
    second.page.click("#fill")
    second.expect(second["#status"]).to_have_text("Waiting: 1 ahead of you.")
    third.page.click("#fill")
    third.expect(third["#status"]).to_have_text("Waiting: 2 ahead of you.")
    first.page.goto("about:blank")
    second.expect(second["#parts"]).to_contain_text("parts")
    third.expect(third["#status"]).to_have_text("Waiting: 1 ahead of you.")
    second.page.goto("about:blank")
    third.expect(third["#parts"]).to_contain_text("parts")
    server.plain.gate.set()
    third.filled()
    assert len(server.plain.calls) == 1


def test_a_new_photo_begins_anew(visitor, server, photo, tmp_path):
    begun(visitor, photo)
    visitor.fill()
    visitor.draw((180, 200), (280, 200))
    server.plain.gate.clear()
    visitor.page.click("#fill")
    visitor.expect(visitor["#parts"]).to_contain_text("parts")
    Image.new("RGB", (320, 240), (200, 10, 10)).save(tmp_path / "next.jpg")
    visitor.open(tmp_path / "next.jpg")  # which stops the fill
    for name in ("download", "compare", "undo", "redo", "fill"):
        visitor.expect(visitor[f"#{name}"]).to_be_disabled()
    visitor.expect(visitor["#wipe"]).to_be_hidden()
    assert near(visitor.colours((230, 120))[0], (200, 10, 10))
    visitor.until(lambda: not len(server.turns))
    server.plain.gate.set()
    visitor.draw((180, 200), (280, 200))
    visitor.fill()
    assert visitor.download()[0] == "next_filled.jpg"


def test_errors_leave_the_last_result(visitor, server, photo):
    begun(visitor, photo)
    visitor.fill()
    visitor.draw((180, 200), (280, 200))
    server.plain.error = UserError("not enough memory for this")
    visitor.page.click("#fill")
    visitor.expect(visitor["#alert"]).to_contain_text("Not enough memory for this.")
    assert near(visitor.colours((230, 120))[0], FILL)
    visitor.expect(visitor["#download"]).to_be_enabled()
    visitor.expect(visitor["#fill"]).to_be_enabled()
    server.plain.error = None
    visitor.fill()
    visitor.expect(visitor["#alert"]).to_be_hidden()
    assert (np.array(visitor.download()[1])[[120, 200], 230] == FILL).all()


def test_files_that_are_gone(visitor, server, photo):
    begun(visitor, photo)
    visitor.fill()
    server.forget()
    visitor.page.click("#download")
    visitor.expect(visitor["#alert"]).to_contain_text(
        "removed from the server after a while without use: drop it again"
    )
    assert near(visitor.colours((230, 120))[0], FILL)
    visitor["#alert button"].click()
    visitor.expect(visitor["#alert"]).to_be_hidden()
    visitor.draw((180, 200), (280, 200))
    visitor.page.click("#fill")
    visitor.expect(visitor["#alert"]).to_contain_text("drop it again")
    visitor.open(photo)
    visitor.expect(visitor["#alert"]).to_be_hidden()
    visitor.draw((180, 200), (280, 200))
    visitor.fill()


def test_photos_that_are_refused(visitor, tmp_path, rng):
    (tmp_path / "notes.png").write_text("no image")
    visitor.page.set_input_files("#photo-file", tmp_path / "notes.png")
    visitor.expect(visitor["#alert"]).to_contain_text("The photo is not an image that can be read.")
    Image.fromarray(rng.integers(0, 256, (900, 900, 3), dtype=np.uint8)).save(tmp_path / "heavy.png")
    visitor.page.set_input_files("#photo-file", tmp_path / "heavy.png")
    visitor.expect(visitor["#alert"]).to_contain_text("heavy.png is 2.4 MB, and this page takes up to 2 MB.")
    Image.new("1", (5000, 5000)).save(tmp_path / "wide.png")
    visitor.page.set_input_files("#photo-file", tmp_path / "wide.png")
    visitor.expect(visitor["#alert"]).to_contain_text(
        "wide.png is 5000 x 5000, and this page takes up to 16.8 million"
    )
    visitor.expect(visitor["#welcome"]).to_be_visible()
    assert "--" not in visitor["body"].inner_text()


def test_examples_stay_and_bring_editable_holes(visitor, server):
    server.forget()
    visitor.page.reload()
    visitor.page.wait_for_selector("body[data-ready]")
    thumbnails = visitor["#examples img"]
    visitor.expect(thumbnails).to_have_count(12)  # before and after
    for thumbnail in thumbnails.all():
        visitor.expect(thumbnail).to_have_js_property("naturalWidth", 192)
    visitor.page.get_by_label("Example: coffee").click()
    visitor.fill()
    expected = np.array(Image.open("inpaint/examples/masks/coffee.png").convert("L")) > 127.5
    np.testing.assert_array_equal(server.plain.calls[0][0], expected)
    visitor.page.click("#undo")
    visitor.page.keyboard.press("e")
    rows, columns = np.nonzero(expected)
    visitor.draw((columns[0], rows[0]), (columns[0] + 1, rows[0]))
    visitor.fill()
    erased = server.plain.calls[1][0]
    assert not erased[rows[0], columns[0]] and erased.sum() > expected.sum() / 2
    visitor.page.click("#undo")
    visitor.page.keyboard.press("Delete")
    visitor.expect(visitor["#fill"]).to_be_disabled()


def test_fill_on_release(visitor, server, photo):
    visitor.open(photo)
    visitor.page.click("#options")
    visitor.page.check("#on-release")
    visitor["#options-dialog"].get_by_role("button", name="Done").click()
    visitor.draw((180, 120), (280, 120))
    visitor.filled()
    assert near(visitor.colours((230, 120))[0], FILL) and len(server.plain.calls) == 1


@pytest.mark.parametrize("alpha", [90, 255])
def test_what_is_seen_of_a_fill_has_no_edge(visitor, server, tmp_path, alpha):
    """A fill is an image in the photo. Where nothing changed, its edge must not be seen, at any zoom."""
    server.plain.COLOUR = (128, 128, 128)
    pixels = np.full((240, 320, 4), (128, 128, 128, alpha), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "flat.png")
    visitor.open(tmp_path / "flat.png")
    before = visitor.colours((230, 120))[0]
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    seen = visitor.colours(*[(x, y) for x in (160, 230, 290) for y in np.arange(95, 145, 0.25)])
    del server.plain.COLOUR
    assert np.abs(seen - before).max() <= (2 if alpha == 255 else 6)


def test_options_are_sent(visitor, server, photo):
    begun(visitor, photo)
    visitor.fill()
    assert server.plain.calls[-1][2:] == ("auto", "residual")
    visitor.draw((180, 200), (280, 200))
    visitor.page.click("#options")
    visitor.page.select_option("#size", "whole")
    visitor.page.uncheck("#detail")
    visitor.page.keyboard.press("Escape")
    visitor.page.click("#fill")
    visitor.expect(visitor["#fill"]).to_be_disabled()
    visitor.filled()
    assert server.plain.calls[-1][2:] == ("whole", "none")


def test_photos_that_the_browser_cannot_show(visitor, server, tmp_path, rng):
    pixels = np.full((60, 80, 3), (90, 60, 30), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "scan.tif")
    visitor.page.set_input_files("#photo-file", tmp_path / "scan.tif")
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", "Photo scan.tif, 80 x 60 pixels")
    assert near(visitor.colours((40, 50))[0], (90, 60, 30))
    visitor.draw((20, 20), (60, 20))
    visitor.fill()
    name, image = visitor.download()
    pixels[server.plain.calls[0][0]] = FILL
    assert name == "scan_filled.tif"
    np.testing.assert_array_equal(image, pixels)


def test_photos_that_lie_on_their_side(visitor, server, tmp_path):
    pixels = np.full((80, 60, 3), 128, np.uint8)
    pixels[:40] = (20, 40, 160)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(pixels)).save(tmp_path / "phone.png", exif=exif)
    visitor.page.set_input_files("#photo-file", tmp_path / "phone.png")
    visitor.expect(visitor["#stage"]).to_have_attribute("aria-label", "Photo phone.png, 60 x 80 pixels")
    shown = visitor.colours((30, 10), (30, 70))
    assert near(shown[0], (20, 40, 160)) and near(shown[1], (128, 128, 128))
    visitor.draw((10, 20), (50, 20))
    visitor.fill()
    pixels[server.plain.calls[0][0]] = FILL
    np.testing.assert_array_equal(visitor.download()[1], pixels)


def test_look_inside(visitor, server, photo):
    visitor["#tab-inside"].click()
    visitor.expect(visitor["#look"]).to_be_disabled()
    visitor.expect(visitor["#inside"]).to_contain_text("Open a photo first.")
    visitor["#tab-fill"].click()
    begun(visitor, photo)
    visitor.fill()
    visitor.page.keyboard.press("i")  # the hole that was filled last
    visitor.page.get_by_text("Layers to show").click()
    visitor.page.get_by_label("conv3", exact=True).check()
    visitor.page.click("#look")
    visitor.expect(visitor["#gates .thumbs"].get_by_text("conv3", exact=True)).to_be_visible()
    visitor.expect(visitor["#stages .thumbs button"]).to_have_count(4)
    slider = visitor.page.get_by_label("Coarse to refined")
    refined = visitor["#stages .between img + img"]
    visitor.expect(refined).to_have_css("opacity", "0")
    slider.focus()
    visitor.page.keyboard.press("End")
    visitor.expect(refined).to_have_css("opacity", "1")
    large = visitor["#gates figure img"].first
    for name in ("conv3", "allconv16"):
        visitor["#gates .thumbs"].get_by_text(name, exact=True).hover()
        visitor.expect(large).to_have_attribute("src", re.compile(f"gates_{name}$"))
    visitor["#gates .thumbs button"].first.focus()
    visitor.expect(large).to_have_attribute("src", re.compile("gates_conv1$"))
    visitor["#tab-inside"].focus()
    visitor.page.keyboard.press("ArrowLeft")
    visitor.expect(visitor["#stage"]).to_be_visible()
