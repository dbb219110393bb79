"""RatingScale: the scale a participant rates on, with its keys, its end labels and the chosen value."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget

from simtui.errors import printable
from simtui.study.model import Scale

NARROWEST = 3
"""Columns of a value, so that brackets fit around it."""


class RatingScale(Widget):
    """A ruler with the values, and the end labels under its ends; beside them where there is only one row.

    A value whose key is not its number has the key behind it: “10<0>”.

    chosen: the value just given, shown reversed and in brackets so that it is clear without colour.
    earlier: the value given to this pair before, when it is answered again; shown underlined.
    """

    DEFAULT_CSS = """
    RatingScale { height: 2; width: 62; }
    """

    chosen: reactive[int | None] = reactive(None, repaint=False)
    earlier: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale

    def watch_chosen(self) -> None:
        self._refresh_ruler()

    def watch_earlier(self) -> None:
        self._refresh_ruler()

    def _refresh_ruler(self) -> None:
        """The row of the values is drawn again, and not that of the labels."""
        self.refresh(Region(0, 0, self.size.width, 1))

    def render(self) -> Text:
        low, high = printable(self._scale.low_label, 24), printable(self._scale.high_label, 24)
        if self.size.height > 1:
            ruler = self._ruler(self.size.width)
            between = max(1, ruler.cell_len - 2 - cell_len(low) - cell_len(high))
            return Text("\n").join([ruler, Text(f" {low}{' ' * between}{high}", no_wrap=True)])
        room = self.size.width - self._narrowest - 2
        low, high = _fitting(low, high, room)
        ruler = self._ruler(self.size.width - cell_len(low) - cell_len(high) - 2)
        return Text.assemble(f"{low} ", ruler, f" {high}", no_wrap=True)

    @property
    def _last(self) -> int:
        """Columns of the last value, whose key may stand behind it."""
        last = self._scale.high
        return len(f"[{last}]{self._cap(last)}")

    @property
    def _narrowest(self) -> int:
        return NARROWEST * (len(self._scale.values) - 1) + self._last

    def _cap(self, value: int) -> str:
        key = self._scale.key_of(value)
        return "" if key == str(value) else f"<{key}>"

    def _ruler(self, width: int) -> Text:
        """The values, evenly spread over `width` columns."""
        values = self._scale.values
        step = max(NARROWEST, (width - self._last) // (len(values) - 1))
        ruler = Text(no_wrap=True)
        for value in values:
            label, style = f" {value} ", Style(bold=True)
            if value == self.chosen:
                label, style = f"[{value}]", Style(bold=True, reverse=True)
            elif value == self.earlier:
                style = Style(bold=True, underline=True)
            before = max(0, step - len(label)) // 2 if value != values[-1] else 0
            ruler.append(" " * before).append(label, style).append(self._cap(value))
            if value != values[-1]:
                ruler.append(" " * (step - len(label) - before))
        return ruler


def _fitting(low: str, high: str, room: int) -> tuple[str, str]:
    """Both labels, cut where they do not fit into so many columns together."""
    half = room // 2
    longest_low = max(half, room - cell_len(high))
    longest_high = room - min(cell_len(low), longest_low)
    return _cut(low, longest_low), _cut(high, longest_high)


def _cut(text: str, columns: int) -> str:
    return text if cell_len(text) <= columns else set_cell_size(text, max(0, columns - 1)).rstrip() + "…"
