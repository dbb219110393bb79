"""What may be concluded of one layer: a value that stands on the Report's numbers alone, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simtui.analysis.results import BASELINE, Group, Interval, Report
from simtui.reporting.numbers import number
from simtui.words import counted


@dataclass(frozen=True, slots=True)
class TooFewPairs:
    """Nothing may be concluded. n: the rated pairs; None where it is some digits of several that have too few."""

    n: int | None


@dataclass(frozen=True, slots=True)
class MayBeChance:
    """The interval includes 0. n: rated pairs. detectable: the r that they show with 80 % power; None if unknown."""

    n: int
    detectable: float | None


@dataclass(frozen=True, slots=True)
class Opposite:
    """r lies below 0."""

    layer: str


@dataclass(frozen=True, slots=True)
class Predicts:
    """r of the layer lies above 0, within one digit of n rated pairs.

    pixels: r of the raw pixels, where it was tested whether that of the layer is higher, which `better` says.
    untrained: the lowest and the highest r of untrained networks, None where there are none.
    """

    layer: str
    r: float
    n: int
    pixels: float | None = None
    better: bool = False
    untrained: Interval | None = None


@dataclass(frozen=True, slots=True)
class PredictsOverDigits:
    """r over all digits lies above 0. No test holds the three numbers against each other: they stand side by side."""

    layer: str
    r: float
    pixels: float | None = None
    untrained: float | None = None


Conclusion = TooFewPairs | MayBeChance | Opposite | Predicts | PredictsOverDigits


def conclude(report: Report, layer: str) -> Conclusion | None:
    """The conclusion of one digit or over several; None where the numbers allow none (the notes then say why)."""
    if len(report.groups) > 1:
        return _over_digits(report, layer)
    group = report.groups[0]
    pearson = group.layers[layer].pearson
    if pearson.r is None or (group.verdict and pearson.ci is None):
        return None
    if not group.verdict:
        return TooFewPairs(group.n_rated)
    if pearson.ci is not None and pearson.ci[0] <= 0 <= pearson.ci[1]:
        return MayBeChance(group.n_rated, group.detectable_r)
    return _against_baselines(group, layer, pearson.r) if pearson.r > 0 else Opposite(layer)


def _over_digits(report: Report, layer: str) -> Conclusion | None:
    found = report.overall.layers[layer]
    if found.r is None or found.ci is None:
        return None
    if not all(group.verdict for group in report.groups):
        return TooFewPairs(None)
    if found.ci[0] <= 0 <= found.ci[1]:
        return MayBeChance(sum(group.n_rated for group in report.groups), None)
    if found.r < 0:
        return Opposite(layer)
    if layer == BASELINE:
        return PredictsOverDigits(layer, found.r)
    pixels = report.overall.layers[BASELINE].r if BASELINE in report.overall.layers else None
    return PredictsOverDigits(layer, found.r, pixels, report.overall.untrained.get(layer))


def _against_baselines(group: Group, layer: str, r: float) -> Predicts:
    """r is above 0: whether training, or the network at all, has a part in it."""
    if layer == BASELINE:
        return Predicts(layer, r, group.n_rated)
    better = _better(group, layer)
    pixels = None if better is None else group.layers[BASELINE].pearson.r
    never = [one for one in group.untrained[layer].each if one is not None] if layer in group.untrained else []
    reached = (min(never), max(never)) if never else None
    return Predicts(layer, r, group.n_rated, pixels, better or False, reached)


def _better(group: Group, layer: str) -> bool | None:
    """Whether the layer's r lies above that of pixels beyond chance; None where that is not known."""
    for gap in group.differences:
        if {gap.first, gap.second} == {layer, BASELINE} and gap.ci is not None:
            low, high = gap.ci
            return low > 0 if gap.first == layer else high < 0
    return None


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
        case MayBeChance(n, detectable):
            yield "The interval includes 0"
            seen = f" ({counted(n, 'pair')} show r from {number(detectable, 2)} on)" if detectable else ""
            yield f": this may be chance{seen}"
        case Opposite(layer):
            yield f"What {layer} finds more alike, people find less so"
        case Predicts():
            yield from _predicts(conclusion)
        case PredictsOverDigits(layer, r, pixels, untrained):
            subject = "Raw pixels predict" if layer == BASELINE else f"{layer} predicts"
            yield f"{subject} people with r = {number(r, 2)}"
            for name, value in (("raw pixels", pixels), ("untrained networks", untrained)):
                if value is not None:
                    yield f", {name} with {number(value, 2)}"


def _predicts(found: Predicts) -> Iterator[str]:
    if found.layer == BASELINE:
        yield from ("Raw pixels predict people", ", without any network")
        return
    people, pixels = f"{found.layer} predicts people", number(found.pixels, 2)
    if found.pixels is None:
        yield people
    elif found.better:
        yield f"{people} better than raw pixels do ({pixels})"
    else:
        yield f"{people}, but no better than raw pixels do ({pixels})"
        yield f", as far as {counted(found.n, 'pair')} can tell"
    if found.untrained is not None:
        low, high = found.untrained
        reached = f"only {number(high, 2)}" if found.r > high else f"{number(low, 2)} to {number(high, 2)}"
        yield f"; untrained networks reach {reached}"
