"""Preloaded: the front's handle on the parent of participants' processes, which is started anew when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from simtui.hosting import wire

START_S = 60.0
"""How long the parent may take to import everything, on a machine that is busy."""

MOST_FAILURES = 3
"""So often in a row may it die before it is ready; then it always does."""

# The package is found wherever this process found it, and nothing is imported from the working folder.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[2]); from simtui.rating import startup; startup.begin(); "
    "from simtui.hosting.zygote import main; main()"
)
_PASSED_ON = ("PATH", "HOME", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "TERMINFO", "TERMINFO_DIRS", "TMPDIR")


class Preloaded:
    """The parent. `start` before anything else.

    told: called with every Born and Ended. lost: called when the parent died, before a new one is started.
    """

    def __init__(
        self, setup: wire.Setup, told: Callable[[wire.Born | wire.Ended], None], lost: Callable[[], None]
    ) -> None:
        self._setup = setup
        self._told = told
        self._lost = lost
        self._wire: wire.Wire | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = asyncio.Event()
        self._failed = 0
        self._closed = False

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start it, and wait until it is ready. Raises ConnectionError, TimeoutError."""
        self._begin()
        await self._until_ready()

    async def _until_ready(self) -> None:
        end = asyncio.get_running_loop().time() + START_S
        while not self._ready.is_set():
            if self._wire is None:
                raise ConnectionError
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), 0.2)

    def _begin(self) -> None:
        self._ready.clear()
        self._wire, far = wire.pair()
        with far:
            environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            environment |= {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "TEXTUAL_FPS": "500", "TEXTUAL_ANIMATIONS": "none"}
            self._process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-P", "-c", _PROGRAM, str(far.fileno()), str(Path(__file__).parents[2])],
                pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        self._wire.send(self._setup)
        asyncio.get_running_loop().add_reader(self._wire, self._listen)

    async def fork(self, guest: wire.Guest, terminal: int, control: int) -> None:
        """Ask for a process on this terminal; Born or Ended tells of it. Raises OSError, TimeoutError."""
        await self._until_ready()
        if self._wire is None:
            raise ConnectionError
        self._wire.send(guest, [terminal, control])

    def kill(self, number: int) -> None:
        """End the process of a visit that does not end by itself."""
        with contextlib.suppress(OSError):
            if self._wire is not None:
                self._wire.send(wire.Kill(number=number))

    def _listen(self) -> None:
        if self._wire is None:
            return
        try:
            for message in self._wire.receive():
                if isinstance(message, wire.Ready):
                    self._failed = 0
                    self._ready.set()
                elif isinstance(message, wire.Born | wire.Ended):
                    self._told(message)
        except (EOFError, OSError):
            self._failed += not self._ready.is_set()
            self._ready.clear()
            self._forget()
            self._lost()
            if not self._closed and self._failed < MOST_FAILURES:
                self._begin()

    def _forget(self) -> None:
        if self._wire is not None:
            asyncio.get_running_loop().remove_reader(self._wire)
            self._wire.close()
            self._wire = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def close(self) -> None:
        """Let it end, and with it whatever is left of its children, after a few seconds."""
        self._closed = True
        if self._wire is not None:
            asyncio.get_running_loop().remove_reader(self._wire)
            self._wire.close()
            self._wire = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, 10)
