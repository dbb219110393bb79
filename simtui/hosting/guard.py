"""Guard: stands before a connection's HTTP, and ends it where it dawdles. aiohttp itself waits for ever."""

from __future__ import annotations

import asyncio

from simtui.hosting.limits import Door, source_of

REQUEST_S = 20.0
"""How long a connection may take to its first whole request."""

PAGE_S = 90.0
"""How long a connection may last that nobody sits at: time for the page over a slow line."""

CROWDED = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"Too many are at the door at the moment: please try again in a minute.\n"
)


class Guard(asyncio.Protocol):
    """Passes everything on to the protocol of one connection.

    guards: where requests find it, by their transport.
    """

    def __init__(self, inner: asyncio.Protocol, door: Door, guards: dict[asyncio.BaseTransport, Guard]) -> None:
        self._inner = inner
        self._door = door
        self._guards = guards
        self._admitted = False
        self._waits = False
        self._source = b""
        self._transport: asyncio.Transport
        self._alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self._transport = transport
        self._source = source_of(transport.get_extra_info("peername"))
        self._admitted = self._waits = self._door.admit(self._source)
        if not self._admitted:
            transport.write(CROWDED)
            transport.close()
            return
        self._guards[transport] = self
        self._set_alarm(REQUEST_S)
        self._inner.connection_made(transport)

    def _set_alarm(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def asked(self) -> None:
        """A whole request has come."""
        if self._waits:
            self._set_alarm(PAGE_S)

    def seated(self) -> None:
        """Somebody sits here from now on, and has limits of their own."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._leave_door()

    def _leave_door(self) -> None:
        if self._waits:
            self._waits = False
            self._door.release(self._source)

    def data_received(self, data: bytes) -> None:
        if self._admitted:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._admitted else None

    def pause_writing(self) -> None:
        if self._admitted:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._admitted:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._admitted:
            self.seated()
            self._guards.pop(self._transport, None)
            self._inner.connection_lost(exc)
