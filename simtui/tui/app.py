"""SimtuiApp: theme, signals and the first screen; everything else is in the screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from simtui.errors import CrashError, debugging
from simtui.rating import startup
from simtui.terminal.cells import Depth
from simtui.terminal.charset import ascii_text
from simtui.tui import theme
from simtui.tui._textual import FaultKeepingApp, SturdyDriver, start_with_theme
from simtui.tui.confirmer import Confirmer
from simtui.tui.leaving import leave_on_signals
from simtui.tui.screens import Leavable

SETTLE_S = 0.3
"""After so long the first page is painted, and nobody has read it yet."""


class SimtuiApp(FaultKeepingApp):
    """The app around a first screen. The value it returns is whatever that screen exits with.

    depth: how many colours the terminal has; with 16 or fewer the theme is the terminal's own. light: whether it begins
    with a light theme. remember: told the theme, "dark" or "light", that the user switches to; None where nobody is to
    be remembered.
    """

    TITLE = "simtui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = Path(__file__).with_name("app.tcss")  # of this folder for the kiosk too, which is a subclass elsewhere
    BINDINGS = [
        Binding("ctrl+q", "leave", "Leave what is open", show=False, priority=True),
        Binding("ctrl+c", "leave", "Leave what is open", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
        Binding("t", "toggle_theme", "Dark or light", show=False),
    ]

    def __init__(
        self,
        first_screen: Callable[[], Screen[Any]],
        depth: Depth = "truecolor",
        *,
        light: bool = False,
        remember: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__()
        self._first_screen = first_screen
        self._remember = remember
        # Stimuli see to that themselves. Not there for nothing: every line would be taken apart for it.
        self._ascii_only = [AsciiOnly()] if depth == "ascii" else []
        self._colorless = NoColor()
        self.confirmer = Confirmer(self)
        start_with_theme(self, theme.first(depth, light=light))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.CursorPosition):
            self.confirmer.hear(event.y + 1, event.time)
        await super().on_event(event)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        if self.no_color and self.native_ansi_color:
            # Textual chooses for NO_COLOR before there is a theme, and its choice makes black on black of the
            # terminal's own two colours.
            filters = [self._colorless if isinstance(each, Monochrome) else each for each in filters]
        return [*filters, *self._ascii_only]

    def get_driver_class(self) -> type[Driver]:
        return SturdyDriver

    def get_default_screen(self) -> Screen[Any]:
        return self._first_screen()

    def run_or_tell(self, *, mouse: bool = True) -> object:
        """Run the app; the value that its first screen left with.

        Raises CrashError where a mistake in the program ended it, or for developers the mistake itself.
        """
        result = self.run(mouse=mouse)
        if self.fault is not None:
            if debugging():
                raise self.fault
            raise CrashError(self.fault) from None
        return result

    def on_mount(self) -> None:
        if not self.is_headless:
            leave_on_signals(self)
        self.app_resume_signal.subscribe(self, self._paint_anew)
        self.set_timer(SETTLE_S, startup.settle)

    def _paint_anew(self, _: App[Any]) -> None:
        """After Ctrl+Z and fg: the terminal has forgotten the screen, and Textual believes it is there."""
        self.screen.refresh(layout=True)

    def action_leave(self) -> None:
        """Ctrl+C and Ctrl+Q: a screen with something to lose asks first."""
        if isinstance(self.screen, Leavable):
            self.screen.action_leave()
        else:
            self.exit()

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """None. Textual's own writes wherever it is told to, over what is there."""

    def action_toggle_theme(self) -> None:
        """From dark to light, or back."""
        other = theme.other(self.current_theme)
        self.register_theme(other)
        self.theme = other.name
        if self._remember is not None:
            self._remember("dark" if other.dark else "light")


def confirmer_of(app: App[Any]) -> Confirmer:
    """What asks an app's terminal when it has drawn something."""
    return app.confirmer if isinstance(app, SimtuiApp) else Confirmer(app)


class AsciiOnly(LineFilter):
    """Lets through nothing but ASCII, whichever widget drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]
