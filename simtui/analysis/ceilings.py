"""The two ceilings in words: each stands beside the number that it bounds, never beside the other."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.layout import number
from simtui.analysis.results import Group, Report
from simtui.errors import printable

_WHY_NONE_OF_SINGLE = (
    "only one of its bounds",
    "no ceiling and no other person",
    "No two people both rated",
    "No person's ratings can be",
)
_WHY_NONE_OF_MEAN = ("no ceiling", "the ceiling of r with the mean need")
"""What a note says that is the reason: those of simtui.analysis.reasons."""


def ceilings(report: Report, group: Group, layer: str) -> Iterator[str]:
    """A sentence for each of the two numbers that people's agreement bounds; where it does not, the reason."""
    found, bounds = group.layers[layer], group.ceilings
    why = ""
    single = f"mean r of {layer} with single people {number(found.mean_individual_r, 2)}"
    ends = bounds.individual_lower, bounds.individual_upper
    if None in ends:
        why = _reason(report, group, _WHY_NONE_OF_SINGLE)
    if ends == (None, None):
        yield f"{single}, no ceiling{why}"
    else:
        yield f"{single}, ceiling {number(ends[0], 2)} (lower) to {number(ends[1], 2)} (upper){why}"
    mean = f"r of {layer} with the mean {number(found.pearson.r, 2)}"
    if bounds.mean is not None:
        share = "" if found.r_over_ceiling is None else f", r is {number(found.r_over_ceiling, 2)} of it"
        yield f"{mean}, ceiling √ICC(C,k) {number(bounds.mean, 2)}{share}"
    else:
        reason = _reason(report, group, _WHY_NONE_OF_MEAN)
        yield f"{mean}, no ceiling" + (" either" if reason and reason == why else reason)


def _reason(report: Report, group: Group, signs: tuple[str, ...]) -> str:
    """What the report's notes say of it, after a colon; empty where they say nothing."""
    # With one digit there is nothing to tell apart.
    of = f"Digit {printable(group.digit)}: " if len(report.groups) > 1 else ""
    own = [note.removeprefix(of) for note in report.notes if note.startswith(of)]
    found = next((note for sign in signs for note in own if sign in note), "")
    return f": {printable(found, 500)}" if found else ""
