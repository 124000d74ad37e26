"""What "Look inside" shows of networks other than the gated one; untrained ones, on the page in Chromium."""

import pytest
from support.page_process import served
from support.visitor import Visitor

from inpaint.demo.networks import Network
from inpaint.inference.inpainter import Inpainter
from inpaint.models.architecture import SHOWN_LAYERS, SHOWN_UNET_LAYERS
from inpaint.models.make_generator import make_generator

NAMES = ("gated", "partial", "pconv_unet")


@pytest.fixture
def visitor(browser, tmp_path):
    pytest.importorskip("fastapi", reason="FastAPI is not installed")
    from inpaint.demo.settings import Settings

    networks = [Network(name, Inpainter(make_generator(network=name))) for name in NAMES]
    with served(networks, Settings(tmp_path)) as (address, _, _):
        visitor = Visitor(browser, address)
        yield visitor
        visitor.close(address)


@pytest.mark.slow
def test_shows_what_a_network_has(visitor, photo):
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    shown = {name: shown_of(visitor, name) for name in NAMES}
    stages, coarse = ["Incomplete", "Coarse", "Refined", "Completed"], list(SHOWN_LAYERS[:3])
    two_stages = {"stages": stages, "masks": coarse, "attention": True, "slider": True}
    assert shown["gated"] == {**two_stages, "gates": list(SHOWN_LAYERS)}
    assert shown["partial"] == {**two_stages, "gates": []}
    unet = {"stages": ["Incomplete", "Refined", "Completed"], "gates": [], "masks": list(SHOWN_UNET_LAYERS)}
    assert shown["pconv_unet"] == {**unet, "attention": False, "slider": False}


def shown_of(visitor, network):
    """Look inside with a network: the captions of its stages, gates and masks that are visible."""
    first = visitor["#stages img"].first
    before = first.get_attribute("src") if first.count() else None
    visitor["#tab-fill"].click()
    visitor.page.click("#options")
    visitor.page.select_option("#network", label=network)
    visitor.page.keyboard.press("Escape")
    visitor["#tab-inside"].click()  # looks at once
    visitor.until(lambda: first.count() and first.get_attribute("src") != before)
    visitor.expect(visitor["#stop"]).to_be_hidden()
    attended = visitor["#attention-section"].is_visible()
    shown = {"attention": attended, "slider": visitor["#stages .between"].count() > 0}
    for part in ("stages", "gates", "masks"):
        buttons = visitor[f"#{part} .thumbs button"]
        shown[part] = [text for text in buttons.all_inner_texts() if visitor[f"#{part}"].is_visible()]
    return shown
