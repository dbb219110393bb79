"""What all screens have in common: they leave once, and say whether leaving would lose something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType

from simtui.rating.texts import sentence
from simtui.study.model import Study
from simtui.tui._textual import UnpaintedScreen

YES_NO_KEYS = {"y": True, "n": False}
"""In every language; those of the study's own stand before them."""


@runtime_checkable
class Leavable(Protocol):
    """A screen that its user may leave, with Esc, Ctrl+C or Ctrl+Q."""

    @property
    def unsaved(self) -> bool:
        """Whether something of the user's waits for its writing to be tried again."""
        ...

    def action_leave(self) -> object:
        """Leave, or ask first where there is something to lose."""
        ...


class BaseScreen(Screen[ScreenResultType]):
    """Textual's own, dismissed once: a second key may be on its way to it when the first has removed it, and must not
    take away what is below."""

    @property
    def unsaved(self) -> bool:
        return False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class BaseModal(ModalScreen[ScreenResultType]):
    """The same for what lies over another screen."""

    @property
    def unsaved(self) -> bool:
        return False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class BottomScreen(UnpaintedScreen):
    """Opens the first screen and ends the app, with its result, when that is left.

    Textual neither loads the .tcss of an app's bottom screen nor lets it be dismissed.
    """

    def __init__(self, first: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self._first = first

    def on_mount(self) -> None:
        self.app.push_screen(self._first(), self.app.exit)


def yes_no_keys(study: Study) -> tuple[str, str]:
    """The keys for yes and for no in the study's language."""
    return sentence(study, "yes_key"), sentence(study, "no_key")


def yes_or_no(event: events.Key, keys: tuple[str, str]) -> bool | None:
    """Whether a key means yes or no, in either case of the letter; None where it means neither."""
    yes, no = (key.casefold() for key in keys)
    return (YES_NO_KEYS | {yes: True, no: False}).get((event.character or "").casefold())
