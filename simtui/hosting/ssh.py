"""The SSH front: a name, a terminal, and nothing else; asyncssh speaks the protocol."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from simtui.errors import SimtuiError
from simtui.hosting import keys
from simtui.hosting.access import Access
from simtui.hosting.host import Host, RefusedError, Visit
from simtui.hosting.limits import Door, source_of
from simtui.hosting.wire import Guest, lang_of, term_of
from simtui.rating.texts import sentence

LOGIN_S = 20
"""How long a connection may take to its login, and then be without somebody who sits at it."""
KEEPALIVE_S, KEEPALIVES = 15, 3
WINDOW_BYTES, PACKET_BYTES = 65_536, 32_768
"""What a client may send before it is read: keys."""

CROWDED = b"simtui: too many are at the door at the moment: please try again in a minute.\r\n"

SESSIONS_OF_CONNECTION = 4
"""A ControlMaster may open several; each counts as one who sits here."""

LAST_WORDS_S = 2.0
"""How long a line may take to take the last sentence when the host ends."""

BUFFER_BYTES = 32_768
"""Of output that waits for a slow line; with more, the process waits."""


class Server(asyncssh.SSHServer):
    """One connection. Everything that it does not say is refused by asyncssh: forwarding in any direction, for one."""

    def __init__(self, front: SshFront) -> None:
        self._front = front
        self._connection: asyncssh.SSHServerConnection
        self._source = b""
        self._waits = False
        self._sessions: list[Session] = []
        self.participant_id = ""
        self.full = False

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._source = source_of(conn.get_extra_info("peername"))
        self._waits = self._front.door.admit(self._source)
        if not self._waits:
            with contextlib.suppress(OSError):
                os.write(conn.get_extra_info("socket").fileno(), CROWDED)
            conn.abort()
            return
        self._front.connections.add(conn)
        # asyncssh itself goes on writing to a client that reads nothing, for as long as that client's window is.
        conn.pause_writing = lambda: self._hold(True)  # type: ignore[method-assign]
        conn.resume_writing = lambda: self._hold(False)  # type: ignore[method-assign]

    def _hold(self, full: bool) -> None:
        self.full = full
        for session in self._sessions:
            session.follow_line()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.seated()
        self._front.connections.discard(self._connection)
        for session in self._sessions:
            session.lost()

    def seated(self) -> None:
        """It waits outside no more."""
        if self._waits:
            self._waits = False
            self._front.door.release(self._source)

    def begin_auth(self, username: str) -> bool:
        refusal = self._front.access.refusal(username)
        if refusal:
            self._connection.send_auth_banner(f"{refusal}\r\n")
        self.participant_id = "" if refusal else username
        return bool(refusal) or self._front.access.kind != "open"

    def auth_completed(self) -> None:
        self.watch()

    def watch(self) -> None:
        """End the connection if nobody sits at it in a while: a login alone must not hold a line."""
        asyncio.get_running_loop().call_later(LOGIN_S, self._end_unused)

    def _end_unused(self) -> None:
        if not any(session.in_use for session in self._sessions):
            self._connection.abort()

    def password_auth_supported(self) -> bool:
        return self._front.access.kind == "code"

    def validate_password(self, username: str, password: str) -> bool:
        return bool(self.participant_id) and self._front.access.takes_code(username, password, self._source)

    def public_key_auth_supported(self) -> bool:
        return self._front.access.kind == "keys"

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = self._front.access.keys.get(username, ()) if self.participant_id else ()
        return any(hmac.compare_digest(key.public_data, each) for each in known)

    def session_requested(self) -> Session | bool:
        if len(self._sessions) >= SESSIONS_OF_CONNECTION:
            return False
        session = Session(self._front, self)
        self._sessions.append(session)
        return session

    def forget(self, session: Session) -> None:
        self._sessions.remove(session)


class Session(asyncssh.SSHServerSession[bytes]):
    """One terminal of a connection, and who sits at it."""

    def __init__(self, front: SshFront, server: Server) -> None:
        self._front = front
        self._server = server
        self._channel: asyncssh.SSHServerChannel[bytes]
        self._visit: Visit | None = None
        self._term: str | None = None
        self._size = (80, 24)
        self._full = False
        self._over = False
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan
        chan.set_write_buffer_limits(high=BUFFER_BYTES)

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:  # noqa: ARG002
        self._term = term_of(term_type)
        self._size = term_size[:2]
        return True

    def shell_requested(self) -> bool:
        return True

    @property
    def in_use(self) -> bool:
        """Whether somebody sits here, or is about to."""
        return self._task is not None and not self._over

    def session_started(self) -> None:
        self._server.seated()
        self._task = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        front, host = self._front, self._front.host
        if self._term is None:
            self._end(sentence(host.study, "host_terminal"), 2)
            return
        environment = self._channel.get_environment()
        guest = Guest(
            number=0,
            participant_id=self._server.participant_id,
            line="ssh",
            term=self._term,
            colorterm=term_of(environment.get("COLORTERM", "")),
            lang=lang_of(environment),
        )
        try:
            visit = await host.sit(guest, self._size, self._write, lambda text: self._end(text, 1))
        except RefusedError as refusal:
            self._end(str(refusal), 1)
            return
        if self._over:  # the line was lost meanwhile
            host.leave(visit)
            return
        self._visit = visit
        visit.seat.resize(*self._size)
        self.follow_line()
        await visit.ended.wait()
        if not self._over:
            self._end(await front.last_words(guest.participant_id), 0)

    def _write(self, data: bytes) -> None:
        if not self._over:
            self._channel.write(data)

    def _end(self, text: str, code: int) -> None:
        """Say a last sentence, and close."""
        if not self._over:
            self._over = True
            self._channel.write(text.encode().replace(b"\n", b"\r\n") + b"\r\n")
            self._channel.exit(code)
            self._server.watch()

    # ------------------------------------------------------------------ what the line does

    def data_received(self, data: bytes, datatype: object) -> None:  # noqa: ARG002
        if self._visit is not None:
            self._visit.seat.write(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002
        self._size = width, height
        if self._visit is not None:
            self._visit.seat.resize(width, height)

    def eof_received(self) -> bool:
        return True  # nothing more is typed; what is painted may still be read

    def pause_writing(self) -> None:
        self._full = True
        self.follow_line()

    def resume_writing(self) -> None:
        self._full = False
        self.follow_line()

    def follow_line(self) -> None:
        """Let the process write as long as the line takes it."""
        if self._visit is not None and not self._visit.left:
            if self._full or self._server.full:
                self._visit.seat.pause()
            else:
                self._visit.seat.resume()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.lost()
        self._server.forget(self)

    def lost(self) -> None:
        self._over = True
        if self._visit is not None:
            self._front.host.leave(self._visit)


@dataclass(slots=True)
class SshFront:
    """Lets people in by SSH. last_words: what is said to somebody whose visit has ended."""

    host: Host
    access: Access
    door: Door
    last_words: Callable[[str], Awaitable[str]]
    connections: set[asyncssh.SSHServerConnection] = field(default_factory=set)
    _acceptor: asyncssh.SSHAcceptor | None = None

    async def open(self, address: str, port: int) -> str:
        """Listen; the fingerprint of the host's key. Raises SimtuiError."""
        for name in ("asyncssh", "asyncssh.sftp"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # it writes addresses
        key = keys.host_key()
        options: dict[str, Any] = {
            "server_host_keys": [key],
            "login_timeout": LOGIN_S,
            "keepalive_interval": KEEPALIVE_S,
            "keepalive_count_max": KEEPALIVES,
            "agent_forwarding": False,
            "x11_forwarding": False,
            "allow_scp": False,
            "gss_host": None,
            "kbdint_auth": False,
            "host_based_auth": False,
            "line_editor": False,
            "encoding": None,
            "window": WINDOW_BYTES,
            "max_pktsize": PACKET_BYTES,
            "compression_algs": None,
            "server_version": "simtui",
        }
        try:
            self._acceptor = await asyncssh.listen(address, port, server_factory=lambda: Server(self), **options)
        except OSError as error:
            raise SimtuiError(
                f"SSH cannot listen on {address}:{port} ({error.strerror or error}): give another --ssh."
            ) from None
        return key.get_fingerprint()

    @property
    def port(self) -> int:
        return self._acceptor.get_port() if self._acceptor else 0

    def close(self) -> None:
        """Take no more connections; those that are there stay."""
        if self._acceptor is not None:
            self._acceptor.close()

    async def drop(self) -> None:
        """End the connections that are left, after what they are still to be told."""
        if self.connections:
            waiting = [asyncio.ensure_future(each.wait_closed()) for each in self.connections]
            for each in self.connections:
                each.close()
            await asyncio.wait(waiting, timeout=LAST_WORDS_S)
