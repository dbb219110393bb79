"""Screens that only leave while they are on top: a key pressed twice in haste must not take away what is below."""

from __future__ import annotations

from textual import screen
from textual.await_complete import AwaitComplete
from textual.screen import ScreenResultType


class Screen(screen.Screen[ScreenResultType]):
    """Textual's own, dismissed once: a second key may be on its way to it when the first has removed it."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class ModalScreen(screen.ModalScreen[ScreenResultType]):
    """The same for what lies over another screen."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()
