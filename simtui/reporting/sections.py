"""The parts of the Report's text that stand below the plot: layers, people, pairs."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from simtui.analysis.capture_results import LEVEL, Judged
from simtui.analysis.results import ICC_NAMES, Group, LayerDifference, Report
from simtui.errors import printable
from simtui.reporting.gallery import Draw, gallery
from simtui.reporting.layout import interval, number, p_is, p_value
from simtui.terminal.layout import paragraphs, table

MOST_IN_MATRIX = 20
"""People beyond whom the table of their correlations is left to the JSON."""


def layers(report: Report, layer: str, width: int) -> list[str]:
    """r of every layer with everything that belongs to it; of several digits first over all, then digit by digit."""
    if len(report.groups) == 1:
        return _layers_of(report, report.groups[0], layer, width)
    lines = _layers_of_digits(report, width)
    for group in report.groups:
        lines += ["", f"  digit {printable(group.digit)}:", *_layers_of(report, group, layer, width)]
    return lines


def _layers_of(report: Report, group: Group, layer: str, width: int) -> list[str]:
    header = ["layer", "r", "95 % interval", "p", "untrained", "given pixels", "rho", "tau-b"]
    rows = []
    for name in report.layers:
        found = group.layers[name]
        rows.append(
            [
                name,
                number(found.pearson.r),
                interval(found.pearson.ci, 2),
                p_value(found.pearson.p),
                number(group.untrained[name].r if name in group.untrained else None),
                number(found.partial_given_pixels.r),
                number(found.spearman.rho),
                number(found.kendall.tau_b),
            ]
        )
    facts = [*intervals(group, layer), *given_pixels(group, layer), *differences(group, layer)]
    return [*table(header, rows, width=width, indent="  "), *paragraphs(facts, width)]


def _layers_of_digits(report: Report, width: int) -> list[str]:
    whole = report.overall
    header = ["layer", "all", "95 % interval", "untrained", *(printable(group.digit, 8) for group in report.groups)]
    rows = [
        [name, number(whole.layers[name].r), interval(whole.layers[name].ci), number(whole.untrained.get(name))]
        + [number(group.layers[name].pearson.r) for group in report.groups]
        for name in report.layers
    ]
    return table(header, rows, width=width, indent="  ")


def about_layer(group: Group, layer: str) -> Iterator[str]:
    """What there is of one layer beyond its row in the table, for where there is room for sentences."""
    yield from intervals(group, layer)
    yield from given_pixels(group, layer)
    yield from differences(group, layer)
    yield from never_learnt(group, layer)
    yield from power(group, layer)


def intervals(group: Group, layer: str) -> Iterator[str]:
    """The bootstrap's intervals, beside Fisher's in the table."""
    pearson = group.layers[layer].pearson
    found = [("resampling pairs (BCa)", pearson.ci_bca), ("resampling pairs and people", pearson.ci_crossed)]
    known = [f"{name} {interval(ends)}" for name, ends in found if ends]
    if known:
        yield f"other 95 % intervals of {layer}: {', '.join(known)}"


def given_pixels(group: Group, layer: str) -> Iterator[str]:
    """The partial r with the p and the degrees of freedom that the table has no room for."""
    partial = group.layers[layer].partial_given_pixels
    if partial.r is not None:
        yield f"{layer} given pixels: partial r = {number(partial.r)}, {p_is(partial.p)}, df = {partial.df}"


def never_learnt(group: Group, layer: str) -> Iterator[str]:
    """What networks reach that never learnt, over their seeds."""
    if layer in group.untrained:
        never = group.untrained[layer]
        each = [r for r in never.each if r is not None]
        spread = f", {number(min(each))} to {number(max(each))}" if each else ""
        yield f"untrained {layer}: r = {number(never.r)} (Fisher-z mean of {len(never.each)} networks{spread})"


def power(group: Group, layer: str) -> Iterator[str]:
    """Which r so many pairs can show, and how many would show the r that was seen."""
    if group.detectable_r is not None:
        found = group.layers[layer]
        needed = f"; to see r = {number(found.pearson.r, 2)} takes {found.pairs_needed}" if found.pairs_needed else ""
        yield f"80 % power: {group.n_rated} pairs detect r = {number(group.detectable_r, 2)}{needed}"


def differences(group: Group, layer: str) -> Iterator[str]:
    """r of this layer minus that of every other."""
    for gap in group.differences:
        if layer in (gap.first, gap.second):
            yield _difference(gap if layer == gap.first else turned(gap))


def _difference(gap: LayerDifference) -> str:
    return (
        f"r of {gap.first} minus r of {gap.second}: {number(gap.difference)} (95 % {interval(gap.ci)}, {p_is(gap.p)})"
    )


def turned(gap: LayerDifference) -> LayerDifference:
    """The same difference the other way round."""
    ends = (-gap.ci[1], -gap.ci[0]) if gap.ci else None
    return LayerDifference(first=gap.second, second=gap.first, difference=-gap.difference, ci=ends, p=gap.p)


def people(report: Report, group: Group, layer: str, width: int) -> list[str]:
    """How well people agree, each ceiling beside the number that it bounds: they are easily taken for each other."""
    reliability, bounds, found = group.reliability, group.ceilings, group.layers[layer]
    facts = []
    if reliability.mean_pairwise_r is not None:
        facts.append(f"mean r between two people {number(reliability.mean_pairwise_r)}")
    iccs = {name: getattr(reliability, name) for name in ICC_NAMES}
    if any(value is not None for value in iccs.values()):
        shown = (f"{ICC_NAMES[name][0]} or {ICC_NAMES[name][1]} {number(value)}" for name, value in iccs.items())
        facts.append(", ".join(shown))
    if reliability.alpha_interval is not None:
        ordinal = number(reliability.alpha_ordinal)
        facts.append(f"Krippendorff's alpha {number(reliability.alpha_interval)} (interval), {ordinal} (ordinal)")
    if reliability.split_half_sb is not None:
        facts.append(f"split-half reliability (Spearman–Brown) {number(reliability.split_half_sb)}")
    if bounds.individual_lower is not None and found.mean_individual_r is not None:
        facts.append(
            f"mean r of {layer} with single people is {number(found.mean_individual_r)}; its ceiling lies between "
            f"{number(bounds.individual_lower)} (lower bound) and {number(bounds.individual_upper)} (upper bound)"
        )
    return [*paragraphs(facts, width), *_matrix(report, group, layer, width)]


def _matrix(report: Report, group: Group, layer: str, width: int) -> list[str]:
    names = report.participants
    if len(names) < 2 or group.pairwise_r is None:
        return []
    if len(names) > MOST_IN_MATRIX:
        return paragraphs(
            [f"how each of {len(names)} people goes with the others stands in --json, too wide for a table"], width
        )
    header = ["r of", "others", printable(layer), *(printable(name) for name in names)]
    rows = [
        [
            printable(name),
            number(others, 2),
            number(net, 2),
            *("" if i == j else number(r, 2) for j, r in enumerate(row)),
        ]
        for i, (name, others, net, row) in enumerate(
            zip(names, group.leave_one_out_r, group.layers[layer].individual_r, group.pairwise_r, strict=True)
        )
    ]
    lines = table(header, rows, width=width, indent="  ")
    return ["", *lines, *wrap("others: with the mean of all others", width)]


def captures(group: Group, layer: str, width: int, draw: Draw | None = None, *, zscored: bool = False) -> list[str]:
    """What of the images goes with people and with the layer, and where the two disagree most; empty if unknown.

    draw: makes the images of the pairs on which they do; None to leave them out.
    """
    lines = []
    found = group.captures.get(layer)
    if found is not None:
        lines += paragraphs([found.reading] if found.reading else [], width)
        rows = [
            [
                covariate.label,
                _judged(covariate.people),
                _judged(covariate.layers[layer].layer),
                _judged(covariate.layers[layer].people_given_layer),
                _judged(covariate.layers[layer].layer_given_people),
            ]
            for covariate in group.covariates
        ]
        limits = _thresholds(group, layer)
        header = ["r of each measure with", "people", layer, f"people|{layer}", f"{layer}|people"]
        judged = any(limit is not None for limit in limits)
        if judged:
            rows.append(["* beyond chance from", *(f"±{number(limit, 2)}" for limit in limits)])
        lines += table(header, rows, width=width, indent="  ")
        if judged:
            lines += wrap(
                f"*: p ≤ .05 over all measures of a column together. people|{layer}: people's ratings after {layer} is "
                f"taken out of them, what {layer} misses; {layer}|people: the other way round.",
                width,
            )
    return [*lines, *gallery(group, layer, width, draw, zscored=zscored)]


def _thresholds(group: Group, layer: str) -> tuple[float | None, ...]:
    found = group.captures[layer]
    return (
        group.covariate_threshold,
        found.threshold,
        found.threshold_people_given_layer,
        found.threshold_layer_given_people,
    )


def _judged(found: Judged) -> str:
    return number(found.r, 2) + ("*" if found.p is not None and found.p <= LEVEL else "")


def pairs(group: Group, layer: str, width: int) -> list[str]:
    """Every pair with both its scores."""
    rows = [
        [
            printable(pair.id),
            number(pair.similarity_normalized[layer], 2),
            number(pair.human_normalized, 2),
            number(pair.similarity[layer], 3),
            number(pair.human, 2),
            str(pair.n_ratings),
        ]
        for pair in group.pairs
    ]
    return [
        *wrap("net and human are normalized to 0..1; the cosine and the mean rating are raw.", width),
        *table(["pair", "net", "human", "cosine", "rating", "ratings"], rows, width=width, indent="  "),
    ]
