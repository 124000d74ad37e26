"""What all answers of the server have in common: errors are JSON, and headers keep browsers in bounds."""

import pydantic
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from inpaint.demo.errors import Refusal
from inpaint.errors import UserError

_HEADERS = {
    # The page asks no other server for anything.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Told(pydantic.BaseModel):
    """The body of every answer that is an error."""

    error: str


# What requests may be answered with instead, for the schema.
ERRORS = {
    400: "what was sent cannot be used",
    403: "the request came from another site, or to an unknown name of this server",
    404: "there is no such photo, or no longer",
    408: "the body took too long to arrive",
    413: "more bytes or pixels than the page takes",
    503: "too many are waiting",
}


def tell_errors(app):
    """Let a FastAPI application answer with {"error": one line} whatever goes wrong."""

    def answer(status, text, headers=None):
        return JSONResponse({"error": text}, status, headers)

    @app.exception_handler(UserError)
    async def user_error(_, error):
        return answer(error.status if isinstance(error, Refusal) else 400, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_, error):
        first = error.errors()[0]
        return answer(400, f"{first['loc'][-1]}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def refused(_, error):
        return answer(error.status_code, error.detail, error.headers)

    @app.exception_handler(ClientDisconnect)
    async def left(_, error):
        return answer(400, "the connection was closed")  # nobody hears it, and nothing is logged

    @app.exception_handler(Exception)
    async def failed(_, error):
        return answer(500, "the server failed: try again, or tell the person who runs it")


class WithHeaders:
    """ASGI middleware that adds the headers to every answer."""

    def __init__(self, app):
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]

    async def __call__(self, scope, receive, send):
        async def send_more(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        await self._app(scope, receive, send_more)
