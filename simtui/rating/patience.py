"""Saying that something takes its time, while the thread that waits for it can say nothing."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FELT_S, AGAIN_S = 0.5, 1.0
"""After so long a screen looks broken; and every so often it is told anew how long it has been."""


@contextmanager
def telling_when_slow(tell: Callable[[int], object]) -> Iterator[None]:
    """While what is inside runs, and runs for long, call `tell` now and then, from another thread.

    An answer is written by the thread that shows the next pair, so that it cannot show it sooner: who waits for a slow
    disk must hear of it from another. tell: given whole seconds so far, 1 at first.
    """
    done, began, context = threading.Event(), time.monotonic(), contextvars.copy_context()

    def watch() -> None:
        wait_s = FELT_S
        while not done.wait(wait_s):
            context.run(tell, max(1, round(time.monotonic() - began)))
            wait_s = AGAIN_S

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
