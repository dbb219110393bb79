"""What the summary says of one layer of a Report: r, what it is to be read against, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from simtui.analysis.layer_results import BASELINE, Interval
from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.accuracy import Accuracy, accuracy_on_stimuli
from simtui.reporting.blocks import Mark
from simtui.reporting.conclusion import TooFewPairs, conclude, conclusion_wordings
from simtui.reporting.figures import marks
from simtui.reporting.numbers import p_is
from simtui.reporting.summary import another_person
from simtui.terminal.layout import longest_fitting

LETTERS = {"untrained": "u", "pixels": "p", "person": "a", "ceiling": "c"}
"""What stands for a mark on the axis, by its short name; in this order in the legend."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary says of one layer of a report.

    about: what was correlated with what. same_task: the layer set the task of another person, with whom alone that can
    be compared. sentences: how to read r, or why there is none, the longest first. p: of the permutation. conclusion:
    what may be said on the numbers, in ever fewer words; withheld: that is nothing, for want of pairs. accuracy: how
    the network reads the images. absent: that a mark cannot be had, in two lengths.
    """

    r: float | None
    ci: Interval | None
    marks: tuple[Mark, ...]
    about: str
    sentences: tuple[str, ...] = ()
    same_task: str = ""
    p: float | None = None
    conclusion: tuple[str, ...] = ()
    withheld: bool = False
    accuracy: Accuracy | None = None
    absent: tuple[str, ...] = ()

    @property
    def warning(self) -> tuple[str, ...]:
        """Of images that the network does not know, the longest first."""
        if self.accuracy is None or not self.accuracy.low:
            return ()
        whole, *_, least = self.accuracy.wordings
        return (f"! The network {whole}.", *(f"! {words}" for words in self.accuracy.wordings[1:-1]), f"! {least}")


NOBODY = Summary(None, None, (), "nobody is chosen", ("Check at least one participant.",))
"""There is no number, and what to do."""


def summarise(report: Report, layer: str) -> Summary:
    """The ten-second reading of one layer: of all digits together, by their Fisher-z mean."""
    overall = report.overall.layers[layer]
    alone = report.groups[0] if len(report.groups) == 1 else None
    known = {mark.short: mark for mark in marks(report, layer)}
    same = overall.as_another_person_r
    found = conclude(report, layer)
    return Summary(
        r=overall.r,
        ci=report.interval(layer),
        marks=tuple(known[short] for short in LETTERS if short in known),
        about=_about(report, layer),
        sentences=_sentences(report, layer),
        same_task="" if same is None else f"{'pixels' if layer == BASELINE else 'network'} {same:.2f}",
        p=report.p_new(layer),
        conclusion=() if found is None else conclusion_wordings(found),
        withheld=isinstance(found, TooFewPairs),
        accuracy=accuracy_on_stimuli(report.groups, several=alone is None),
        absent=() if alone is not None else ("ceiling: only within a digit", ""),
    )


def _about(report: Report, layer: str) -> str:
    # Where nobody can be used there is no r of rated pairs, and those meant are the study's.
    n = sum(group.n_rated or group.n_pairs for group in report.groups)
    digits = ", ".join(printable(group.digit, 20) for group in report.groups)
    which = "digit" if len(report.groups) == 1 else "digits"
    k = len(report.participants)
    people = f"{k} people" if k > 1 else printable(report.participants[0], 32)
    return f"{layer} · {people} · {n} pairs of {which} {digits}"


def _sentences(report: Report, layer: str) -> tuple[str, ...]:
    if report.overall.layers[layer].r is None:
        return (" ".join(printable(note, 300) for note in report.notes) or "There is no correlation to show.",)
    another = report.overall.another_person_r
    if another is not None:
        # The r above is with the mean of everybody; a person can only be held to the others, and so is the network.
        wordings = another_person(another, report.overall.layers[layer].as_another_person_r, layer)
        return tuple(f"{words[0].upper()}{words[1:]}." for words in wordings)
    if len(report.participants) == 1:
        return ("One participant: how well one more person would do cannot be said.",)
    return ()


def about(summary: Summary, width: int) -> str:
    """The interval of r, and what it is of; with more where there is room for it."""
    known = (
        "" if summary.accuracy is None or summary.accuracy.low else f" · the network {summary.accuracy.wordings[-1]}"
    )
    if summary.ci is None:
        return longest_fitting((f"{summary.about}{known}", summary.about), width)
    ends = _ends(summary.ci)
    p = "" if summary.p is None else f", {p_is(summary.p)}"
    whole, short = f"95 % interval for new people and pairs {ends}", f"95 % interval {ends}"
    lines = [
        f"{whole}{p} · {summary.about}{known}",
        *(f"{interval} · {summary.about}" for interval in (f"{whole}{p}", f"{short}{p}", short)),
        f"{short} · {_without_pairs(summary)}",
    ]
    return longest_fitting((*lines, short), width)


def _without_pairs(summary: Summary) -> str:
    return summary.about.rpartition(" · ")[0] or summary.about


def brief(summary: Summary, width: int) -> str:
    """All of it in one row; where there is no room, the pairs go before the interval does."""
    if summary.r is None:
        return f"{summary.about}: {summary.sentences[-1]}" if summary.sentences else summary.about
    few = _without_pairs(summary)
    r, ends = f"r = {summary.r:.3f}", "" if summary.ci is None else _ends(summary.ci)
    p = "" if summary.p is None else f", {p_is(summary.p)}"
    with_ends = f"{r} ({ends})" if ends else r
    lines = [f"{with_ends} · {few}", f"{r} · {few}"]
    if ends:
        lines = [f"{r} · {summary.about} · 95 % {ends}{p}", f"{r} · {summary.about} · 95 % {ends}", *lines]
    else:
        lines = [f"{r} · {summary.about}", *lines]
    if summary.withheld:
        return longest_fitting([f"{summary.conclusion[0]} {words}" for words in (*lines, r)], width)
    return longest_fitting([words for line in lines for words in (f"correlation {line}", line)], width)


def concluded(summary: Summary, width: int, rows: int = 1) -> str:
    """The conclusion, or as much of it as fits whole clause by clause."""
    if not summary.conclusion:
        return ""
    whole, *shorter = summary.conclusion
    told = (whole, *(words for words in shorter if 2 * len(words) > width))
    return next((words for words in told if len(wrap(words, max(width, 1))) <= rows), whole)


def warned(summary: Summary, width: int) -> str:
    """The warning in as many words as fit."""
    return longest_fitting(summary.warning, width) if summary.warning else ""


def _ends(ci: Interval) -> str:
    return f"{ci[0]:.2f} to {ci[1]:.2f}"
