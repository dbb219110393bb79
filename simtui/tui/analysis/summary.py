"""What the summary says of one layer of a Report: r, what it is to be read against, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.text import Text

from simtui.analysis.layer_results import BASELINE, Interval
from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.conclusion import TooFewPairs, conclude, conclusion_wordings
from simtui.reporting.numbers import p_is
from simtui.reporting.summary import p_for_new_people


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to read r against, as one letter on the axis.

    short: its name where there is little room. against: what it alone can be compared with, where that is not r.
    """

    letter: str
    name: str
    value: float
    short: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary says of one layer of a report.

    about: what was correlated with what. sentence: how to read it, or why there is no number. meaning: of the
    numbers in the sentence, where there is room for it. p: of the permutation. conclusion: what may be said on the
    numbers, in ever fewer words; withheld: that is nothing, for want of pairs. warning: of images that the network
    does not know, in ever fewer words; empty where it knows them, which is then said in known. absent: of a mark that
    cannot be had, in two lengths.
    """

    r: float | None
    ci: Interval | None
    marks: tuple[Mark, ...]
    about: str
    sentence: str
    meaning: str = ""
    p: float | None = None
    conclusion: tuple[str, ...] = ()
    withheld: bool = False
    warning: tuple[str, ...] = ()
    known: str = ""
    absent: tuple[str, ...] = ()


NOBODY = Summary(None, None, (), "nobody is chosen", "Check at least one participant.")
"""There is no number, and what to do."""


def summarise(report: Report, layer: str) -> Summary:
    """The ten-second reading of one layer: of all digits together, by their Fisher-z mean."""
    overall = report.overall.layers[layer]
    baseline = report.overall.layers.get(BASELINE)
    alone = report.groups[0] if len(report.groups) == 1 else None
    candidates = (
        ("u", "untrained", report.overall.untrained.get(layer), "untrained"),
        ("p", "pixels", None if layer == BASELINE or baseline is None else baseline.r, "pixels"),
        ("a", "another person", report.overall.another_person_r, "person"),
        ("c", "ceiling", alone.ceilings.mean if alone is not None else None, "ceiling"),
    )
    same_task = (
        {"a": f"{'pixels' if layer == BASELINE else 'network'} {overall.as_another_person_r:.2f}"}
        if (overall.as_another_person_r is not None)
        else {}
    )
    sentence, meaning = _sentence(report, layer)
    found = conclude(report, layer)
    return Summary(
        r=overall.r,
        ci=report.interval(layer),
        marks=tuple(
            Mark(letter, name, r, short, same_task.get(letter, ""))
            for letter, name, r, short in candidates
            if r is not None
        ),
        about=_about(report, layer),
        sentence=sentence,
        meaning=meaning,
        p=p_for_new_people(alone, layer) if alone is not None else None,
        conclusion=() if found is None else conclusion_wordings(found),
        withheld=isinstance(found, TooFewPairs),
        warning=_warning(report),
        known=_known(report),
        absent=() if alone is not None else ("c ceiling: only within a digit", "c per digit"),
    )


def _about(report: Report, layer: str) -> str:
    # Where nobody can be used there is no r of rated pairs, and those meant are the study's.
    n = sum(group.n_rated or group.n_pairs for group in report.groups)
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
        same = "" if network is None else f"; {who} r = {network:.2f}"
        meaning = "(mean r with the others' mean, not the r above)"
        return f"How well one more person does: r = {another:.2f}{same}.", meaning
    if len(report.participants) == 1:
        return "One participant: how well another person would do cannot be said.", ""
    return "", ""


def _warning(report: Report) -> tuple[str, ...]:
    """That the network does not know some of the images, in ever fewer words."""
    low = [group for group in report.groups if group.accuracy_is_low]
    if not low:
        return ()
    shares = sorted({f"{100 * (group.accuracy_on_stimuli or 0):.0f}" for group in low}, key=int)
    share = f"{' to '.join(dict.fromkeys((shares[0], shares[-1])))} %"
    of = "these images"
    if len(report.groups) > 1:
        digits = ", ".join(printable(group.digit, 20) for group in low)
        of = f"the images of {'digit' if len(low) == 1 else 'digits'} {digits}"
    return (
        f"! The network reads only {share} of {of}: r may be about their format.",
        f"! reads only {share} of {of}: r may be about their format",
        f"! reads only {share} of {of}",
        f"! reads only {share}",
    )


def _known(report: Report) -> str:
    """How many of the images the network knows, where it knows enough of all."""
    shares = [group.accuracy_on_stimuli for group in report.groups if group.accuracy_on_stimuli is not None]
    if len(shares) < len(report.groups) or any(group.accuracy_is_low for group in report.groups):
        return ""
    return f"the network reads {100 * min(shares):.0f} % of {'them' if len(shares) == 1 else 'each'}"


def about(summary: Summary, width: int) -> str:
    """What r is of, with its interval and more where there is room for it; the axis shows the interval too."""
    if summary.ci is None:
        return _longest((f"{summary.about} · {summary.known}", summary.about), width)
    ends = _ends(summary.ci)
    p = "" if summary.p is None else f", {p_is(summary.p)}"
    lines = [f"{summary.about} · 95 % {ends}{p}", f"{summary.about} · {ends}{p}", f"{summary.about} · 95 % {ends}"]
    known = [f"{lines[0]} · {summary.known}"] if summary.known else []
    return _longest((*known, *lines, summary.about), width)


def brief(summary: Summary, width: int) -> str:
    """All of it in one row; where there is no room, the pairs go before the interval and a warning do."""
    if summary.r is None:
        return f"{summary.about}: {summary.sentence}"
    few = summary.about.rpartition(" · ")[0] or summary.about
    r, ends = f"r = {summary.r:.3f}", "" if summary.ci is None else _ends(summary.ci)
    p = "" if summary.p is None else f", {p_is(summary.p)}"
    with_ends = f"{r} ({ends})" if ends else r
    lines = [f"{with_ends} · {few}", f"{r} · {few}"]
    if ends:
        lines = [f"{r} · {summary.about} · 95 % {ends}{p}", f"{r} · {summary.about} · 95 % {ends}", *lines]
    else:
        lines = [f"{r} · {summary.about}", *lines]
    if summary.warning:
        lines = [*(f"{line} · {warning}" for line in lines for warning in summary.warning[1:]), *lines]
    if summary.withheld:
        lines = [*(f"{summary.conclusion[0]} {line}" for line in lines), f"{summary.conclusion[0]} {r}"]
    return _longest(lines, width)


def concluded(summary: Summary, width: int, rows: int = 1) -> str:
    """The conclusion, or as much of it as fits whole clause by clause."""
    if not summary.conclusion:
        return ""
    whole, *shorter = summary.conclusion
    told = (whole, *(words for words in shorter if 2 * len(words) > width))
    return next((words for words in told if len(wrap(words, max(width, 1))) <= rows), whole)


def warned(summary: Summary, width: int) -> str:
    """The warning in as many words as fit."""
    return _longest(summary.warning, width) if summary.warning else ""


def _longest(lines: Sequence[str], width: int) -> str:
    """The first that fits, or else the last."""
    return next((line for line in lines if len(line) <= width), lines[-1])


def _ends(ci: Interval) -> str:
    return f"{ci[0]:.2f} to {ci[1]:.2f}"


def legend(summary: Summary, width: int) -> Text:
    """What stands on the axis, with the numbers; in the longest words that fit into the width."""
    gaps = (("   ", False), ("  ", False), ("  ", True), (" ", True))
    lines = [
        *(_marks(summary, gap, short=short, note=note) for note in summary.absent for gap, short in gaps),
        *(_marks(summary, gap, short=short) for gap, short in gaps),
    ]
    lines.insert(0, _marks(summary, "   ", note=summary.absent[0] if summary.absent else "", against=True))
    bare = Text("  ", no_wrap=True).join(Text.assemble((m.letter, "bold"), f" {m.value:.2f}") for m in summary.marks)
    return next((line for line in lines if len(line) <= width), bare)


def _marks(summary: Summary, gap: str, *, short: bool = False, note: str = "", against: bool = False) -> Text:
    parts = []
    for mark in summary.marks:
        compared = f" ({mark.against})" if against and mark.against else ""
        name = mark.short if short else mark.name
        parts.append(Text.assemble((mark.letter, "bold"), f" {name} {mark.value:.2f}{compared}"))
    return Text(gap, no_wrap=True).join([*parts, Text(note)] if note else parts)
