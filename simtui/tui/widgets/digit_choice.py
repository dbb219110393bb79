"""DigitChoice: one of the ten digits, by its own key or with left and right."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.reactive import reactive
from textual.widget import Widget


class DigitChoice(Widget, can_focus=True):
    """A row of the digits; the chosen one is reversed and in brackets, so that it is clear without colour."""

    BINDING_GROUP_TITLE = "Digit"
    BINDINGS = [
        Binding("left", "step(-1)", "The digit before", show=False),
        Binding("right", "step(1)", "The digit after", show=False),
    ]
    DEFAULT_CSS = """
    DigitChoice { width: 40; height: 1; }
    DigitChoice:focus { text-style: bold; }
    """

    digit: reactive[int] = reactive(8)

    def render(self) -> Text:
        text = Text(no_wrap=True)
        for digit in range(10):
            if digit == self.digit:
                text.append(f"[{digit}]", Style(bold=True, reverse=self.has_focus))
            else:
                text.append(f" {digit} ")
        return text

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.character in "0123456789":
            event.stop()
            self.digit = int(event.character)

    def on_click(self, event: events.Click) -> None:
        self.digit = min(9, max(0, event.x // 3))

    def action_step(self, step: int) -> None:
        self.digit = (self.digit + step) % 10
