"""Selecting: edges that a loose line snaps to, holes that a slider grows, masks; with a stub network."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from inpaint.demo.snap import snap
from inpaint.images.mask_rule import grown


@pytest.fixture
def scene(tmp_path, rng):
    """A photo of 480 x 360 of an ellipse on another texture: its path and the ellipse, bool."""
    image = Image.new("RGB", (480, 360), (90, 120, 70))
    ImageDraw.Draw(image).ellipse((160, 110, 320, 230), fill=(190, 90, 60))
    pixels = np.array(image)
    truth = pixels[..., 0] > 150
    noisy = np.clip(pixels + rng.normal(0, 12, pixels.shape), 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(tmp_path / "scene.png")
    return tmp_path / "scene.png", truth


def overlap(first, second):
    """Intersection over union."""
    return (first & second).sum() / (first | second).sum()


LASSO = [(120, 90), (360, 80), (365, 250), (130, 260), (120, 100)]


@pytest.mark.parametrize("places", [LASSO, [(190, 170), (290, 165)]], ids=["around", "across"])
def test_a_loose_line_snaps_to_edges(visitor, server, scene, places):
    path, truth = scene
    visitor.open(path)
    visitor.page.keyboard.press("a")
    visitor.draw(*places)
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.fill()
    assert overlap(server.plain.calls[-1][0], truth) > 0.93
    visitor.page.click("#undo")
    visitor.page.keyboard.down("Alt")  # takes it away again
    visitor.draw(*places)
    visitor.page.keyboard.up("Alt")
    visitor.until(lambda: len(server.sent("/snaps")) == 2)
    visitor.expect(visitor["#fill"]).to_be_disabled()


def test_keys_snap(visitor, server, scene):
    path, truth = scene
    visitor.open(path)
    keys = {"ArrowLeft": 22, "ArrowUp": 16, "Shift+ArrowRight": 36, "Shift+ArrowDown": 26}
    for key in ("a", "Enter", *(key for key, count in keys.items() for _ in range(count)), "Enter"):
        visitor.page.keyboard.press(key)
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.fill()
    assert overlap(server.plain.calls[-1][0], truth) > 0.93


def test_snap_waits_for_a_fill(visitor, server, scene):
    path, truth = scene
    visitor.open(path)
    visitor.draw((20, 20), (80, 20))
    server.plain.gate.clear()
    visitor.page.click("#fill")
    visitor.expect(visitor["#parts"]).to_contain_text("parts")
    visitor.page.keyboard.press("a")
    visitor.draw(*LASSO)
    server.plain.gate.set()
    visitor.until(lambda: len(server.sent("/snaps")) == 1)
    visitor.fill()
    assert overlap(server.plain.calls[-1][0], truth) > 0.93


def test_what_has_no_edges_stays_as_it_was_drawn():
    rgb, drawn = np.full((90, 120, 3), 77, np.uint8), np.ones((30, 40), bool)
    window = slice(20, 50), slice(30, 70)
    for around in (True, False):
        mask, left, top = snap(rgb, drawn, window, around)
        rows, columns = np.nonzero(mask)
        assert mask.any() and left + columns.max() < 120 and top + rows.max() < 90


def test_snap_of_a_large_photo_follows_its_edges(scene):
    path, truth = scene
    rgb = cv2.resize(np.array(Image.open(path)), None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    truth = cv2.resize(np.uint8(truth), None, fx=6, fy=6) > 0
    drawn = np.ones((900, 1400), bool)
    mask, left, top = snap(rgb, drawn, (slice(560, 1460), slice(740, 2140)), True)
    found = np.zeros(truth.shape, bool)
    found[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    assert overlap(found, truth) > 0.95


def test_the_slider_grows_and_shrinks(visitor, server, photo):
    visitor.open(photo)
    visitor.draw((100, 120), (220, 120))
    visitor.fill()
    drawn = np.uint8(server.plain.calls[-1][0])
    visitor.page.click("#undo")
    for radius in (9, -3):
        visitor.page.click("#hole")
        slider = visitor["#growth"]
        slider.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", radius)
        visitor.expect(visitor["#growth-told"]).to_have_text(f"{radius:+d} px")
        visitor.expect(visitor["#redo"]).to_be_enabled()  # nothing is kept yet
        slider.evaluate("e => e.dispatchEvent(new Event('change'))")
        visitor.expect(visitor["#redo"]).to_be_disabled()
        visitor.page.keyboard.press("Escape")
        visitor.fill()
        np.testing.assert_array_equal(server.plain.calls[-1][0], grown(drawn, radius) > 0)
        visitor.page.click("#undo")
        visitor.page.click("#undo")


def test_the_slider_shows_what_it_would_do(visitor, photo):
    visitor.open(photo)
    visitor.draw((100, 120), (220, 120))
    place = (160, 120 + 20 / visitor.scale + 8)
    before = visitor.colours(place)[0]
    visitor.page.click("#hole")
    visitor["#growth"].evaluate("e => { e.value = 20; e.dispatchEvent(new Event('input')); }")
    assert np.abs(visitor.colours(place)[0] - before).max() > 30


def test_masks_are_downloaded_and_resized(visitor, server, photo, tmp_path):
    visitor.open(photo)
    visitor.draw((100, 120), (220, 120))
    visitor.page.click("#hole")
    with visitor.page.expect_download() as download:
        visitor.page.click("#save-mask")
    assert download.value.suggested_filename == "photo_mask.png"
    mask = np.array(Image.open(download.value.path()).convert("L"))
    visitor.page.keyboard.press("Escape")
    visitor.fill()
    np.testing.assert_array_equal(mask == 255, server.plain.calls[-1][0])
    assert set(np.unique(mask)) == {0, 255}

    small = np.zeros((120, 160), np.uint8)
    small[20:40, 30:70] = 255
    Image.fromarray(small).save(tmp_path / "small.png")
    visitor.add_mask(tmp_path / "small.png")
    visitor.expect(visitor["#ask-question"]).to_contain_text("The mask is 160 x 120, the photo 320 x 240")
    visitor.page.click("#ask-yes")
    visitor.fill()
    np.testing.assert_array_equal(server.plain.calls[-1][0], small.repeat(2, 0).repeat(2, 1) > 0)
