"""Seat: one participant's terminal and process, as the front sees them."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Callable

import msgspec

from simtui.rating.news import News

READ_BYTES = 65_536
MOST_QUEUED = 65_536
"""Bytes of keys that wait for a process that does not read; nobody types so many, and what comes on top is dropped."""

LARGEST_WINDOW = 1000, 400
"""Columns and rows; a line can claim any."""


class Seat:
    """The near end of a terminal. Nothing is read from it while `paused`: then its process waits, and no memory grows.

    output: called with what the process writes. gone: called once when it has closed the terminal.
    """

    def __init__(self, size: tuple[int, int], output: Callable[[bytes], None], gone: Callable[[], None]) -> None:
        self._output = output
        self._gone = gone
        self._control, self._far_control = socket.socketpair()
        try:
            self._near, self._far = os.openpty()
        except OSError:
            self._control.close()
            self._far_control.close()
            raise
        os.set_blocking(self._near, False)
        self._control.setblocking(False)
        self._keys = bytearray()
        self._reading = False
        self._open = True
        self.resize(*size)

    @property
    def far_ends(self) -> tuple[int, int]:
        """The descriptors for the process: its terminal, and the socket on which it is told news."""
        return self._far, self._far_control.fileno()

    def begin(self) -> None:
        """The process has its ends: they are none of ours, and what it writes is passed on."""
        os.close(self._far)
        self._far_control.close()
        self.resume()

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, which its process is told."""
        if self._open:
            columns, rows = (
                max(0, min(each, most)) for each, most in zip((columns, rows), LARGEST_WINDOW, strict=True)
            )
            fcntl.ioctl(self._near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def pause(self) -> None:
        """The line takes no more at the moment."""
        if self._reading:
            self._reading = False
            asyncio.get_running_loop().remove_reader(self._near)

    def resume(self) -> None:
        """The line takes what the process writes."""
        if self._open and not self._reading:
            self._reading = True
            asyncio.get_running_loop().add_reader(self._near, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._near, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""  # how Linux says that the process has closed it
        if data:
            self._output(data)
        else:
            self.pause()
            self._gone()

    def drain(self) -> None:
        """Pass on the last words of a process that has ended."""
        with contextlib.suppress(OSError):
            while self._open and (data := os.read(self._near, READ_BYTES)):
                self._output(data)

    def write(self, data: bytes) -> None:
        """Keys for the process; what it does not take yet is kept, up to a bound."""
        if self._open and len(self._keys) < MOST_QUEUED:
            waiting = bool(self._keys)
            self._keys += data[: MOST_QUEUED - len(self._keys)]
            if not waiting:
                self._write()

    def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            del self._keys[: os.write(self._near, self._keys)]
        except BlockingIOError:
            pass
        except OSError:
            self._keys.clear()  # the process is gone, which reading tells
        if self._keys:
            loop.add_writer(self._near, self._write)
        else:
            loop.remove_writer(self._near)

    def tell(self, news: News) -> None:
        """Tell the process something; a process that does not listen misses it."""
        with contextlib.suppress(OSError):
            self._control.send(msgspec.json.encode(news) + b"\n")

    def close(self) -> None:
        """Close the terminal, which ends the process. Closing twice does no harm."""
        if self._open:
            self._open = False
            self.pause()
            asyncio.get_running_loop().remove_writer(self._near)
            os.close(self._near)
            self._control.close()
