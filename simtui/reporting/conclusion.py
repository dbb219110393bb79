"""What may be concluded of one layer: a value that stands on the Report's numbers alone, and its words.

Every conclusion is about new people and new pairs: no sentence claims more than that interval allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import Report
from simtui.reporting.numbers import number, p_is
from simtui.words import counted

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class TooFewPairs:
    """Nothing may be concluded. n: the rated pairs; None where it is some digits of several that have too few."""

    n: int | None


@dataclass(frozen=True, slots=True)
class OnePerson:
    """One person rated, which says nothing of other people."""


@dataclass(frozen=True, slots=True)
class MayBeChance:
    """The interval for new people and pairs includes 0."""


@dataclass(frozen=True, slots=True)
class Opposite:
    """r lies below 0."""

    layer: str


@dataclass(frozen=True, slots=True)
class BesidePixels:
    """The layer beside raw pixels, whose r is given. unknown: no test tells them apart, or that they are alike."""

    reading: Literal["better", "worse", "alike", "unknown"]
    r: float


@dataclass(frozen=True, slots=True)
class BesideUntrained:
    """The layer's rank among untrained networks: their mean r, their number, and p, one-sided."""

    r: float
    networks: int
    p: float


@dataclass(frozen=True, slots=True)
class Predicts:
    """r lies above 0, within one digit or over several. What it stands beside is None where that is not known."""

    layer: str
    pixels: BesidePixels | None = None
    untrained: BesideUntrained | None = None


Conclusion = TooFewPairs | OnePerson | MayBeChance | Opposite | Predicts


def conclude(report: Report, layer: str) -> Conclusion | None:
    """The conclusion of one digit or over several; None where the numbers allow none (the notes then say why)."""
    r, ends = report.overall.layers[layer].r, report.interval(layer)
    if r is not None and not all(group.verdict for group in report.groups):
        return TooFewPairs(report.groups[0].n_rated if len(report.groups) == 1 else None)
    if r is not None and max(group.n_participants for group in report.groups) == 1:
        return OnePerson()
    if r is None or ends is None:
        return None
    beyond = (ends[0] > 0 or ends[1] < 0) and _by_test(report, layer)
    return _beyond_chance(report, layer, r) if beyond else MayBeChance()


def _beyond_chance(report: Report, layer: str, r: float) -> Conclusion:
    if r < 0:
        return Opposite(layer)
    return Predicts(layer, _beside_pixels(report, layer), _beside_untrained(report, layer))


def _by_test(report: Report, layer: str) -> bool:
    """Whether the test of one digit agrees with the interval: Mantel's in a complete design, else the mixed model's."""
    if len(report.groups) > 1:
        return True
    found = report.groups[0].layers[layer]
    p = found.rdm.mantel_p if found.rdm is not None else found.mixed.p
    return p is None or p < LEVEL


def _beside_pixels(report: Report, layer: str) -> BesidePixels | None:
    pixels = report.overall.layers[BASELINE].r if BASELINE in report.overall.layers else None
    gap = next((gap for gap in report.overall.differences if gap.layer == layer), None)
    if pixels is None or gap is None:
        return None
    if gap.p_family is not None and gap.p_family < LEVEL:
        return BesidePixels("better" if gap.dz > 0 else "worse", pixels)
    return BesidePixels("alike" if gap.equivalent else "unknown", pixels)


def _beside_untrained(report: Report, layer: str) -> BesideUntrained | None:
    r, p = report.overall.untrained.get(layer), report.overall.untrained_p.get(layer)
    networks = max((len(group.untrained[layer].each) for group in report.groups if layer in group.untrained), default=0)
    return None if r is None or p is None else BesideUntrained(r, networks, p)


def conclusion_wordings(conclusion: Conclusion) -> tuple[str, ...]:
    """The conclusion in one sentence, then in ever shorter ones that are as true; what was left out shows as "…".

    For `simtui.terminal.layout.longest_fitting`, or for as many rows as there are.
    """
    clauses = [*_clauses(conclusion)]
    shorter = ("".join(clauses[:end]) + "…" for end in range(len(clauses) - 1, 0, -1))
    return "".join(clauses) + ".", *shorter


def _clauses(conclusion: Conclusion) -> Iterator[str]:
    """What stands in the sentence, in order; the clauses at its end can go without the rest becoming untrue."""
    match conclusion:
        case TooFewPairs(None):
            yield "Some digits have too few pairs to conclude anything"
        case TooFewPairs(int(n)):
            yield f"{counted(n, 'pair')}: too few to conclude anything"
        case OnePerson():
            yield from ("One person rated", ": nothing can be concluded about people")
        case MayBeChance():
            yield from ("The interval for new people and pairs includes 0", ": this may be chance")
        case Opposite(layer):
            yield f"What {layer} finds more alike, people find less so"
        case Predicts(layer, pixels, untrained):
            yield "Raw pixels predict people" if layer == BASELINE else f"{layer} predicts people"
            if layer == BASELINE:
                yield ", without any network"
            if pixels is not None:
                yield _PIXELS[pixels.reading].format(number(pixels.r, 2))
            if untrained is not None:
                only = " only" if untrained.p <= LEVEL else ""
                yield f"; {untrained.networks} untrained networks reach{only} {number(untrained.r, 2)} on average"
                yield f" ({p_is(untrained.p)})"


_PIXELS = {
    "better": ", better than raw pixels do ({})",
    "worse": ", worse than raw pixels do ({})",
    "alike": ", as well as raw pixels do ({})",
    "unknown": "; whether it beats raw pixels ({}) cannot be told",
}
