"""`simtui host` as a process of its own on free ports, and real clients."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from simtui.session import file as session_file
from simtui.session import model as sessions
from tests.terminal_session import SIMTUI, TerminalSession

PAIRS = 3


def need(*programs: str) -> None:
    """Skip where one of these programs is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}: on Debian, apt-get install openssh-client")


class Hosted:
    """A running host of `folder/study.json`. Ends with the block, and everything that it started with it."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        fronts: tuple[str, ...] = ("--ssh", "127.0.0.1:0"),
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        variables = dict(os.environ) | (environment or {})
        argv = [*SIMTUI, "host", "study.json", "--sessions", "sessions", *fronts, "--grace", "0", *options]
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                argv, cwd=folder, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=errors, env=variables
            )
        self.said = ""
        self._read_until("Ctrl+C ends it.")
        found = re.search(r"ssh -p (\d+) ", self.said)
        self.ssh_port = int(found[1]) if found else 0
        found = re.search(r"https?://\S+", self.said)
        self.address = found[0].replace("localhost", "127.0.0.1") if found else ""

    @property
    def errors(self) -> Path:
        """What it has said on its standard error."""
        return self.folder / "host-errors.txt"

    def _read_until(self, words: str, timeout: float = 60.0) -> None:
        assert self.process.stdout is not None
        end = time.monotonic() + timeout
        while words not in self.said:
            assert select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))[0], self.said
            data = os.read(self.process.stdout.fileno(), 4096)
            assert data, f"the host ended with {self.process.wait()}: {self.said}{self.errors.read_text()}"
            self.said += data.decode()

    def ssh_command(self, participant: str, *options: str) -> list[str]:
        known = self.folder / "known hosts"
        command = ["ssh", "-F", "/dev/null", "-p", str(self.ssh_port), *options, "-o", "StrictHostKeyChecking=no"]
        command += ["-o", f'UserKnownHostsFile="{known}"', "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes"]
        return [*command, "-l", participant, "127.0.0.1"]

    def ssh(self, participant: str, *options: str, term: str = "xterm-256color") -> TerminalSession:
        return TerminalSession(self.ssh_command(participant, *options), cwd=self.folder, environment={"TERM": term})

    def session(self, participant: str) -> sessions.Session:
        (path,) = self.folder.glob(f"sessions/*/{participant}_run-1.json")
        return session_file.load(path)

    @property
    def parent(self) -> int:
        """The id of the preloaded parent."""
        (pid,) = children(self.process.pid)
        return pid

    def rated_by(self) -> list[int]:
        """The ids of the participants' processes."""
        return children(self.parent)

    def stop(self, number: int = signal.SIGTERM, timeout: float = 30.0) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.process.poll() is None:
                self.stop()
        finally:
            self.process.kill()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == pid and state != "Z":
            found.append(int(name.partition(" ")[0]))
    return sorted(found)


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_until(holds: Callable[[], bool], what: str, timeout: float = 60.0) -> None:
    end = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, f"waited {timeout} s in vain for {what}"
        select.select([], [], [], 0.05)


def start(terminal: TerminalSession) -> None:
    terminal.wait_for("Enter starts")
    terminal.send("\r")


def rate(terminal: TerminalSession, numbers: range) -> None:
    """Rate these pairs, each with the key of its number."""
    for number in numbers:
        terminal.wait_for(f"Pair {number} of {PAIRS}")
        terminal.press_until(str(number), lambda text, n=number: f"Pair {n} of" not in text)  # type: ignore[misc]
