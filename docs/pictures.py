"""Draws the README's pictures from real runs: `python docs/pictures.py`.

`docs/removal.webp` is an animation of the page in Chromium, `docs/removal.jpg` the example before and after;
the page's own pictures, in `static/filled/`, show its examples without what their masks cover;
`docs/fill_size.jpg` shows what the ways of filling make of a stroke.
Needs what the tests need: Playwright and Chromium.
"""

import io
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / name) for name in ("", "tests")]

import tempfile

from PIL import Image, ImageDraw, ImageOps
from playwright import sync_api
from support.page_process import served
from support.visitor import ARGUMENTS, CHROMIUM, Visitor

from inpaint.demo.examples import examples
from inpaint.demo.networks import Network
from inpaint.demo.settings import Settings
from inpaint.inference.inpainter import Inpainter

_ROOT = pathlib.Path(__file__).parents[1]
_EXAMPLES = _ROOT / "inpaint" / "examples"
_STROKES = [[(512, 500), (508, 518)], [(788, 683), (826, 686), (832, 716), (788, 722)]]  # over the boulders
_SHOWN = (400, 360, 1024, 768)  # of the example, beside each other
_WIDTH = 800  # pixels of both pictures
_FILLED = _ROOT / "inpaint/demo/web/static/filled"
_HERO = (690, 580, 870, 760)  # of the example, on the page's first screen
_SIDES = 192, 256  # pixels of the page's pictures
_ACROSS = {  # a stroke and its width, for each photo of `fill_size.jpg`
    "boulders.jpg": ((560, 380, 700, 700), 90),
    "chelsea.png": ((60, 60, 160, 240), 40),
    "brick.png": ((120, 100, 400, 400), 56),
}
_WAYS = ({"fill_size": "whole"}, {"fill_size": 256}, {"fill_size": "auto", "detail": "residual"})
_PANEL = 400  # pixels of its columns


def main():
    photo, mask = _EXAMPLES / "photographs/boulders.jpg", _EXAMPLES / "masks/boulders.png"
    inpainter = Inpainter.from_checkpoint()
    _beside(Image.open(photo), Image.open(_filled(inpainter, photo, mask)))
    _page_pictures(inpainter)
    _fill_sizes([Inpainter(inpainter.generator, **way) for way in _WAYS])
    with tempfile.TemporaryDirectory() as folder:
        with served([Network("photographs", inpainter)], Settings(pathlib.Path(folder))) as (address, *_):
            _animate(_frames(address, photo))


def _page_pictures(inpainter):
    for name, example in examples().items():
        filled = Image.open(_filled(inpainter, example.photo, example.mask)).convert("RGB")
        ImageOps.fit(filled, (_SIDES[0],) * 2).save(_FILLED / f"{name}.webp", quality=80)
        if name == "boulders":
            for when, image in (("before", Image.open(example.photo)), ("after", filled)):
                hero = image.convert("RGB").crop(_HERO).resize((_SIDES[1],) * 2, Image.LANCZOS)
                hero.save(_FILLED / f"hero_{when}.webp", quality=80)


def _filled(inpainter, photo, mask):
    """The filled photo as an open file."""
    Image.fromarray(inpainter(photo, mask)).save(file := io.BytesIO(), "PNG")
    return file


def _beside(before, after):
    before, after = (image.crop(_SHOWN) for image in (before, after))
    size = _WIDTH // 2, _WIDTH * before.height // before.width // 2
    both = Image.new("RGB", (2 * size[0] + 4, size[1]), "white")
    for left, image in ((0, before), (size[0] + 4, after)):
        both.paste(image.convert("RGB").resize(size, Image.LANCZOS), (left, 0))
    both.save(_ROOT / "docs/removal.jpg", quality=88)


def _fill_sizes(inpainters):
    rows = []
    for name, (stroke, width) in _ACROSS.items():
        photo = Image.open(_EXAMPLES / "photographs" / name).convert("RGB")
        mask = Image.new("L", photo.size)
        pen = ImageDraw.Draw(mask)
        pen.line(stroke, 255, width)
        for end in (stroke[:2], stroke[2:]):
            pen.circle(end, width / 2, 255)
        panels = [Image.composite(Image.new("RGB", photo.size, "white"), photo, mask)]
        panels += [inpainter(photo, mask) for inpainter in inpainters]
        rows.append([panel.resize((_PANEL, _PANEL * panel.height // panel.width)) for panel in panels])
    figure = Image.new("RGB", (len(rows[0]) * _PANEL, sum(row[0].height for row in rows)))
    top = 0
    for row in rows:
        for column, panel in enumerate(row):
            figure.paste(panel, (column * _PANEL, top))
        top += row[0].height
    figure.save(_ROOT / "docs/fill_size.jpg", quality=88)


def _frames(address, photo):
    """Screenshots with their milliseconds: drawing over the boulders, filling, before and after."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visitor = Visitor(browser, address)
        page = visitor.page
        page.set_viewport_size({"width": 1000, "height": 760})
        visitor.open(photo)
        yield _shot(page), 900
        for stroke in _STROKES:
            page.mouse.move(*visitor.at(*stroke[0]))
            page.mouse.down()
            for first, last in zip(stroke, [*stroke[1:], stroke[-1]]):
                for part in (0.0, 0.33, 0.67):
                    page.mouse.move(*visitor.at(*(a + part * (b - a) for a, b in zip(first, last))))
                    yield _shot(page), 90
            page.mouse.up()
        yield _shot(page), 500
        with page.expect_response(lambda response: "/fills" in response.url) as filled:
            page.locator("#fill").click()
            yield _shot(page), 400
        filled.value.finished()
        visitor.expect(page.locator("#download")).to_be_enabled()
        page.mouse.move(5, 5)
        visitor.settle()
        yield _shot(page), 2600
        visitor.close(address)
        browser.close()


def _shot(page):
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return image.resize((_WIDTH, image.height * _WIDTH // image.width), Image.LANCZOS)


def _animate(frames):
    images, durations = zip(*frames)
    images[0].save(
        _ROOT / "docs/removal.webp",
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
        quality=70,
        method=6,
    )


if __name__ == "__main__":
    main()
