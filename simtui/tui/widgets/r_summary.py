"""RSummary: the one number large, its interval on an axis with what it should be read against, and one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Digits, Static

from simtui.analysis.results import Interval, Report
from simtui.errors import printable

BASELINE = "pixels"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to read r against, as one letter on the axis."""

    letter: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary says of one layer of a report.

    about: what was correlated with what. sentence: how to read it, or why there is no number.
    """

    r: float | None
    ci: Interval | None
    marks: tuple[Mark, ...]
    about: str
    sentence: str


def summarise(report: Report, layer: str) -> Summary:
    """The ten-second reading of one layer: of all digits together, by their Fisher-z mean."""
    overall = report.overall.layers[layer]
    marks = []
    baseline = report.overall.layers.get(BASELINE)
    if layer != BASELINE and baseline is not None and baseline.r is not None:
        marks.append(Mark("p", "pixels", baseline.r))
    another = ceiling = None
    if len(report.groups) == 1:
        another, ceiling = report.groups[0].another_person_r, report.groups[0].ceilings.mean
    if another is not None:
        marks.append(Mark("a", "another person", another))
    if ceiling is not None:
        marks.append(Mark("c", "ceiling", ceiling))
    sentence = _sentence(report, overall.r, another)
    return Summary(overall.r, overall.ci, tuple(marks), _about(report, layer, overall.ci), sentence)


def _about(report: Report, layer: str, ci: Interval | None) -> str:
    n = sum(group.n_pairs for group in report.groups)
    digits = ", ".join(printable(group.digit, 20) for group in report.groups)
    k = len(report.participants)
    people = f"{k} people" if k > 1 else printable(report.participants[0], 32)
    interval = "" if ci is None else f" · 95 % {ci[0]:.2f} to {ci[1]:.2f}"
    return f"{layer} · {people} · {n} pairs of digit {digits}{interval}"


def _sentence(report: Report, r: float | None, another: float | None) -> str:
    if r is None:
        return " ".join(printable(note, 300) for note in report.notes) or "There is no correlation to show."
    if another is not None:
        return f"Another person predicts the group with r = {another:.2f}; the network with r = {r:.2f}."
    if len(report.participants) == 1:
        return "One participant: how well another person would do cannot be said."
    return ""


class AxisBar(Widget):
    """One row: an axis from −1 to 1, the interval as a thick line, r as a dot, marks as letters.

    A mark that would hide another stands in the nearest free cell beside it.
    """

    COMPONENT_CLASSES = {"axis-bar--axis", "axis-bar--interval", "axis-bar--r", "axis-bar--mark"}
    DEFAULT_CSS = """
    AxisBar { height: 1; width: 1fr; }
    AxisBar > .axis-bar--axis { color: $text-muted; }
    AxisBar > .axis-bar--interval { color: $text-primary; }
    AxisBar > .axis-bar--r { color: $text-accent; text-style: bold; }
    AxisBar > .axis-bar--mark { color: $foreground; text-style: bold; }
    AxisBar:ansi > .axis-bar--interval { color: ansi_bright_blue; }
    """

    summary: reactive[Summary | None] = reactive(None)

    def render(self) -> Text:
        if self.summary is None or self.summary.r is None:
            return Text("")
        return axis_bar(
            self.summary,
            self.size.width,
            {part: self.get_component_rich_style(f"axis-bar--{part}") for part in ("axis", "interval", "r", "mark")},
        )


def axis_bar(summary: Summary, width: int, styles: dict[str, Style]) -> Text:
    """The axis of `width` columns; r and the interval must be there."""
    low, high = "−1 ", " 1"
    columns = max(11, width - len(low) - len(high))
    cells: list[tuple[str, str]] = [("┄", "axis")] * columns
    cells[0], cells[columns // 2], cells[-1] = ("├", "axis"), ("┼", "axis"), ("┤", "axis")
    if summary.ci is not None:
        for column in range(_column(summary.ci[0], columns), _column(summary.ci[1], columns) + 1):
            cells[column] = ("━", "interval")
    taken: set[int] = set()
    points = [("●", "r", summary.r or 0.0), *((mark.letter, "mark", mark.value) for mark in summary.marks)]
    for glyph, part, value in points:
        wanted = _column(value, columns)
        column = min((c for c in range(columns) if c not in taken), key=lambda c: abs(c - wanted))
        taken.add(column)
        cells[column] = (glyph, part)
    text = Text(low, styles["axis"], no_wrap=True)
    for glyph, part in cells:
        text.append(glyph, styles[part])
    return text.append(high, styles["axis"])


def _column(value: float, columns: int) -> int:
    return round((min(max(value, -1.0), 1.0) + 1) / 2 * (columns - 1))


class RSummary(Widget):
    """Four rows: r in large digits beside what it is of, the axis and its legend; below, one sentence."""

    DEFAULT_CSS = """
    RSummary { height: auto; layout: vertical; padding: 0 1; }
    RSummary > Horizontal { height: 3; }
    RSummary #r-equals { width: 4; height: 3; padding-top: 1; text-style: bold; }
    RSummary Digits { width: auto; text-style: bold; color: $text-accent; margin-right: 2; }
    RSummary Vertical { height: 3; width: 1fr; }
    RSummary #r-about { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-legend { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-sentence { height: auto; max-height: 3; }
    """

    summary: reactive[Summary | None] = reactive(None)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("r =", id="r-equals", markup=False)
            yield Digits("")
            with Vertical():
                yield Static("", id="r-about", markup=False)
                yield AxisBar()
                yield Static("", id="r-legend", markup=False)
        yield Static("", id="r-sentence", markup=False)

    def watch_summary(self, summary: Summary | None) -> None:
        if summary is None or not self.is_mounted:
            return
        self.query_one(Digits).update("-" if summary.r is None else f"{summary.r:.3f}")
        self.query_one(AxisBar).summary = summary
        self.query_one("#r-about", Static).update(summary.about)
        self.query_one("#r-legend", Static).update(legend(summary))
        sentence = self.query_one("#r-sentence", Static)
        sentence.update(summary.sentence)
        sentence.display = bool(summary.sentence)


def legend(summary: Summary) -> str:
    """What stands on the axis, with the numbers."""
    return "   ".join(f"{mark.letter} {mark.name} {mark.value:.2f}" for mark in summary.marks)
