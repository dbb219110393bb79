"""`simtui` on many terminals, each forked from one process that has imported it already.

For tests that start hundreds of runs: 0.3 of the 0.45 s of processor time that a run takes are imports.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import socket
import subprocess
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from simtui import cli
from simtui.rating import startup
from tests.terminal_session import TerminalSession, start_as_on_a_terminal

_ROOMS = (
    "commands.rate",
    "rating.environment",
    "tui.app",
    "tui.dialogs",
    "tui.participant.flow",
    "tui.participant.rating",
)
"""All that a run of `rate` imports, or nearly."""


class Preloaded:
    """A process that waits for command lines of `simtui` and forks one that carries them out."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._line, far = socket.socketpair()
        with far:
            command = [sys.executable, "-m", "tests.preloaded", str(far.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[far.fileno()])

    def run(self, *arguments: str, cwd: Path) -> PreloadedSession:
        """`simtui` with these arguments in a folder, on a terminal of its own. May be called in any thread."""
        near, terminal = pty.openpty()
        news, told = os.pipe()
        with self._lock:
            request = json.dumps({"arguments": arguments, "cwd": str(cwd)}).encode()
            socket.send_fds(self._line, [request], [terminal, told])
            os.close(terminal)
            os.close(told)
            pid = int(os.read(news, 20))
        return PreloadedSession(pid, near, news)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        self._process.wait()


class PreloadedSession(TerminalSession):
    """One run. It is no child of this process: how it ended is heard from the one that forked it."""

    def __init__(self, pid: int, terminal: int, news: int) -> None:
        super().__init__((), cwd=Path(), started=(pid, terminal))
        self._news = news
        os.set_blocking(news, False)

    def _ended(self) -> int | None:
        try:
            status = int(os.read(self._news, 20))
        except BlockingIOError:
            return None
        os.close(self._news)
        return status


def _serve(line: socket.socket) -> None:
    """Fork a run for every request, until nobody is left who could make one."""
    while (received := socket.recv_fds(line, 65536, 2))[0]:
        request, descriptors, _, _ = received
        asked = json.loads(request)
        if os.fork() == 0:
            line.close()
            _keep(asked["arguments"], asked["cwd"], *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        _reap(os.WNOHANG)
    _reap(0)


def _reap(how: int) -> None:
    """Let those who have ended go; their processor time counts as that of this process only then."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _keep(arguments: Sequence[str], cwd: str, terminal: int, told: int) -> None:
    """Start one run, and say which process it is and how it ended."""
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _run(arguments, cwd, terminal)
    os.close(terminal)
    os.write(told, b"%d" % pid)
    _, status = os.waitpid(pid, 0)
    os.write(told, b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run(arguments: Sequence[str], cwd: str, terminal: int) -> None:
    code: object = 1
    try:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for standard in range(3):
            os.dup2(terminal, standard)
        os.close(terminal)
        start_as_on_a_terminal(80, 24)
        os.chdir(cwd)
        sys.argv = ["simtui", *arguments]
        cli.main()
    except SystemExit as leaving:
        code = leaving.code
        sys.stdout.flush()
    finally:
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    startup.begin()
    for name in _ROOMS:
        import_module(f"simtui.{name}")
    _serve(socket.socket(fileno=int(sys.argv[1])))
