"""CapturePanel: what goes with people, what with the network, and the pairs where the two part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import DataTable, Static

from simtui.analysis.captured import RankedPair
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.tui.capture_lines import accuracy, measures, reading, thresholds

WIDE = 112
"""Columns from which the measures are shown given each other too."""

GALLERY_LEGEND = "+ more alike for the network\n- more alike for people\n1: most alike   Enter: the pair"


class Gallery(DataTable[Text]):
    """The pairs on which network and people disagree most, in each direction, with both ranks."""

    BINDING_GROUP_TITLE = "What it captures"
    BINDINGS = [
        Binding("up", "cursor_up", "Disagreement above", show=False),
        Binding("down", "cursor_down", "Disagreement below", show=False),
        Binding("enter", "open", "Show the pair", show=False),
        Binding("pageup", "scroll_panel(-1)", "Scroll up", show=False),
        Binding("pagedown", "scroll_panel(1)", "Scroll down", show=False),
    ]
    DEFAULT_CSS = """
    Gallery { height: auto; width: auto; background: transparent; scrollbar-size: 0 0; }
    """

    @dataclass
    class Selected(Message):
        """The user went to a pair. index: its position through all groups. shown: its images are wanted."""

        index: int
        shown: bool = False

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cursor_foreground_priority="css")
        self._indices: list[int] = []

    def show(self, report: Report, layer: str) -> None:
        """Fill the table without telling anybody."""
        several = len(report.groups) > 1
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self._indices = []
            for name in (" pair", *(["digit"] if several else []), "network", "people"):
                self.add_column(Text(name, justify="left" if name == " pair" else "right"), key=name)
            for index, group, sign, ranked in extremes(report, layer):
                ranks = [f"{ranked.network_rank:g}", f"{ranked.human_rank:g}"]
                cells = [*([printable(group.digit, 8)] if several else []), *ranks]
                pair = Text(f"{sign}{printable(ranked.id, 16)}")
                self.add_row(pair, *(Text(cell, justify="right") for cell in cells))
                self._indices.append(index)

    def select(self, index: int) -> None:
        """Put the cursor on a pair, if it is one of these, without telling anybody."""
        if index in self._indices and self.cursor_row != self._indices.index(index):
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(row=self._indices.index(index))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if self.has_focus and event.cursor_row == self.cursor_row < len(self._indices):
            self.post_message(self.Selected(self._indices[event.cursor_row]))

    def action_open(self) -> None:
        if self.cursor_row < len(self._indices):
            self.post_message(self.Selected(self._indices[self.cursor_row], shown=True))

    def action_scroll_panel(self, step: int) -> None:
        panel = next(node for node in self.ancestors if isinstance(node, CapturePanel))
        panel.scroll_relative(y=step * max(1, panel.size.height - 2), animate=False)


def extremes(report: Report, layer: str) -> Iterator[tuple[int, Group, str, RankedPair]]:
    """Every pair of the Report's disagreements: its position through all groups, its group, and + or -."""
    first = 0
    for group in report.groups:
        place = {pair.id: first + i for i, pair in enumerate(group.pairs)}
        first += len(group.pairs)
        found = group.disagreements.get(layer)
        for sign, pairs in (("+", found.network_higher), ("-", found.people_higher)) if found else ():
            for ranked in pairs:
                yield place[ranked.id], group, sign, ranked


class CapturePanel(VerticalScroll, can_focus=False):
    """The sentence, then the measures beside the pairs. Of several digits it shows that of the selected pair."""

    DEFAULT_CSS = """
    CapturePanel { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    CapturePanel Static { height: auto; width: 1fr; }
    CapturePanel #capture-accuracy.-low { color: $text-warning; text-style: bold; }
    CapturePanel:ansi #capture-accuracy.-low { color: ansi_bright_yellow; }
    CapturePanel > Horizontal { height: auto; }
    CapturePanel #capture-measures { width: auto; margin-right: 2; }
    CapturePanel Vertical { height: auto; width: 1fr; }
    CapturePanel .legend { margin-top: 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._report: Report | None = None
        self._layer = ""
        self._pair = 0

    def compose(self) -> ComposeResult:
        yield Static("", id="capture-accuracy", markup=False)
        yield Static("", id="capture-reading", markup=False)
        with Horizontal():
            yield Static("", id="capture-measures", markup=False)
            with Vertical():
                yield Gallery()
                yield Static(GALLERY_LEGEND, id="gallery-legend", classes="legend", markup=False)
                yield Static("", id="capture-thresholds", classes="legend", markup=False)

    def show(self, report: Report | None, layer: str) -> None:
        """Show what this layer captures; nothing without a report."""
        self._report, self._layer = report, layer
        self.display = report is not None
        if report is not None:
            self.query_one(Gallery).show(report, layer)
            self._draw()

    def select(self, pair: int) -> None:
        """Turn to the digit of a pair (its position through all groups)."""
        self._pair = pair
        if self._report is not None:
            self.query_one(Gallery).select(pair)
            self._draw()

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    def group(self) -> Group | None:
        """The digit that is shown."""
        rest = self._pair
        for group in self._report.groups if self._report is not None else ():
            if rest < len(group.pairs):
                return group
            rest -= len(group.pairs)
        return None

    def _draw(self) -> None:
        group = self.group()
        if group is None or self._report is None:
            return
        given = self.app.size.width >= WIDE
        known = self._layer in group.captures
        digit = f"Digit {printable(group.digit, 20)}: " if len(self._report.groups) > 1 else ""
        sentence, low = accuracy(group)
        line = self.query_one("#capture-accuracy", Static)
        line.update(f"{digit}{sentence}")
        line.set_class(low, "-low")
        self.query_one("#capture-reading", Static).update(reading(group, self._layer))
        table = measures(group, self._layer, given=given) if known else ""
        limits = thresholds(group, self._layer, given=given) if known else ""
        self.query_one("#capture-measures", Static).update(table)
        self.query_one("#capture-thresholds", Static).update(limits)
        anything = self.query_one(Gallery).row_count > 0
        self.query_one(Gallery).display = anything
        self.query_one("#gallery-legend").display = anything
