"""PeoplePanel: whose ratings count, as a checklist, beside how well people agree with each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList, Static

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, Heading
from simtui.reporting.numbers import number
from simtui.reporting.people import ceilings, follows, reliability, why_no_correlations
from simtui.reporting.summary import another_person
from simtui.tui.analysis.rater_matrix import RaterMatrix
from simtui.tui.analysis.tab_part import TabPart
from simtui.tui.widgets.options import Options
from simtui.tui.widgets.reading import BlocksView, Reading
from simtui.words import counted

BOX, COLUMN, FRAME = 4, 7, 1
"""Columns of the terminal for "[x] ", for each number of a row, and for the scrollbar."""


class Checklist(Options):
    """Names, each with a box that is clear without colour: [x] or [ ], and two r of each that is checked."""

    BINDING_GROUP_TITLE = "People"
    BINDINGS = [
        Binding("space", "check", "Check", show=False),
        Binding("enter", "check", "Check", show=False),
        Binding("x", "everybody", "Check everybody, or nobody", show=False),
        Binding("right,tab", "app.focus_next", "To the numbers", show=False),
    ]

    @dataclass
    class Changed(Message):
        """The user checked or unchecked something. checked: in the order of the list."""

        checked: tuple[str, ...]

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._names: tuple[str, ...] = ()
        self._checked: set[str] = set()
        self._numbers: Mapping[str, tuple[float | None, float | None]] = {}

    @property
    def wanted_width(self) -> int:
        """Columns in which every row is whole."""
        return BOX + max((len(printable(name, 32)) for name in self._names), default=0) + 2 * COLUMN + FRAME

    @property
    def room(self) -> int:
        """Columns for a name."""
        return max(4, self.size.width - FRAME - BOX - 2 * COLUMN)

    def show(
        self,
        names: Sequence[str],
        checked: Collection[str],
        numbers: Mapping[str, tuple[float | None, float | None]],
    ) -> None:
        """Show these names without telling anybody; the cursor stays where it is.

        numbers: to stand beside them, r with the mean of all others, and with the layer.
        """
        self._checked, self._numbers = set(checked), numbers
        if self._names != tuple(names):
            self._names = tuple(names)
            self.set_options(self._prompt(name) for name in names)
            self.highlighted = 0 if names else None
        self._redraw()

    def on_resize(self, _: events.Resize) -> None:
        self._redraw()

    def _prompt(self, name: str) -> Content:
        checked = name in self._checked
        # What is known of one who has just been left out is not so any more.
        others, layer = self._numbers.get(name, (None, None)) if checked else (None, None)
        cells = "".join(f"{number(r, 2):>{COLUMN}}" for r in (others, layer))
        return Content(f"[{'x' if checked else ' '}] {shortened(printable(name, 32), self.room)}{cells}")

    def _redraw(self) -> None:
        for i, name in enumerate(self._names):
            self.replace_option_prompt_at_index(i, self._prompt(name))

    def action_check(self) -> None:
        if self.highlighted is not None:
            self._checked ^= {self._names[self.highlighted]}
            self._changed()

    def action_everybody(self) -> None:
        self._checked = set() if len(self._checked) == len(self._names) else set(self._names)
        self._changed()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click. The keys do not come this way."""
        event.stop()
        self.action_check()

    def _changed(self) -> None:
        self._redraw()
        self.post_message(self.Changed(tuple(name for name in self._names if name in self._checked)))


def shortened(name: str, width: int) -> str:
    """The name in just so many columns: people who are numbered differ at the end."""
    end = width // 3
    return name.ljust(width) if len(name) <= width else f"{name[: width - end - 1]}…{name[len(name) - end :]}"


class PeoplePanel(Horizontal, TabPart):
    """The checklist on the left, the numbers about people on the right, with every two people's r below or beside."""

    DEFAULT_CSS = """
    PeoplePanel #people-side { max-width: 45%; height: 1fr; }
    PeoplePanel Checklist { width: 1fr; height: auto; max-height: 1fr; background: transparent; }
    PeoplePanel #people-header { height: 1; text-style: bold; text-wrap: nowrap; }
    PeoplePanel #people-side .legend { height: auto; }
    PeoplePanel Reading { width: 1fr; }
    PeoplePanel BlocksView { width: 1fr; margin-bottom: 1; }
    PeoplePanel #no-matrix { width: 1fr; height: auto; }
    """

    tab = "people"

    report: reactive[Report | None] = reactive(None, repaint=False)
    shown_layer: reactive[str] = reactive("", repaint=False)
    participants: reactive[tuple[str, ...]] = reactive((), repaint=False)
    checked: reactive[tuple[str, ...]] = reactive((), repaint=False)

    def watch_report(self) -> None:
        self.changed()

    def watch_shown_layer(self) -> None:
        self.changed()

    def watch_participants(self) -> None:
        self.changed()

    def watch_checked(self) -> None:
        self.changed()

    def compose(self) -> ComposeResult:
        with Vertical(id="people-side"):
            yield Static("", id="people-header", markup=False)
            yield Checklist()
            yield Static("", id="people-legend", classes="legend", markup=False)
        with Reading():
            yield BlocksView(id="people-facts")
            yield RaterMatrix()
            yield Static("", id="no-matrix", classes="legend", markup=False)

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def draw(self) -> None:
        """What the report says of people, and of the layer as one of them; without one only the checklist."""
        report, layer = self.report, self.shown_layer
        numbers = {} if report is None else numbers_of_each(report, layer)
        self.query_one(Checklist).show(self.participants, self.checked, numbers)
        self.query_one(BlocksView).show(() if report is None else people_blocks(report, layer))
        self.query_one(RaterMatrix).show(report, layer)
        words = self.query_one("#no-matrix", Static)
        words.update("" if report is None else why_no_correlations(report))
        words.display = report is not None and bool(why_no_correlations(report))
        several = "\n(Fisher z over digits)" if report is not None and len(report.groups) > 1 else ""
        self.query_one("#people-legend", Static).update(
            f"others: the others' mean{several}\nspace: one   x: all\nTab: the numbers"
        )
        self._fit()

    def _fit(self) -> None:
        """Names get as much room as they need, and there is."""
        people = self.query_one(Checklist)
        self.query_one("#people-side").styles.width = max(people.wanted_width, 24)
        self.query_one("#people-header", Static).update(
            f"{'':{BOX}}{'r with':{people.room}}{'others':>{COLUMN}}{printable(self.shown_layer, 6):>{COLUMN}}"
        )


def numbers_of_each(report: Report, layer: str) -> dict[str, tuple[float | None, float | None]]:
    """By participant: r with the mean of all others, and with the layer, over all digits."""
    whole = report.overall
    return dict(
        zip(report.participants, zip(whole.leave_one_out_r, whole.individual_r[layer], strict=True), strict=True)
    )


def people_blocks(report: Report, layer: str) -> Iterator[Block]:
    """Digit by digit: the ceilings first, because everything is read against them; then who follows what."""
    for group in report.groups:
        people, pairs = counted(group.n_participants, "person", "people"), counted(group.n_rated, "pair")
        yield Heading(f"Digit {printable(group.digit, 20)}: {people}, {pairs}")
        sentences = [*ceilings(group, layer)]
        if group.another_person_r is not None:
            found = group.layers[layer]
            sentences += another_person(group.another_person_r, found.as_another_person_r, layer, found.vs_person)[:1]
        yield Bullets(tuple(sentences))
        yield from reliability(group, "brief")
        yield from follows(report, group, layer)
