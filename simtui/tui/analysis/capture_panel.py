"""CapturePanel: what goes with people, what with the network, and the pairs where the two part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import DataTable, Static

from simtui.analysis.layer_results import BASELINE, RankedPair
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.reporting.accuracy import accuracy_on_stimuli
from simtui.reporting.blocks import Table
from simtui.reporting.captures import disagreement, measures, reading
from simtui.reporting.numbers import number, predictor
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.terminal.layout import table
from simtui.tui.analysis.pair_view import PairView, ShownPair
from simtui.tui.analysis.tab_part import TabPart

WIDE = 112
"""Columns from which what is left of one, the other held constant, stands beside the measures and not below them."""

REST = "r, the other held constant"

PICTURES = (132, 40)
"""Columns and rows from which the selected pair is beside the measures."""


class Gallery(DataTable[Text]):
    """The pairs on which network and people disagree most, in each direction, with both scores and ranks."""

    BINDING_GROUP_TITLE = "What it captures"
    BINDINGS = [
        Binding("up", "cursor_up", "Disagreement above", show=False),
        Binding("down", "cursor_down", "Disagreement below", show=False),
        Binding("enter", "open", "Show the pair", show=False),
        Binding("pageup", "scroll_panel(-1)", "Scroll up", show=False),
        Binding("pagedown", "scroll_panel(1)", "Scroll down", show=False),
    ]
    DEFAULT_CSS = """
    Gallery { height: auto; max-height: 45vh; width: auto; background: transparent; scrollbar-size: 0 1; }
    """

    @dataclass
    class Selected(Message):
        """The user went to a pair. index: its position through all groups. shown: its images are wanted."""

        index: int
        shown: bool = False

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cursor_foreground_priority="css", cell_padding=0)
        self._indices: list[int] = []
        self._shown: tuple[Report, str] | None = None
        self._selected: int | None = None

    def show(self, report: Report, layer: str) -> None:
        """Fill the table without telling anybody, if it is not filled with these."""
        if self._shown is not None and self._shown[0] is report and self._shown[1] == layer:
            return
        self._shown = report, layer
        several = len(report.groups) > 1
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self._indices = []
            net = "pixels" if layer == BASELINE else "network"
            digit = [" of"] if several else []
            for key, name in enumerate((" pair", *digit, f" {net}", " rank", " people", " rank")):
                self.add_column(Text(name, justify="right" if key else "left"), key=str(key))
            scores = {pair.id: pair for group in report.groups for pair in group.pairs}
            for index, group, sign, ranked in extremes(report, layer):
                pair = scores[ranked.id]
                cells = [
                    *([printable(group.digit, 8)] if several else []),
                    number(pair.similarity[layer], 2),
                    f"{ranked.network_rank:g}",
                    number(pair.human, 1),
                    f"{ranked.human_rank:g}",
                ]
                first = Text(f"{sign}{printable(ranked.id, 16)}")
                self.add_row(first, *(Text(f" {cell}", justify="right") for cell in cells))
                self._indices.append(index)

    def select(self, index: int) -> bool:
        """Put the cursor on a pair, if it is one of these, without telling anybody; whether it is another pair."""
        before, self._selected = self._selected, index
        if index in self._indices and self.cursor_row != self._indices.index(index):
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(row=self._indices.index(index))
        return index != before

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if self.has_focus and event.cursor_row == self.cursor_row < len(self._indices):
            self.post_message(self.Selected(self._indices[event.cursor_row]))

    def action_open(self) -> None:
        if self.cursor_row < len(self._indices):
            self.post_message(self.Selected(self._indices[self.cursor_row], shown=True))

    def action_scroll_panel(self, step: int) -> None:
        panel = next(node for node in self.ancestors if isinstance(node, VerticalScroll))
        panel.scroll_relative(y=step * max(1, panel.size.height - 2), animate=False)


def extremes(report: Report, layer: str) -> Iterator[tuple[int, Group, str, RankedPair]]:
    """Every pair of the Report's disagreements: its position through all groups, its group, and + or -."""
    first = 0
    for group in report.groups:
        position = {pair.id: first + i for i, pair in enumerate(group.pairs)}
        first += len(group.pairs)
        for side, ranked in disagreement(group, layer):
            yield position[ranked.id], group, "+" if side.endswith(predictor(layer)) else "-", ranked


