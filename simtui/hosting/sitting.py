"""A participant's socket: what is painted, what is typed, and how long the page takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from simtui.hosting.host import Host, RefusedError, Visit
from simtui.hosting.limits import Rate
from simtui.hosting.links import Came, Links
from simtui.hosting.tokens import Tokens
from simtui.hosting.wire import Guest
from simtui.rating.news import Latency
from simtui.session.environment import Browser

HELLO_S = 10.0
HEARTBEAT_S = 15.0
LARGEST_MESSAGE = 4096
MESSAGES_S, BURST = 100.0, 400.0
"""Messages of one socket: a held key comes 30 times a second."""

NO_TOKEN = 4001
"""The page is old: it is to be loaded again."""


class Hello(msgspec.Struct, frozen=True):
    """The first message of a page: who it is, and how it draws. See Browser."""

    token: str
    columns: int
    rows: int
    renderer: str
    ratio: float
    cell_width: int
    cell_height: int


class Told(msgspec.Struct, frozen=True):
    """Any later message that is no key: another size, or the median time from a key to its paint, ms."""

    columns: int = 0
    rows: int = 0
    latency: float | None = None


_hello = msgspec.json.Decoder(Hello).decode
_told = msgspec.json.Decoder(Told).decode


class End(msgspec.Struct, frozen=True):
    """The last message to a page. url: where it goes; "" for nowhere."""

    text: str
    url: str = ""


async def serve_socket(
    request: web.Request, host: Host, tokens: Tokens, links: Links, seated: Callable[[], object]
) -> web.StreamResponse:
    """Let whoever has the token of a page sit down, until one end leaves. seated: called once it has been shown."""
    line = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, max_msg_size=LARGEST_MESSAGE, compress=False, autoclose=True, timeout=2.0
    )
    await line.prepare(request)
    hello, came = None, None
    with contextlib.suppress(TimeoutError, msgspec.MsgspecError, TypeError):
        hello = _hello(await line.receive_str(timeout=HELLO_S))
        came = tokens.take(hello.token)
    if hello is None or came is None:
        await line.close(code=NO_TOKEN)
        return line
    seated()
    await _Sitting(line, host, links, came).serve(hello)
    return line


class _Sitting:
    """One socket with somebody at it."""

    def __init__(self, line: web.WebSocketResponse, host: Host, links: Links, came: Came) -> None:
        self._line = line
        self._host = host
        self._links = links
        self._came = came
        self._painted: list[bytes] = []
        self._wake = asyncio.Event()
        self._visit: Visit | None = None
        self._end: End | None = None

    async def serve(self, hello: Hello) -> None:
        browser = Browser(
            renderer=hello.renderer[:20] if hello.renderer.isalnum() else "",
            device_pixel_ratio=round(hello.ratio, 4),
            cell_width=hello.cell_width,
            cell_height=hello.cell_height,
        )
        guest = Guest(
            number=0,
            participant_id=self._came.participant_id,
            line="web",
            term="xterm-256color",
            colorterm="truecolor",
            browser=browser,
            outside=self._came.outside,
        )
        try:
            self._visit = await self._host.sit(guest, (hello.columns, hello.rows), self._paint, self._hang_up)
        except RefusedError as refusal:
            await self._say(End(str(refusal)))
            return
        tasks = [asyncio.create_task(each) for each in (self._pump(self._visit), self._listen(self._visit))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._host.leave(self._visit)
            await _stopped(tasks)
        if self._end is not None:
            await self._say(self._end)

    def _paint(self, data: bytes) -> None:
        """Nothing more is read from the process until the line has taken this."""
        self._painted.append(data)
        if self._visit is not None:
            self._visit.seat.pause()
        self._wake.set()

    def _hang_up(self, text: str) -> None:
        self._end = End(text)
        self._wake.set()

    async def _pump(self, visit: Visit) -> None:
        """Send what is painted until the visit ends, and then know what is to be said of it."""
        ended = asyncio.create_task(visit.ended.wait())
        ended.add_done_callback(lambda _: self._wake.set())
        try:
            while not (ended.done() and not self._painted) and self._end is None:
                await self._wake.wait()
                self._wake.clear()
                data, self._painted = b"".join(self._painted), []
                if data:
                    await self._line.send_bytes(data)
                if not visit.left:
                    visit.seat.resume()
        except ConnectionError:
            return
        finally:
            ended.cancel()
        if self._end is None:
            outcome = await self._host.outcome(self._came.participant_id)
            url = self._links.end(self._came.outside_id, outcome.code) if outcome.complete else ""
            self._end = End(outcome.text, url)

    async def _listen(self, visit: Visit) -> None:
        """Take what the page sends until it leaves, or sends too much."""
        rate = Rate(MESSAGES_S, BURST)
        async for message in self._line:
            if not rate.takes(1):
                await self._line.close(code=WSCloseCode.POLICY_VIOLATION)
                return
            if message.type is WSMsgType.BINARY:
                visit.seat.write(message.data)
            elif message.type is WSMsgType.TEXT:
                try:
                    told = _told(message.data)
                except msgspec.MsgspecError:
                    await self._line.close(code=WSCloseCode.UNSUPPORTED_DATA)
                    return
                if told.columns and told.rows:
                    visit.seat.resize(told.columns, told.rows)
                if told.latency is not None and 0 < told.latency < 60_000:
                    visit.seat.tell(Latency(key_to_paint_ms=round(told.latency, 1)))

    async def _say(self, end: End) -> None:
        """Say the last, and close."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._line.send_str(msgspec.json.encode(end).decode())
        await self._line.close()


async def _stopped(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
