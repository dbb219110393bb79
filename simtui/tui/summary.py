"""What the summary says of one layer of a Report: r, what it is to be read against, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from simtui.analysis.results import BASELINE, Interval, Report
from simtui.errors import printable


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
