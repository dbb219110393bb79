"""What may be concluded of one layer: a value that stands on the Report's numbers alone, and its words.

Every conclusion is about new people and new pairs: no sentence claims more than that interval allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simtui.analysis.layer_results import BASELINE, Interval
from simtui.analysis.results import Report
from simtui.reporting.numbers import number, p_is
from simtui.words import counted

LEVEL = 0.05
LEVEL_OF_TWO = 0.005
"""Two people say so little of how much people differ that p < .05 comes up by chance in up to one study of six."""


@dataclass(frozen=True, slots=True)
class TooFewPairs:
    """Nothing may be concluded. n: the rated pairs; None where it is some digits of several that have too few."""

    n: int | None


@dataclass(frozen=True, slots=True)
class OnePerson:
    """One person rated, which says nothing of other people."""


@dataclass(frozen=True, slots=True)
class MayBeChance:
    """The interval for new people and pairs includes 0; or it does not, and all the same it is not enough.

    wide: it would reach from −1 to 1. few: two people rated, and p is not below `LEVEL_OF_TWO`. tests: another test of
    the same does not agree.
    """

    reading: Literal["interval", "wide", "few", "tests"] = "interval"


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
    r, ends, p = report.overall.layers[layer].r, report.interval(layer), report.p_new(layer)
    if r is not None and not all(group.verdict for group in report.groups):
        return TooFewPairs(report.groups[0].n_rated if len(report.groups) == 1 else None)
    if r is not None and max(group.n_participants for group in report.groups) == 1:
        return OnePerson()
    if r is None or p is None or (ends is None and p < LEVEL):
        return None
    chance = _may_be_chance(report, layer, ends, p)
    if chance is not None or r < 0:
        return chance or Opposite(layer)
    return Predicts(layer, _beside_pixels(report, layer), _beside_untrained(report, layer))


def _may_be_chance(report: Report, layer: str, ends: Interval | None, p: float) -> MayBeChance | None:
    if ends is None:
        return MayBeChance("wide")
    if ends[0] <= 0 <= ends[1] or p >= LEVEL:
        return MayBeChance()
    if not _tests_agree(report, layer):
        return MayBeChance("tests")
    return None if _below(report, p) else MayBeChance("few")


def _tests_agree(report: Report, layer: str) -> bool:
    """Whether whatever else was tested for new people, pairs or images is beyond chance too.

    Mantel's test of a complete design, and the crossed bootstrap where the interval is not the mixed model's.
    """
    if len(report.groups) == 1 and report.groups[0].resampled == "pairs":
        return True
    found = report.groups[0].layers[layer].rdm if len(report.groups) == 1 else None
    crossed = report.overall.layers[layer].ci_crossed
    mantel = found is None or found.mantel_p is None or found.mantel_p < LEVEL
    return mantel and crossed is not None and not crossed[0] <= 0 <= crossed[1]


def _below(report: Report, p: float | None) -> bool:
    """Whether a p for new people is low enough for a claim by so many people."""
    few = max(group.n_participants for group in report.groups) == 2
    return p is not None and p < (LEVEL_OF_TWO if few else LEVEL)


def _beside_pixels(report: Report, layer: str) -> BesidePixels | None:
    pixels = report.overall.layers[BASELINE].r if BASELINE in report.overall.layers else None
    gap = next((gap for gap in report.overall.differences if gap.layer == layer), None)
    if pixels is None or gap is None:
        return None
    if _below(report, gap.p_family):
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
        case MayBeChance(reading):
            yield from (_MAY_BE_CHANCE[reading], ": this may be chance")
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
                yield f" ({p_is(untrained.p, untrained.networks)})"


_MAY_BE_CHANCE = {
    "interval": "The interval for new people and pairs includes 0",
    "wide": "The interval for new people and pairs would reach from -1 to 1",
    "few": f"Two people say little of how people differ, and p is not below {LEVEL_OF_TWO:g}",
    "tests": "Not every test for new people and pairs excludes 0",
}
_PIXELS = {
    "better": ", better than raw pixels do ({})",
    "worse": ", worse than raw pixels do ({})",
    "alike": ", as well as raw pixels do ({})",
    "unknown": "; whether it beats raw pixels ({}) cannot be told",
}
