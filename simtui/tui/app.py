"""SimtuiApp: theme, signals and the first screen; everything else is in the screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen
from textual.worker import WorkerFailed

from simtui.errors import CrashError, debugging
from simtui.rating import startup
from simtui.tui.ascii import AsciiOnly
from simtui.tui.driver import SturdyDriver
from simtui.tui.hangup import leave_on_signals

SETTLE_S = 0.3
"""After so long the first page is painted, and nobody has read it yet."""


class SimtuiApp(App[object]):
    """The app around a first screen. The value it returns is whatever that screen exits with."""

    TITLE = "simtui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = Path(__file__).with_name("app.tcss")  # of this folder for the kiosk too, which is a subclass elsewhere
    BINDINGS = [
        Binding("ctrl+q", "leave", "Leave what is open, as Esc does", show=False, priority=True),
        Binding("ctrl+c", "leave", "Leave what is open, as Esc does", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(self, first_screen: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self._first_screen = first_screen
        self.fault: Exception | None = None
        self._ascii_only = AsciiOnly(enabled=False)
        self._colorless = NoColor()

    def keep_to_ascii(self, only: bool) -> None:
        """Whether nothing but ASCII may be written; stimuli see to that themselves."""
        self._ascii_only.enabled = only

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        if self.no_color and self.native_ansi_color:
            # Textual chooses for NO_COLOR before there is a theme, and its choice makes black on black of the
            # terminal's own two colours.
            filters = [self._colorless if isinstance(each, Monochrome) else each for each in filters]
        # Only where it does something: every line would be taken apart for it.
        return [*filters, self._ascii_only] if self._ascii_only.enabled else filters

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

    def _handle_exception(self, error: Exception) -> None:
        inner = error.error if isinstance(error, WorkerFailed) else error
        self.fault = self.fault or (inner if isinstance(inner, Exception) else error)
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Textual would show a traceback with the values of variables, people's answers among them."""
        self._exit_renderables.clear()

    def on_mount(self) -> None:
        if not self.is_headless:
            leave_on_signals(self)
        self.app_resume_signal.subscribe(self, self._paint_anew)
        self.set_timer(SETTLE_S, startup.settle)

    def _paint_anew(self, _: App[Any]) -> None:
        """After Ctrl+Z and fg: the terminal has forgotten the screen, and Textual believes it is there."""
        self.screen.refresh(layout=True)

    def action_leave(self) -> None:
        """Ctrl+C and Ctrl+Q: a screen with something to lose asks first, in an `action_leave` of its own."""
        leave = getattr(self.screen, "action_leave", None)
        if leave is None:
            self.exit()
        else:
            leave()
