"""Curtain: Textual paints a new screen several times until its layout stands; on a slow line that is seconds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from textual.screen import Screen


class Curtain:
    """Nothing of a screen is painted until its layout stands, and then all of it, once.

    To be made when the screen is mounted; `open` when it is unmounted, in case it never came to be painted.
    then: called once it has been painted.
    """

    def __init__(self, screen: Screen[Any], then: Callable[[], object]) -> None:
        self._screen = screen
        self._then = then
        self._closed = ExitStack()
        self._closed.enter_context(screen.app.batch_update())
        screen.screen_layout_refresh_signal.subscribe(screen, self._wait_once_more)

    def open(self) -> None:
        self._closed.close()

    def _wait_once_more(self, _: object) -> None:
        self._screen.screen_layout_refresh_signal.unsubscribe(self._screen)
        self._screen.call_after_refresh(self._open_and_go_on)

    def _open_and_go_on(self) -> None:
        self.open()
        self._screen.call_after_refresh(self._then)
