"""What may be concluded of one layer, in a sentence that stands on the Report's numbers alone."""

from __future__ import annotations

from simtui.analysis.results import BASELINE, Group, Report
from simtui.reporting.layout import number
from simtui.words import counted

_CHANCE = "The interval includes 0: this may be chance"


def conclusion(report: Report, layer: str) -> str:
    """One sentence for the reader who has ten seconds; "" where the numbers allow none (the notes then say why)."""
    if len(report.groups) > 1:
        return _over_digits(report, layer)
    group = report.groups[0]
    pearson = group.layers[layer].pearson
    if pearson.r is None or (group.verdict and pearson.ci is None):
        return ""
    if not group.verdict:
        return f"{counted(group.n_rated, 'pair')}: too few to conclude anything."
    if pearson.ci is not None and pearson.ci[0] <= 0 <= pearson.ci[1]:
        least = group.detectable_r
        seen = f" ({counted(group.n_rated, 'pair')} show r from {number(least, 2)} on)" if least else ""
        return f"{_CHANCE}{seen}."
    return _against_baselines(group, layer) if pearson.r > 0 else _opposite(layer)


def _over_digits(report: Report, layer: str) -> str:
    found = report.overall.layers[layer]
    if found.r is None or found.ci is None:
        return ""
    few = [group for group in report.groups if not group.verdict]
    if few:
        return "Some digits have too few pairs to conclude anything."
    if found.ci[0] <= 0 <= found.ci[1]:
        return f"{_CHANCE}."
    if found.r < 0:
        return _opposite(layer)
    # Over digits no test holds them against each other: the numbers stand side by side.
    beside = [("raw pixels", report.overall.layers[BASELINE].r if BASELINE in report.overall.layers else None)]
    beside.append(("untrained networks", report.overall.untrained.get(layer)))
    known = [f"{name} with {number(r, 2)}" for name, r in beside if r is not None and layer != BASELINE]
    subject = "Raw pixels predict" if layer == BASELINE else f"{layer} predicts"
    return f"{subject} people with r = {number(found.r, 2)}{''.join(f', {each}' for each in known)}."


def _opposite(layer: str) -> str:
    return f"What {layer} finds more alike, people find less so."


def _against_baselines(group: Group, layer: str) -> str:
    """r is above 0: whether training, or the network at all, has a part in it."""
    r = group.layers[layer].pearson.r
    if layer == BASELINE:
        return "Raw pixels predict people, without any network."
    sentence = f"{layer} predicts people"
    better = _better(group, layer)
    if better is not None:
        pixels = number(group.layers[BASELINE].pearson.r, 2)
        sentence += (
            f" better than raw pixels do ({pixels})"
            if better
            else f", but no better than raw pixels do ({pixels}), as far as {counted(group.n_rated, 'pair')} can tell"
        )
    never = [one for one in group.untrained[layer].each if one is not None] if layer in group.untrained else []
    if never and r is not None:
        low, high = number(min(never), 2), number(max(never), 2)
        sentence += "; untrained networks reach " + (f"only {high}" if r > max(never) else f"{low} to {high}")
    return f"{sentence}."


def _better(group: Group, layer: str) -> bool | None:
    """Whether the layer's r lies above that of pixels beyond chance; None where that is not known."""
    for gap in group.differences:
        if {gap.first, gap.second} == {layer, BASELINE} and gap.ci is not None:
            low, high = gap.ci
            return low > 0 if gap.first == layer else high < 0
    return None
