"""The web front: one page, one socket for each participant, and nothing of anybody else's; aiohttp speaks HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from simtui.errors import SimtuiError, printable
from simtui.hosting.access import Access
from simtui.hosting.guard import Guard
from simtui.hosting.host import Host
from simtui.hosting.limits import Door, source_of
from simtui.hosting.links import Came, Links
from simtui.hosting.pages import HEADERS, Pages
from simtui.hosting.sitting import serve_socket
from simtui.hosting.tokens import PASS_S, Tokens, is_pass, make_pass
from simtui.rating.texts import sentence

COOKIE = "simtui_pass"
LARGEST_BODY, LONGEST_LINE = 4096, 4096

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class WebFront:
    """Lets people in by the web.

    key: of the tokens and passes. base: the address that a proxy in front of it has, "" without one.
    """

    host: Host
    access: Access
    links: Links
    door: Door
    key: bytes
    base: str = ""
    port: int = 0
    _tokens: Tokens = field(init=False)
    _pages: Pages = field(init=False)
    _runner: web.AppRunner = field(init=False)
    _server: asyncio.Server | None = None
    _guards: dict[asyncio.BaseTransport, Guard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tokens = Tokens(self.key)
        self._pages = Pages(self.host.study)

    async def open(self, address: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Listen. Raises SimtuiError."""
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_headers])
        # A proxy may pass the path on as it is, or without its own part.
        for prefix in {"", urlsplit(self.base).path.rstrip("/")}:
            app.router.add_get(f"{prefix}/", self._page)
            app.router.add_post(f"{prefix}/", self._come_in)
            app.router.add_get(f"{prefix}/static/{{version}}/{{name}}", self._file)
            app.router.add_get(f"{prefix}/socket", self._socket)
            if prefix:
                app.router.add_get(prefix, self._slash)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_unread(),
            handle_signals=False,
            keepalive_timeout=20.0,
            lingering_time=2.0,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
        )
        await self._runner.setup()
        make = cast("Callable[[], asyncio.Protocol]", self._runner.server)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: Guard(make(), self.door, self._guards), address, port, ssl=tls, backlog=256
            )
        except OSError as error:
            raise SimtuiError(
                f"The web cannot listen on {address}:{port} ({error.strerror or error}): give another --web."
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Take no more connections; those that are there stay."""
        if self._server is not None:
            self._server.close()

    async def drop(self) -> None:
        """End the connections that are left."""
        await self._runner.cleanup()

    # ------------------------------------------------------------------ pages

    def _source(self, request: web.Request) -> bytes:
        """Behind a proxy everybody comes from there; it says from where, after what others have told it."""
        told = request.headers.getall("X-Forwarded-For", []) if self.base else []
        if told:
            return source_of((told[-1].rpartition(",")[2].strip(),))
        return source_of(request.transport.get_extra_info("peername") if request.transport else None)

    def _who(self, request: web.Request) -> Came | None:
        return self.links.came(request.query)

    async def _slash(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPPermanentRedirect(f"{request.path}/?{request.query_string}".rstrip("?"))

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None and (guard := self._guards.get(request.transport)):
            guard.asked()
        came = self._who(request)
        if came is None:
            text = "" if self.links.asks else sentence(self.host.study, "host_link")
            return self._at_the_door(text, status=200 if self.links.asks else 400)
        if refusal := self.access.refusal(came.participant_id):
            return self._at_the_door(refusal, status=400)
        shown = request.cookies.get(COOKIE, "")
        if self.access.kind == "code" and not is_pass(self.key, came.participant_id, shown):
            return self._at_the_door("", participant_id=came.outside_id)
        return _html(self._pages.terminal(self._tokens.give(came) if request.method == "GET" else ""))

    def _at_the_door(self, message: str, *, status: int = 200, participant_id: str = "") -> web.Response:
        asks = self.links.asks or (self.access.kind == "code" and bool(participant_id))
        page = self._pages.door(message, participant_id=participant_id, code=self.access.kind == "code", asks=asks)
        return _html(page, status)

    async def _come_in(self, request: web.Request) -> web.StreamResponse:
        """Somebody has typed an id, and the code where one is needed."""
        if not self._ours(request):
            raise web.HTTPForbidden
        typed = await request.post()
        outside, code = str(typed.get("id", "")).strip(), str(typed.get("code", ""))
        if not self.links.asks:
            came = self._who(request)
            outside = came.outside_id if came else ""
        came = self.links.came({**request.query, self.links.name: outside})
        if came is None:
            return self._at_the_door(sentence(self.host.study, "host_link"), status=400)
        if refusal := self.access.refusal(came.participant_id):
            return self._at_the_door(refusal, status=400)
        # To this very page, whatever path a proxy has taken away from its address.
        answer = web.HTTPSeeOther(f"?{urlencode({**request.query, self.links.name: outside})}")
        if self.access.kind == "code":
            if not self.access.takes_code(came.participant_id, code, self._source(request)):
                text = sentence(self.host.study, "host_wrong_code")
                return self._at_the_door(text, status=403, participant_id=outside)
            made = make_pass(self.key, came.participant_id)
            secure = request.secure or self.base.startswith("https:")
            answer.set_cookie(
                COOKIE, made, max_age=PASS_S, path=request.path, httponly=True, samesite="Strict", secure=secure
            )
        raise answer

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None and (guard := self._guards.get(request.transport)):
            guard.asked()
        found = self._pages.files.get(request.match_info["name"])
        if found is None or request.match_info["version"] != self._pages.version:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": "gzip"}
        return web.Response(body=found.data, content_type=found.kind, charset="utf-8", headers=headers)

    # ------------------------------------------------------------------ the socket

    def _ours(self, request: web.Request) -> bool:
        """Whether a request comes from a page of ours: browsers say so, and pages cannot lie about it."""
        origins = {f"{'https' if request.secure else 'http'}://{request.host}"}
        if self.base:
            parts = urlsplit(self.base)
            origins.add(f"{parts.scheme}://{parts.netloc}")
        return request.headers.get("Origin", "").lower() in {origin.lower() for origin in origins}

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self._ours(request):
            raise web.HTTPForbidden(text="not from here\n")
        guard = self._guards.get(request.transport) if request.transport is not None else None
        if guard is not None:
            guard.asked()
        # At the door until the page has shown its token: who has none must not hold more lines than others.
        return await serve_socket(request, self.host, self._tokens, self.links, guard.seated if guard else lambda: None)


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The same on every answer, refusals included."""
    try:
        answer = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(HEADERS)
        refusal.headers["Server"] = "simtui"
        raise
    except (ConnectionError, TimeoutError):
        raise
    except Exception as fault:
        asyncio.get_running_loop().call_exception_handler({"message": "a page", "exception": fault})
        raise web.HTTPInternalServerError from None
    if not answer.prepared:
        answer.headers.update(HEADERS)
        answer.headers["Server"] = "simtui"
    return answer


def _unread() -> logging.Logger:
    """Where aiohttp writes addresses: nobody reads it. Mistakes of ours are written down by the middleware."""
    logger = logging.getLogger("simtui.hosting.unread")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return logger


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(
        text=text, status=status, content_type="text/html", charset="utf-8", headers={"Cache-Control": "no-store"}
    )


def tls_context(cert: Path, key: Path) -> ssl.SSLContext:
    """For --cert and --key. Raises SimtuiError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        with contextlib.suppress(AttributeError):
            context.load_cert_chain(cert, key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise SimtuiError(
            f"{printable(cert)} and {printable(key)} are no certificate and its key "
            f"({printable(error.strerror or error)}): give both as PEM files, the key without a passphrase."
        ) from None
    return context
