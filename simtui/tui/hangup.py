"""Leaving at once, and cleanly, when the terminal or the machine says so.

Textual runs no clean-up on SIGHUP or SIGTERM, and an app whose terminal is gone without a signal can spin on
end-of-file for ever. Every rating is on disk by then: what is left to do is to give the terminal back, if
there is one, and to go.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading

from textual.app import App

GRACE_S = 0.6
"""How long an orderly exit may take before the process simply ends."""


def leave_on_signals(app: App[object]) -> None:
    """From now on SIGHUP, SIGTERM and a closed terminal end the process within a second.

    To be called on the running event loop.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, _exit_soon, app, signal.SIGTERM)
    loop.add_signal_handler(signal.SIGHUP, os._exit, 128 + signal.SIGHUP)
    if sys.stdin is not None and sys.stdin.isatty():
        threading.Thread(target=_wait_for_hangup, args=(sys.stdin.fileno(),), daemon=True).start()


def _exit_soon(app: App[object], number: signal.Signals) -> None:
    timer = threading.Timer(GRACE_S, os._exit, (128 + number,))
    timer.daemon = True
    timer.start()
    app.exit(return_code=128 + number)


def _wait_for_hangup(descriptor: int) -> None:
    """Sleep until the terminal is closed. No events are asked for: a hang-up is reported all the same."""
    poller = select.poll()
    poller.register(descriptor, 0)
    while True:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poller.poll()):
            os._exit(128 + signal.SIGHUP)
