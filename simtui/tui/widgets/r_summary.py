"""RSummary: the one number large, its interval on an axis with what it should be read against, and one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from simtui.analysis.results import BASELINE, Interval, Report
from simtui.errors import printable
from simtui.tui.widgets.big_number import BigNumber


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to read r against, as one letter on the axis. short: its name where there is little room."""

    letter: str
    name: str
    value: float
    short: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary says of one layer of a report.

    about: what was correlated with what. sentence: how to read it, or why there is no number. meaning: of the
    numbers in the sentence, where there is room for it.
    """

    r: float | None
    ci: Interval | None
    marks: tuple[Mark, ...]
    about: str
    sentence: str
    meaning: str = ""


def summarise(report: Report, layer: str) -> Summary:
    """The ten-second reading of one layer: of all digits together, by their Fisher-z mean."""
    overall = report.overall.layers[layer]
    baseline = report.overall.layers.get(BASELINE)
    ceiling = report.groups[0].ceilings.mean if len(report.groups) == 1 else None
    candidates = (
        ("u", "untrained", report.overall.untrained.get(layer), "untrained"),
        ("p", "pixels", None if layer == BASELINE or baseline is None else baseline.r, "pixels"),
        ("a", "another person", report.overall.another_person_r, "person"),
        ("c", "ceiling", ceiling, "ceiling"),
    )
    sentence, meaning = _sentence(report, layer)
    return Summary(
        r=overall.r,
        ci=overall.ci,
        marks=tuple(Mark(letter, name, r, short) for letter, name, r, short in candidates if r is not None),
        about=_about(report, layer),
        sentence=sentence,
        meaning=meaning,
    )


def _about(report: Report, layer: str) -> str:
    n = sum(group.n_pairs for group in report.groups)
    digits = ", ".join(printable(group.digit, 20) for group in report.groups)
    which = "digit" if len(report.groups) == 1 else "digits"
    k = len(report.participants)
    people = f"{k} people" if k > 1 else printable(report.participants[0], 32)
    return f"{layer} · {people} · {n} pairs of {which} {digits}"


def _sentence(report: Report, layer: str) -> tuple[str, str]:
    """The sentence, and what its numbers are."""
    if report.overall.layers[layer].r is None:
        return " ".join(printable(note, 300) for note in report.notes) or "There is no correlation to show.", ""
    another = report.overall.another_person_r
    if another is not None:
        # The r above is with the mean of everybody; a person can only be held to the others, and so is the network.
        network = report.overall.layers[layer].as_another_person_r
        who = "pixels" if layer == BASELINE else "the network"
        same = "" if network is None else f"; {who} with r = {network:.2f}"
        meaning = "mean r with the mean of all others" + ("" if network is None else ", both")
        return f"Another person predicts the group with r = {another:.2f}{same}.", f"({meaning})"
    if len(report.participants) == 1:
        return "One participant: how well another person would do cannot be said.", ""
    return "", ""


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
    """Four rows: r in large digits beside what it is of, the axis and its legend; below, one sentence.

    CSS can show `#r-brief`, one row, in place of it all.
    """

    DEFAULT_CSS = """
    RSummary { height: auto; layout: vertical; padding: 0 1; }
    RSummary > Horizontal { height: 3; }
    RSummary #r-equals { width: 4; height: 3; padding-top: 1; text-style: bold; }
    RSummary BigNumber { width: auto; text-style: bold; color: $text-accent; margin-right: 2; }
    RSummary Vertical { height: 3; width: 1fr; }
    RSummary #r-about { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-legend { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-sentence { height: auto; max-height: 3; }
    RSummary #r-sentence.-none { display: none; }
    RSummary #r-brief { display: none; height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    summary: reactive[Summary | None] = reactive(None)

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._width = 0

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("r =", id="r-equals", markup=False)
            yield BigNumber(ascii_only=self._ascii_only)
            with Vertical():
                yield Static("", id="r-about", markup=False)
                yield AxisBar()
                yield Static("", id="r-legend", markup=False)
        yield Static("", id="r-sentence", markup=False)
        yield Static("", id="r-brief", markup=False)

    def watch_summary(self, summary: Summary | None) -> None:
        if summary is None or not self.is_mounted:
            return
        self.query_one(BigNumber).update("-" if summary.r is None else f"{summary.r:.3f}")
        self.query_one(AxisBar).summary = summary
        self._fit()
        # The number may have become wider.
        self.call_after_refresh(self._fit)

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """As many words as there is room for."""
        summary = self.summary
        if summary is None:
            return
        # It has none while CSS shows one row; when the others come back, their words must be there.
        width = self._width = self.query_one(AxisBar).size.width or self._width
        self._put("#r-about", about(summary, width))
        self._put("#r-legend", legend(summary, width))
        self._put("#r-brief", brief(summary, self.content_size.width))
        long = f"{summary.sentence} {summary.meaning}".strip()
        self._put("#r-sentence", long if len(long) <= self.content_size.width else summary.sentence)
        self.query_one("#r-sentence").set_class(not summary.sentence, "-none")

    def _put(self, where: str, words: str | Text) -> None:
        """For words that stand there already Textual would lay out and paint the whole screen."""
        line = self.query_one(where, Static)
        if line.content != words:
            line.update(words)


def about(summary: Summary, width: int) -> str:
    """What r is of, with its interval where there is room for it; the axis shows it too."""
    if summary.ci is None:
        return summary.about
    whole = f"{summary.about} · 95 % {_ends(summary.ci)}"
    return whole if len(whole) <= width else summary.about


def brief(summary: Summary, width: int) -> str:
    """All of it in one row; where there is no room, the pairs go before the interval does."""
    if summary.r is None:
        return f"{summary.about}: {summary.sentence}"
    r = f"r = {summary.r:.3f}"
    if summary.ci is None:
        return f"{r} · {summary.about}"
    whole = f"{r} · {summary.about} · 95 % {_ends(summary.ci)}"
    return whole if len(whole) <= width else f"{r} ({_ends(summary.ci)}) · {summary.about.rpartition(' · ')[0]}"


def _ends(ci: Interval) -> str:
    return f"{ci[0]:.2f} to {ci[1]:.2f}"


def legend(summary: Summary, width: int) -> Text:
    """What stands on the axis, with the numbers; in the longest words that fit into the width."""
    names = [mark.name for mark in summary.marks], [mark.short for mark in summary.marks], ["" for _ in summary.marks]
    for gap, words in (("   ", names[0]), ("  ", names[0]), ("  ", names[1]), (" ", names[1]), ("  ", names[2])):
        line = Text(gap, no_wrap=True).join(
            Text.assemble((mark.letter, "bold"), f" {name} {mark.value:.2f}" if name else f" {mark.value:.2f}")
            for mark, name in zip(summary.marks, words, strict=True)
        )
        if len(line) <= width:
            break
    return line
