"""HTTP: the built page's files, the socket, reports; every request is checked first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from cstalk_live.web.server.admission import NO_KEY, Admission, safety_headers
from cstalk_live.web.server.messages import LONGEST_MESSAGE
from cstalk_live.web.server.page import WRITE_BUFFER
from cstalk_live.web.server.room import Room

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(__file__).parents[1] / "static"
"""The built page."""

_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
}
"""Not asked of the system: Windows may call JavaScript plain text, which browsers then refuse."""

_TEXT = (".css", ".html", ".js", ".json", ".svg", ".txt")
_WORTH_GZIP = 1_024
_HEARTBEAT_S = 15.0


def built_page(static: Path = STATIC) -> bool:
    """The page is there to be served."""
    return (static / "index.html").is_file()


def make_application(room: Room, admission: Admission, static: Path = STATIC) -> web.Application:
    """All that the server answers."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        refusal = admission.refuse(request.headers, request.cookies, request.query)
        welcome = request.path == "/" and admission.knows(request.query.get("token"))
        if refusal is NO_KEY and request.path == "/" and admission.spend(request.query.get("ticket")):
            welcome, refusal = True, None
        if refusal is not None:
            # The answer says nothing of us that a foreign page could read: it is refused to be read, too.
            return web.Response(status=refusal.status, text=refusal.text, headers=safety_headers(""))
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            error.headers.update(safety_headers(host))
            raise
        if welcome:
            answer.set_cookie(admission.cookie, admission.token, httponly=True, samesite="Strict", path="/")
        if not answer.prepared:
            answer.headers.update(safety_headers(host))
        return answer

    async def index(request: web.Request) -> web.StreamResponse:
        return _file(static / "index.html", request)

    async def file(request: web.Request) -> web.StreamResponse:
        return _file(files[request.path], request)

    async def report(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        made = room.commands.reports.get(name)
        if made is None:
            raise web.HTTPNotFound(text="This report is gone; ask for a new one.")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return web.Response(body=made, content_type="application/zip", headers=headers)

    async def socket(request: web.Request) -> web.StreamResponse:
        opened = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_S, max_msg_size=LONGEST_MESSAGE, compress=False, writer_limit=WRITE_BUFFER
        )
        await opened.prepare(request)
        if request.transport is not None:
            request.transport.set_write_buffer_limits(high=WRITE_BUFFER)
        await room.talk(opened)
        return opened

    # What is there at the start is what can be asked for: no path of a request is ever looked up on the disk.
    files = {"/" + path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}
    application = web.Application(middlewares=[check])
    application.router.add_get("/", index)
    application.router.add_get("/ws", socket)
    application.router.add_get("/report/{name}", report)
    for path in files:
        application.router.add_get(path, file)
    return application


def _file(path: Path, request: web.Request) -> web.Response:
    body = path.read_bytes()
    lasting = path.parent.name == "assets"  # their names carry a hash of what is in them
    headers = {"Cache-Control": "max-age=31536000, immutable" if lasting else "no-cache"}
    text = path.suffix in _TEXT
    answer = web.Response(
        body=body,
        content_type=_TYPES.get(path.suffix, "application/octet-stream"),
        charset="utf-8" if text else None,
        headers=headers,
    )
    if len(body) >= _WORTH_GZIP and (text or path.suffix == ".bin") and request.method == "GET":
        answer.enable_compression()
    return answer
