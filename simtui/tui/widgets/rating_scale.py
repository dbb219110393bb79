"""RatingScale: the scale a participant rates on, with its keys, its end labels and the chosen value."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from simtui.errors import printable
from simtui.study.model import Scale


class RatingScale(Widget):
    """A ruler with the values, and the end labels under its ends; beside them where there is only one row.

    chosen: the value just given, shown reversed and in brackets so that it is clear without colour.
    earlier: the value given to this pair before, when it is answered again; shown underlined.
    """

    DEFAULT_CSS = """
    RatingScale { height: 2; width: 62; }
    """

    chosen: reactive[int | None] = reactive(None)
    earlier: reactive[int | None] = reactive(None)

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale

    def render(self) -> Text:
        low, high = printable(self._scale.low_label, 24), printable(self._scale.high_label, 24)
        if self.size.height > 1:
            ruler = self._ruler(self.size.width)
            ends = f" {low}{high:>{max(1, len(ruler) - len(low) - 2)}}"
            return Text("\n").join([ruler, Text(ends, no_wrap=True)])
        ruler = self._ruler(self.size.width - len(low) - len(high) - 2)
        return Text.assemble(f"{low} ", ruler, f" {high}", no_wrap=True)

    def _ruler(self, width: int) -> Text:
        """The values, evenly spread over `width` columns."""
        values = self._scale.values
        step = max(3, width // len(values))
        ruler = Text(no_wrap=True)
        for value in values:
            label = f"[{value}]" if value == self.chosen else f" {value} "
            style = Style(bold=True)
            if value == self.chosen:
                style = Style(bold=True, reverse=True)
            elif value == self.earlier:
                style = Style(bold=True, underline=True)
            before = max(0, step - len(label)) // 2
            ruler.append(" " * before).append(label, style).append(" " * (step - len(label) - before))
        return ruler
