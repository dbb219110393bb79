"""Choice: one of a few answers, chosen by its key, or with the arrows and Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from simtui.study.questions import Value


def passed_on(field: Widget, event: events.Key) -> bool:
    """Whether a key was for the field that has the focus now, and has been given to it.

    Keys that come together, as from a slow line, all wait for the field that had the focus when the first came.
    """
    now = field.screen.focused
    if now is None or now is field:
        return False
    event.stop()
    event.prevent_default()
    now.post_message(events.Key(event.key, event.character))
    return True


class Choice(Static, can_focus=True):
    """A line for each option: its key, its words, and a mark where it is chosen.

    options: of each its key, its words and what it stands for. chosen: the value so far, None for none.
    then: called with the widget at once when Enter is pressed.
    Enter chooses the line of the arrow, if there is one, and goes on; up and down leave at the ends.
    """

    DEFAULT_CSS = """
    Choice { height: auto; width: 100%; }
    """
    BINDINGS = [
        Binding("up", "move(-1)", "Option above", show=False),
        Binding("down", "move(1)", "Option below", show=False),
        Binding("space", "choose", "Choose it", show=False),
    ]

    class Left(Message):
        """The arrow went beyond the last option (step 1) or the first (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(
        self,
        options: Sequence[tuple[str, str, Value]],
        chosen: Value | None,
        then: Callable[[Widget], None],
        *,
        id: str,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(id=id, markup=False)
        self._options = options
        self._then = then
        self.chosen = chosen
        values = [value for _, _, value in options]
        self._place = values.index(chosen) if chosen is not None else -1

    def on_mount(self) -> None:
        self._draw()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._draw()

    def _draw(self) -> None:
        lines = []
        for place, (key, words, value) in enumerate(self._options):
            is_chosen = self.chosen is not None and value == self.chosen
            here = ">" if place == self._place and self.has_focus else " "
            style = "bold reverse" if place == self._place and self.has_focus else "bold" if is_chosen else ""
            lines.append(Content.styled(f"{here} ({'*' if is_chosen else ' '}) {key}  {words} ", style))
        self.update(Content("\n").join(lines))

    def on_key(self, event: events.Key) -> None:
        if passed_on(self, event):
            return
        if event.key == "enter":
            event.stop()
            self.action_choose()
            self._then(self)
            return
        for place, (key, _, value) in enumerate(self._options):
            if (event.character or "").casefold() == key.casefold():
                event.stop()
                self._place, self.chosen = place, value
                self._draw()
                return

    def action_move(self, step: int) -> None:
        place = max(self._place, -1 if step > 0 else 0) + step
        if 0 <= place < len(self._options):
            self._place = place
            self._draw()
        else:
            self.post_message(self.Left(step))

    def action_choose(self) -> None:
        if self._place >= 0:
            self.chosen = self._options[self._place][2]
            self._draw()
