"""The server: the page's files and its API."""

import asyncio
import contextlib
import functools
import json
import pathlib
from typing import Annotated

import anyio
from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import inpaint
from inpaint.demo import work
from inpaint.demo.errors import Gone
from inpaint.demo.examples import examples
from inpaint.demo.kept.hole import read_hole, read_sketch
from inpaint.demo.kept.photo import Photo, read_photo
from inpaint.demo.kept.photos import Photos
from inpaint.demo.kept.store import Store
from inpaint.demo.turns import Turns
from inpaint.demo.web.answers import ERRORS, Told, WithHeaders, tell_errors
from inpaint.demo.web.guard import Guard
from inpaint.demo.web.requests import Border, Detail, Extent, Layers, Left, Name, Size, Top, received
from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.options.filling import DETAILS

_STATIC = pathlib.Path(__file__).parent / "static"
_MOST_BYTES = 4 << 30  # of all visitors' files
_CODERS = 2  # photos that are decoded or encoded at the same time
_AT_ONCE = {"X-Accel-Buffering": "no"}  # proxies pass lines on as they come


def owner(request):
    """Whose share of the store and the turns a request has a part in: the client's address."""
    return request.client.host if request.client else ""


def _about(network):
    layers = {name: getattr(network.architecture, name) for name in ("layers", "shown_layers")}
    return {"name": network.name, "guided": network.guided, **layers}


