"""PeoplePanel: whose ratings count, as a checklist, beside how well people agree with each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static

from simtui.analysis.results import Group, Report
from simtui.errors import printable


class Checklist(OptionList):
    """Names, each with a box that is clear without colour: [x] or [ ]."""

    BINDING_GROUP_TITLE = "People"
    BINDINGS = [
        Binding("space", "check", "Check", show=False),
        Binding("enter", "check", "Check", show=False),
        Binding("x", "everybody", "Check everybody, or nobody", show=False),
    ]

    @dataclass
    class Changed(Message):
        """The user checked or unchecked something. checked: in the order of the list."""

        checked: tuple[str, ...]

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._names: tuple[str, ...] = ()
        self._checked: set[str] = set()

    def offer(self, names: Sequence[str], checked: Collection[str]) -> None:
        """Show these names without telling anybody; the cursor stays where it is."""
        self._checked = set(checked)
        if self._names != tuple(names):
            self._names = tuple(names)
            self.set_options(self._prompt(name) for name in names)
            self.highlighted = 0 if names else None
        self._redraw()

    def _prompt(self, name: str) -> Content:
        return Content(f"[{'x' if name in self._checked else ' '}] {printable(name, 32)}")

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


class PeoplePanel(Horizontal):
    """The checklist on the left, the numbers about people on the right."""

    DEFAULT_CSS = """
    PeoplePanel > Vertical { width: 24; height: 1fr; }
    PeoplePanel Checklist { width: 24; height: 1fr; background: transparent; }
    PeoplePanel > VerticalScroll { width: 1fr; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    PeoplePanel Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Checklist()
            yield Static("space: one   x: all", classes="legend", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", id="people-lines", markup=False)

    def show(self, report: Report | None) -> None:
        self.query_one("#people-lines", Static).update("" if report is None else "\n".join(people_lines(report)))


def people_lines(report: Report) -> Iterator[str]:
    """What is known of the people's agreement, digit by digit; a number that is not there is left out."""
    for group in report.groups:
        yield f"Digit {printable(group.digit, 20)}: {group.n_participants} people, {group.n_pairs} pairs"
        for name, value, meaning in _numbers(group):
            if value is not None:
                yield f"  {name:<16}{value:6.2f}  {meaning}"
        if group.reliability.mean_pairwise_r is None:
            yield "  With fewer than two people nothing can be said of their agreement."
        yield ""


def _numbers(group: Group) -> Iterator[tuple[str, float | None, str]]:
    reliability, ceilings = group.reliability, group.ceilings
    yield "another person", group.another_person_r, "with the mean of the others"
    yield "two people", reliability.mean_pairwise_r, "mean r of two of them"
    yield "ICC(A,1)", reliability.icc_a1, "or ICC(2,1): one rater"
    yield "ICC(A,k)", reliability.icc_ak, "or ICC(2,k): their mean"
    yield "ICC(C,k)", reliability.icc_ck, "or ICC(3,k): up to a shift"
    yield "alpha, interval", reliability.alpha_interval, "Krippendorff"
    yield "alpha, ordinal", reliability.alpha_ordinal, "Krippendorff"
    yield "split half", reliability.split_half_sb, "with Spearman–Brown"
    yield "ceiling", ceilings.mean, "of r with the mean rating"
    yield "ceiling, lower", ceilings.individual_lower, "of the mean r of each person"
    yield "ceiling, upper", ceilings.individual_upper, "of the mean r of each person"
