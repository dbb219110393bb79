"""What the front, the preloaded parent and the participants' processes tell each other: lines of JSON on sockets."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from simtui.rating.news import Closing, Latency
from simtui.session.environment import Browser
from simtui.session.outside import Outside

FAULTS_FILE = "host-faults.txt"
"""In the sessions folder: what should never have happened, of the front and of participants' processes."""

LARGEST_READ = 65_536
DESCRIPTORS_OF_A_GUEST = 2
"""Of each Guest come the terminal and the socket of its process."""

_TERM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")
_LANG = re.compile(r"[A-Za-z0-9_.@-]{1,40}")


class Setup(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """First, to the parent: what all its children rate. study, sessions, participants: absolute paths.

    participants: "" where everybody may take part. code: the completion code, "" for what the study says.
    """

    study: str
    sessions: str
    participants: str = ""
    code: str = ""
    mode: int
    idle_s: float | None
    polarity: str


class Guest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the parent, with two descriptors: a participant has come.

    number: of this visit. term, colorterm, lang: what the line says of its terminal, "" where it says nothing.
    browser: how a page draws it; None where it is no page. outside: what the link said of another service.
    """

    number: int
    participant_id: str
    line: Literal["ssh", "web"]
    term: str
    colorterm: str = ""
    lang: str = ""
    browser: Browser | None = None
    outside: Outside | None = None


class Kill(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To the parent: this visit's process does not end by itself."""

    number: int


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """From the parent: all is imported."""


class Born(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """From the parent: a visit has its process."""

    number: int
    pid: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """From the parent: a visit's process has ended, with this exit code, or minus the signal that ended it."""

    number: int
    code: int


Message = Setup | Guest | Kill | Ready | Born | Ended | Closing | Latency

_decoder = msgspec.json.Decoder(Message)


class Wire:
    """One end of a stream socket between processes of one host. Descriptors come in the order of their messages."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._buffer = b""
        self.descriptors: list[int] = []

    def fileno(self) -> int:
        return self._line.fileno()

    def set_blocking(self, blocking: bool) -> None:
        self._line.setblocking(blocking)

    def send(self, message: Message, descriptors: Sequence[int] = ()) -> None:
        """Raises OSError where the other end is gone, or reads nothing."""
        data = msgspec.json.encode(message) + b"\n"
        sent = socket.send_fds(self._line, [data], list(descriptors)) if descriptors else self._line.send(data)
        while sent < len(data):
            sent += self._line.send(data[sent:])

    def receive(self) -> Iterator[Message]:
        """All that has come, whole messages only. Raises EOFError once the other end is gone."""
        with contextlib.suppress(BlockingIOError):
            data, descriptors, _, _ = socket.recv_fds(self._line, LARGEST_READ, 16)
            self.descriptors += descriptors
            if not data:
                raise EOFError
            self._buffer += data
        *whole, self._buffer = self._buffer.split(b"\n")
        for line in whole:
            yield _decoder.decode(line)

    def take_descriptors(self, number: int = DESCRIPTORS_OF_A_GUEST) -> list[int]:
        """The oldest so many descriptors that came, now the caller's."""
        taken, self.descriptors = self.descriptors[:number], self.descriptors[number:]
        return taken

    def close(self) -> None:
        """Let go of it, and of all that came and nobody took."""
        for descriptor in self.take_descriptors(len(self.descriptors)):
            os.close(descriptor)
        self._line.close()


def pair() -> tuple[Wire, socket.socket]:
    """A wire that does not block, and the socket to be handed to the process at its other end."""
    near, far = socket.socketpair()
    near.setblocking(False)
    return Wire(near), far


def term_of(text: str) -> str:
    """The name of a terminal, or its colours; "" where it could be anything else: a path, a sequence."""
    return text if _TERM.fullmatch(text) else ""


def lang_of(environment: Mapping[str, str]) -> str:
    """The locale of a line's characters, "" where it says none: then it is taken to be UTF-8."""
    told = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    return told if _LANG.fullmatch(told) else ""
