"""The page on a phone, in the dark, by keyboard and screen reader, and its weight; with a stub network."""

import numpy as np
import pytest
from PIL import Image
from support.visitor import SIZES

CONTROLS = ("button", "checkbox", "combobox", "slider", "tab", "progressbar", "application", "dialog")


def named(visitor):
    """(role, name) of each control that a screen reader finds."""
    tree = visitor.context.new_cdp_session(visitor.page).send("Accessibility.getFullAXTree")
    found = []
    for node in tree["nodes"]:
        role = node.get("role", {}).get("value", "").lower()
        if role in CONTROLS and not node["ignored"]:
            found.append((role, node.get("name", {}).get("value", "")))
    return found


@pytest.mark.parametrize("size", SIZES)
def test_everything_has_a_name(visit, photo, size):
    visitor = visit(size)
    controls = named(visitor)
    assert ("button", "Open photos") in controls and ("button", "Example: coffee") in controls
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    controls += named(visitor)
    visitor.page.click("#options")
    controls += named(visitor)
    visitor.page.keyboard.press("Escape")
    visitor.page.keyboard.press("i")
    visitor.expect(visitor["#looks"]).to_be_visible()
    controls += named(visitor)
    names = {name for _, name in controls}
    wanted = {
        "Brush",
        "Eraser",
        "Box",
        "Lasso",
        "Undo",
        "Redo",
        "Hole",
        "Fill",
        "Size of the brush",
    }
    wanted |= {
        "Compare: hold",
        "Compare before and after",
        "History",
        "Options",
        "Coarse to refined",
        "Look inside",
    }
    assert wanted <= names, wanted - names
    assert len(controls) > 50 and all(name.strip() for _, name in controls), controls


def test_everything_but_drawing_has_a_key(visitor, photo, server):
    visitor.open(photo)
    press = visitor.page.keyboard.press
    for key, tool in (("e", "eraser"), ("r", "box"), ("l", "lasso"), ("b", "brush")):
        press(key)
        visitor.expect(visitor[f"[data-tool={tool}]"]).to_have_attribute("aria-pressed", "true")
    visitor.draw((180, 120), (280, 120))
    press("Delete")
    visitor.expect(visitor["#fill"]).to_be_disabled()
    press("Control+z")
    visitor["#fill"].focus()
    press("Enter")
    visitor.filled()
    visitor.expect(visitor["#stage"]).to_be_focused()
    for key in ("o", "m"):
        with visitor.page.expect_file_chooser():
            press(key)
    with visitor.page.expect_download():
        press("d")
    press("?")
    visitor.expect(visitor["#help-dialog"]).to_be_visible()
    press("Escape")
    press("i")
    visitor.expect(visitor["#inside"]).to_be_visible()


def test_focus_reaches_every_control(visitor, photo):
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    visitor.fill()
    visitor.draw((180, 200), (280, 200))
    visitor["#tab-fill"].focus()
    reached = []
    for _ in range(25):
        visitor.page.keyboard.press("Tab")
        focused = "() => document.activeElement.id || document.activeElement.dataset.tool"
        reached.append(visitor.page.evaluate(focused))
    wanted = "open copy download options stage wipe brush eraser snap box lasso".split()
    wanted += "hole undo history compare fill".split()
    assert set(wanted) <= set(reached), reached
    visitor["#undo"].focus()
    assert visitor["#undo"].evaluate("button => getComputedStyle(button).outlineStyle") == "solid"


def test_one_thumb_on_a_phone(visit, photo):
    visitor = visit("phone")

    def targets():
        for control in visitor["button:visible, input[type=range]:visible"].all():
            box = control.bounding_box()
            assert box["height"] >= 44 and box["width"] >= 44, control.get_attribute("id")
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844

    targets()
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    targets()
    assert visitor["#fill"].bounding_box()["y"] > 700  # at the thumb
    visitor["#fill"].click()
    visitor.filled()
    targets()
    visitor.expect(visitor["#stage"]).to_be_in_viewport(ratio=1)
    visitor.expect(visitor["#wipe span"]).to_be_in_viewport(ratio=1)
    scrolled = "() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    assert visitor.page.evaluate(scrolled) == [844, 390]
    visitor.page.set_viewport_size({"width": 844, "height": 390})  # on its side
    visitor.settle()
    visitor.expect(visitor["#fill"]).to_be_in_viewport(ratio=1)
    assert 240 * visitor.scale >= 300  # of the photo


def test_dark_mode(visit, photo):
    shades = {}
    for scheme in ("light", "dark"):
        visitor = visit(color_scheme=scheme)
        visitor.open(photo)
        shades[scheme] = visitor.colours((-15, 120))[0].mean()
    assert shades["light"] > 200 and shades["dark"] < 60


def test_the_page_weighs_less_than_a_megabyte(visit, server):
    visitor = visit()
    visitor.page.wait_for_load_state("networkidle")
    weight = sum(len(answer.body()) for answer in visitor.answers)
    assert len(visitor.answers) > 15 and 50_000 < weight < 300_000


def test_the_photo_is_sent_once(visitor, server, tmp_path, rng):
    noise = rng.integers(0, 256, (700, 900, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.jpg", quality=92)
    visitor.open(tmp_path / "noise.jpg")
    for row in (100, 300, 500):
        visitor.draw((100, row), (800, row))
        visitor.page.click("#fill")
        visitor.expect(visitor["#fill"]).to_be_disabled()
        visitor.filled()
    assert server.sent("/photos") == [(tmp_path / "noise.jpg").stat().st_size]
    assert len(server.sent("/fills")) == 3 and max(server.sent("/fills")) < 10_000