def make_app(networks, settings):
    """Create the server.

    Args:
        networks: list of `Network`s; the first one is the default.
        settings: a `Settings`.

    Returns:
        A FastAPI application.
    """
    store = Store(settings.folder, 60 * settings.keep_minutes, _MOST_BYTES)
    photos = Photos(store)
    turns = Turns(settings.most_waiting)
    coders = anyio.CapacityLimiter(_CODERS)
    last = len(networks) - 1
    Number = Annotated[int, Query(description="number of the network", ge=0, le=last, alias="network")]
    samples = examples()

    async def in_thread(function, *arguments):
        return await anyio.to_thread.run_sync(function, *arguments, limiter=coders)

    @contextlib.asynccontextmanager
    async def lifespan(_):
        async def clean():
            while True:
                await asyncio.sleep(15 * settings.keep_minutes)
                await in_thread(store.remove_old)

        cleaning = asyncio.create_task(clean())
        yield
        cleaning.cancel()

    app = FastAPI(
        title="deepfillv2",
        version=inpaint.__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses={status: {"model": Told, "description": told} for status, told in ERRORS.items()},
    )
    app.state.store, app.state.photos, app.state.turns = store, photos, turns
    tell_errors(app)
    app.add_middleware(Guard, hosts=settings.hosts)
    app.add_middleware(WithHeaders)

    def body(request):
        return received(request, settings.folder, settings.max_upload_mb * 1_000_000)

    async def kept(photo, request):
        """Keep a photo; returns what is told of it."""
        height, width = photo.image.size
        return {
            "id": await in_thread(photos.keep, photo, owner(request)),
            "width": width,
            "height": height,
            "transparent": photo.transparent,
            "shown": photo.shown,
            "download": photo.download,
        }

    async def read(request, reader, folder, left, top):
        """Read a mask or sketch of the photo in a folder from a request."""
        size = Photo.size(folder)
        async with body(request) as path:
            return await in_thread(reader, path, size, left, top, settings.max_pixels)

    def streamed(request, function, *arguments):
        """The response that tells what happens to work: lines of JSON."""
        whose = owner(request)
        job = turns.enter(functools.partial(function, photos, whose, *arguments), whose)

        async def lines():
            async with contextlib.aclosing(turns.follow(job)) as messages:
                async for message in messages:
                    yield json.dumps(message) + "\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson", headers=_AT_ONCE)

    @app.get("/settings")
    async def page_settings():
        """What the page needs to know: limits, choices, layers, examples."""
        return {
            "max_pixels": settings.max_pixels,
            "max_bytes": settings.max_upload_mb * 1_000_000,
            "keep_minutes": settings.keep_minutes,
            "networks": [_about(each) for each in networks],
            "sizes": list(settings.sizes),
            "size": str(settings.size),
            "detail": settings.detail,
            "examples": {name: sample.photo.name for name, sample in samples.items()},
        }

    @app.get("/health")
    async def health():
        """How many fills are running or waiting."""
        return {"fills": len(turns)}

    @app.get("/examples/{name}/{part}")
    async def example(name: str, part: str):
        """A file of an example: "photo", "mask" or "thumbnail.jpg"."""
        if name not in samples or part not in ("photo", "mask", "thumbnail.jpg"):
            raise HTTPException(404)
        if part == "thumbnail.jpg":
            return Response(samples[name].thumbnail, media_type="image/jpeg")
        return FileResponse(getattr(samples[name], part))

    @app.post("/photos", status_code=201)
    async def add_photo(request: Request, name: Name = "photo.png"):
        """Send a photo: the body is the file. Returns its id, size and kind."""
        async with body(request) as path:
            return await kept(await in_thread(read_photo, path, name, settings.max_pixels), request)

    @app.post("/photos/{id}/extensions", status_code=201)
    async def extend(
        request: Request, id: str, left: Border = 0, top: Border = 0, right: Border = 0, bottom: Border = 0
    ):
        """Copy a photo with a gray border around it, to be filled. Returns what is told of new photos."""
        photo = await in_thread(photos.load, store.folder(id))
        border = left, top, right, bottom
        return await kept(await in_thread(photo.extended, border, settings.max_pixels), request)

    @app.get("/photos/{id}/view")
    async def view(id: str, left: Left = 0, top: Top = 0, width: Extent = 1 << 30, height: Extent = 1 << 30):
        """The photo or a part of it, for the screen: PNG or JPEG."""
        photo = await in_thread(photos.load, store.folder(id))
        window = slice(top, top + height), slice(left, left + width)
        if not photo.image.rgb[window].size:
            raise UserError(
                f"the photo is {size_text(photo.image.size)}, there is nothing at ({left}, {top})"
            )
        content, kind = await in_thread(photo.view, window)
        return Response(content, media_type=kind)

    @app.get("/photos/{id}/file")
    async def download(id: str):
        """The photo in the format of the file that was sent, with its metadata."""
        folder = store.folder(id)
        photo = await in_thread(photos.load, folder)
        return FileResponse(await in_thread(photo.write, folder), filename=photo.download)

    @app.put("/photos/{id}/sketch", status_code=204)
    async def add_sketch(request: Request, id: str, left: Left = None, top: Top = None):
        """Send the lines that fills of this photo follow, white on black or on clear; for guided networks."""
        folder = store.folder(id)
        sketch = await read(request, read_sketch, folder, left, top)
        await in_thread(work.keep_sketch, folder, sketch)

    @app.post("/photos/{id}/fills")
    async def fill(
        request: Request,
        id: str,
        left: Left = None,
        top: Top = None,
        size: Size = str(settings.size),
        detail: Detail = settings.detail,
        network_number: Number = 0,
    ):
        """Fill the hole of a mask, the body: white is hole. Leaving the connection stops the work.

        Returns lines of JSON, see `Turns.follow`; the last one has the id of the result, a photo like those
        that were sent, and the window that the hole is in.
        """
        if size not in settings.sizes or detail not in DETAILS:
            sizes, details = ", ".join(settings.sizes), ", ".join(DETAILS)
            raise UserError(f"size must be one of {sizes}, detail one of {details}")
        folder = store.folder(id)
        hole = await read(request, read_hole, folder, left, top)
        chosen = networks[network_number]
        return streamed(request, work.fill, folder, chosen, hole, settings.sizes[size], detail)

    @app.post("/photos/{id}/looks")
    async def look_inside(
        request: Request,
        id: str,
        left: Left = None,
        top: Top = None,
        layers: Layers = "",
        network_number: Number = 0,
    ):
        """Draw how the network fills a mask's hole. As for fills; the last line has an id and names."""
        chosen, names = networks[network_number], [name for name in layers.split(",") if name]
        chosen.architecture.check_layers(names)
        folder = store.folder(id)
        hole = await read(request, read_hole, folder, left, top)
        names = names or chosen.architecture.shown_layers
        return streamed(request, work.look_inside, folder, chosen, hole, names)

    @app.post("/photos/{id}/snaps")
    async def snap(request: Request, id: str, around: bool, left: Left = None, top: Top = None):
        """Find the edges of what a drawing, the body, points at: white on black, a line across it or the
        inside of a line around it. As for fills; the last line has a mask."""
        folder = store.folder(id)
        drawn = await read(request, read_hole, folder, left, top)
        return streamed(request, work.snap, folder, drawn, around)

    @app.get("/looks/{id}/{name}")
    async def image_inside(id: str, name: str):
        """An image of a look inside."""
        files = {path.stem: path for path in store.folder(id).glob("*.jpg")}
        if name not in files:
            raise Gone
        return FileResponse(files[name])

    # Each by its name: mounted at the root, static files would answer for all paths with a wrong method.
    for name in ("css", "js", "filled"):
        app.mount(f"/{name}", StaticFiles(directory=_STATIC / name))
    for path, name in (("/", "index.html"), ("/icon.svg", "icon.svg")):
        file = functools.partial(FileResponse, _STATIC / name)
        app.add_route(path, lambda _, file=file: file(), include_in_schema=False)
    return app