class CapturePanel(Vertical, TabPart):
    """A heading, and below it the reading, then the measures beside the pairs. Of several digits it shows that of the
    selected pair, and the heading says which."""

    DEFAULT_CSS = """
    CapturePanel { height: 1fr; padding: 0 0 0 1; }
    CapturePanel > VerticalScroll { height: 1fr; padding: 0; scrollbar-size-vertical: 1; }
    CapturePanel Static { height: auto; width: 1fr; }
    CapturePanel #capture-heading { text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    CapturePanel #capture-heading.-low { color: $text-warning; }
    CapturePanel:ansi #capture-heading.-low { color: ansi_bright_yellow; }
    CapturePanel #capture-body { height: auto; }
    CapturePanel #capture-measures { width: auto; margin-right: 1; }
    CapturePanel #capture-beside { height: auto; width: 1fr; }
    CapturePanel .legend { margin-top: 0; }
    CapturePanel #capture-pair { display: none; height: 18; width: 62; margin-top: 1; }
    CapturePanel.-pictures #capture-pair { display: block; }
    CapturePanel.-pictures Gallery { max-height: 9; }
    """

    tab = "captures"

    report: reactive[Report | None] = reactive(None, repaint=False)
    shown_layer: reactive[str] = reactive("", repaint=False)
    pair: reactive[int | None] = reactive(None, repaint=False)
    shown_pair: reactive[ShownPair | None] = reactive(None, repaint=False)

    def __init__(self, study: Study, terminal: Terminal) -> None:
        super().__init__()
        self._study = study
        self._terminal = terminal

    def compose(self) -> ComposeResult:
        yield Static("", id="capture-heading", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", id="capture-reading", markup=False)
            with Horizontal(id="capture-body"):
                yield Static("", id="capture-measures", markup=False)
                with Vertical(id="capture-beside"):
                    yield Gallery()
                    yield Static("", id="gallery-legend", classes="legend", markup=False)
                    yield Static("", id="capture-note", classes="legend", markup=False)
                    with Vertical(id="capture-pair"):
                        yield PairView(self._study, self._terminal, tab=self.tab).data_bind(
                            CapturePanel.shown_pair, CapturePanel.open_tab
                        )

    def watch_report(self) -> None:
        self.changed()

    def watch_shown_layer(self) -> None:
        self.changed()

    def watch_pair(self) -> None:
        self.changed()

    def draw(self) -> None:
        """What the layer captures, of the digit of the selected pair; nothing without a report."""
        self.display = self.report is not None
        if self.report is None:
            return
        gallery = self.query_one(Gallery)
        gallery.show(self.report, self.shown_layer)
        moved = self.pair is not None and gallery.select(self.pair)
        self._show_group()
        if gallery.has_focus and moved:
            # The table scrolls to its cursor by itself, but what it stands in does not, nor where the reading grows.
            self.call_after_refresh(self.query_one(VerticalScroll).scroll_to_widget, gallery, animate=False)

    def on_resize(self, _: events.Resize) -> None:
        window = self.app.size
        self.set_class(window.width >= PICTURES[0] and window.height >= PICTURES[1], "-pictures")
        self._show_group()

    def group(self) -> Group | None:
        """The digit that is shown."""
        return None if self.report is None else self.report.group_of(self.pair or 0)

    def _show_group(self) -> None:
        group = self.group()
        if group is None or self.report is None:
            return
        pictures = self.has_class("-pictures")
        given = self.app.size.width >= WIDE and not pictures
        known = self.shown_layer in group.captures
        heading = self.query_one("#capture-heading", Static)
        sentence, low = known_images(group, centred=self.report.centred)
        digit = f"Digit {printable(group.digit, 20)} · " if len(self.report.groups) > 1 else ""
        heading.update(f"{digit}{sentence}")
        heading.set_class(low, "-low")
        self.query_one("#capture-reading", Static).update(reading(group, self.shown_layer))
        found = measures(group, self.shown_layer) if known else None
        drawn = Text() if found is None else measures_text(found, stacked=not given)
        self.query_one("#capture-measures", Static).update(drawn)
        self.query_one("#capture-note", Static).update("" if found is None else found.note)
        anything = self.query_one(Gallery).row_count > 0
        self.query_one(Gallery).display = anything
        legend = self.query_one("#gallery-legend", Static)
        legend.display = anything
        below = known and not given and not pictures
        legend.update(
            ("; " if pictures else "\n").join(gallery_legend(self.shown_layer, below=below, pictures=pictures))
        )


def gallery_legend(layer: str, *, below: bool, pictures: bool) -> list[str]:
    """below: something is, that is out of sight at first. pictures: the selected pair is in sight."""
    who = "pixels" if layer == BASELINE else "the network"
    return [
        f"+ more alike for {who}",
        "- more alike for people",
        "rank 1: most alike" + ("" if pictures else "  Enter: pair"),
        *([f"PgDn: {REST}"] if below else []),
    ]


def known_images(group: Group, *, centred: bool) -> tuple[str, bool]:
    """How the network reads these images, "" where that is not known; and whether that is a warning.

    centred: it saw centred copies of them already.
    """
    found = accuracy_on_stimuli([group])
    if found is None:
        return "", False
    if not found.low:
        return f"The network {found.wordings[0]}", False
    # What to try comes last: in a narrow window it goes first.
    return f"! The network {found.wordings[2]}{'' if centred else ': try --centre'}", True


def measures_text(found: Table, *, stacked: bool) -> Text:
    """The table, its headers underlined and what is beyond chance in bold.

    stacked: the columns of each with the other held constant are below the others, in a table of their own, and not
    beside them.
    """
    header, rows = found.in_words()
    parts = [table(header, rows)]
    if stacked:
        left = [REST, *header[1:3]]
        parts = [table(header[:3], [row[:3] for row in rows]), table(left, [[row[0], *row[3:]] for row in rows])]
    text = Text("\n\n".join("\n".join(lines) for lines in parts), no_wrap=True)
    text.highlight_regex(rf"(?m)^(?:{re.escape(header[0])}|{re.escape(REST)}).*$", "underline")
    text.highlight_regex(r"-?\d\.\d+\*", "bold")
    return text
