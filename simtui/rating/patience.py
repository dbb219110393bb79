"""Saying that something takes its time, while the thread that waits for it can say nothing."""

from __future__ import annotations

import _thread
import contextlib
import contextvars
import threading
import time
from collections.abc import Callable, Iterator

FELT_S, AGAIN_S = 0.5, 1.0
"""After so long a screen looks broken; and every so often it is told anew how long it has been."""


@contextlib.contextmanager
def telling_when_slow(tell: Callable[[int], object]) -> Iterator[None]:
    """While what is inside runs, and runs for long, call `tell` now and then, from another thread.

    An answer is written by the thread that shows the next pair, so that it cannot show it sooner: who waits for a slow
    disk must hear of it from another. tell: given whole seconds so far, 1 at first.
    """
    done, telling, context = threading.Event(), threading.Lock(), contextvars.copy_context()
    began = time.monotonic()

    def watch() -> None:
        wait_s = FELT_S
        while not done.wait(wait_s):
            with telling:
                if not done.is_set():
                    context.run(tell, max(1, round(time.monotonic() - began)))
            wait_s = AGAIN_S

    # Not a Thread: its start and its end are waited for, each until the machine has a core for it, and on one that many
    # people rate on that is longer than the writing.
    with contextlib.suppress(RuntimeError):  # no more threads to be had: then nothing is told
        _thread.start_new_thread(watch, ())
    try:
        yield
    finally:
        with telling:  # what is being told is told to its end, and nothing afterwards
            done.set()
