"""Leaving at once when the terminal or the machine says so, whatever the app is doing.

Textual runs no clean-up on SIGHUP or SIGTERM, and an app whose terminal is gone without a signal can spin on
end-of-file for ever. Every rating is on disk by then: what is left to do is to give the terminal back, if there is
one, and to go. The app may be waiting for a terminal that does not read, or for a disk: so a thread is told, not it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from textual.app import App

from simtui.storage import system
from simtui.tui._textual import give_terminal_back

GRACE_S = 0.6
"""How long an orderly exit may take before the process simply ends."""

_GONE = 128 + system.HANGUP
"""The exit code of a process whose terminal is gone, as a shell gives it."""

_told: list[int] = []
"""The descriptor that signals are written to; none before the first app of this process."""


def leave_on_signals(app: App[Any]) -> None:
    """From now on SIGHUP, SIGTERM and a closed terminal end the process within a second.

    To be called on the running event loop, in the main thread. Nothing on Windows, which ends a program with its
    console and interrupts no system call.
    """
    if not system.POSIX:
        return
    told, telling = os.pipe()
    system.never_wait(telling)
    signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, system.HANGUP):
        signal.signal(number, _noted)
    run_soon = partial(asyncio.get_running_loop().call_soon_threadsafe, context=contextvars.copy_context())
    threading.Thread(target=_leave_when_told, args=(told, app, run_soon), daemon=True).start()
    while _told:
        os.close(_told.pop())  # which ends the thread of the app before this one
    _told.append(telling)
    if sys.stdin is not None and sys.stdin.isatty():
        threading.Thread(target=_leave_with_terminal, args=(sys.stdin.fileno(),), daemon=True).start()


def _noted(*_: object) -> None:
    """A signal without a handler in Python is not written to the descriptor."""


def _leave_when_told(told: int, app: App[Any], run_soon: Callable[..., object]) -> None:
    """run_soon: has the app's loop call a function."""
    while numbers := os.read(told, 64):
        if system.HANGUP in numbers:
            os._exit(_GONE)
        terminated = signal.SIGTERM in numbers
        code = 128 + signal.SIGTERM
        with contextlib.suppress(RuntimeError):  # the loop is closed: the app has ended
            # Other signals have handlers that run in the main thread, which may sleep: it is woken.
            run_soon(partial(app.exit, return_code=code) if terminated else _noted)
        if terminated:
            time.sleep(GRACE_S)
            # In a thread of its own: should the terminal not even take its settings, we go without.
            last = threading.Thread(target=give_terminal_back, args=(app,), daemon=True)
            last.start()
            last.join(0.1)
            os._exit(code)
    os.close(told)


def _leave_with_terminal(descriptor: int) -> None:
    system.wait_for_hangup(descriptor)
    os._exit(_GONE)
