"""Host: the bare screen below the first one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from textual.geometry import Region
from textual.screen import Screen


class Ground(Screen[None]):
    """A bare screen for others to stand on."""

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:  # noqa: ARG002
        """Nothing: Textual would repaint the whole screen above whenever this empty one below it is touched."""
        return self


class Host(Screen[None]):
    """Opens the first screen and ends the app, with its result, when that is left.

    Textual neither loads the .tcss of an app's bottom screen nor lets it be dismissed.
    """

    def __init__(self, first: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self._first = first

    def on_mount(self) -> None:
        self.app.push_screen(self._first(), self.app.exit)
