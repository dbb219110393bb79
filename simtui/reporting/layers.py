"""How well each layer agrees with people: the table of the layers, and what it has no room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from simtui.analysis.layer_results import LayerDifference
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, Profile, Table
from simtui.reporting.numbers import NONE, interval, number, p_is, p_value
from simtui.reporting.summary import power, untrained

Column = tuple[str, Profile, Callable[[Group, str], str]]
"""The name of a column, the profile from which on it is there, and its cell for a layer of a group."""

_COLUMNS: tuple[Column, ...] = (
    ("r", "brief", lambda group, layer: number(group.layers[layer].pearson.r)),
    ("95 % interval", "brief", lambda group, layer: interval(group.interval(layer), 2)),
    ("p", "brief", lambda group, layer: p_value(group.p_new(layer))),
    ("95 %, Fisher", "full", lambda group, layer: interval(group.layers[layer].pearson.ci, 2)),
    ("95 %, BCa", "full", lambda group, layer: interval(group.layers[layer].pearson.ci_bca, 2)),
    ("95 %, pairs and people", "full", lambda group, layer: interval(group.layers[layer].pearson.ci_crossed, 2)),
    ("p, permutation", "full", lambda group, layer: p_value(group.layers[layer].pearson.p)),
    ("of ceiling", "full", lambda group, layer: number(group.layers[layer].r_over_ceiling, 2)),
    ("untrained", "brief", lambda group, layer: number(group.untrained[layer].r if layer in group.untrained else None)),
    ("given\npixels", "brief", lambda group, layer: number(group.layers[layer].partial_given_pixels.r)),
    ("p given pixels", "full", lambda group, layer: p_value(group.layers[layer].partial_given_pixels.p)),
    ("df", "full", lambda group, layer: _whole(group.layers[layer].partial_given_pixels.df)),
    ("of ranks", "full", lambda group, layer: number(group.layers[layer].partial_given_pixels_ranks.r)),
    ("Spearman", "brief", lambda group, layer: number(group.layers[layer].spearman.rho)),
    ("Kendall", "brief", lambda group, layer: number(group.layers[layer].kendall.tau_b)),
    ("mean r with single people", "full", lambda group, layer: number(group.layers[layer].mean_individual_r)),
)

LEGEND = (
    "r: Pearson's correlation with the mean rating; its 95 % interval and p (how rarely chance alone goes as far) are "
    "for new people and pairs. untrained: r of networks that never learnt. given pixels: r with pixels held constant. "
    "Spearman: rank correlation rho; Kendall: tau-b."
)
_LEGEND_FULL = (
    "For these people: Fisher's interval; BCa, the bias-corrected and accelerated bootstrap over pairs; p of "
    "permutations. of ceiling: r over the ceiling of r with the mean rating. df: degrees of freedom of what is given "
    "pixels; of ranks: the same of ranks."
)


def layers(report: Report, group: Group, layer: str, profile: Profile) -> Iterator[Block]:
    """The layers of one digit: their table, and what there is of `layer` beside it.

    brief: in sentences; full: the table has it, and the differences have one of their own.
    """
    yield layer_table(report, group, profile)
    if profile == "brief":
        sentences = (*intervals(group, layer), *given_pixels(group, layer), *differences(group, layer))
        if sentences:
            yield Bullets(sentences)
        return
    gaps = tuple(_gaps(group, layer))
    if gaps:
        yield Table(
            ("difference of two r", "value", "95 % interval", "p"),
            tuple(
                (f"{gap.first} minus {gap.second}", number(gap.difference), interval(gap.ci, 2), p_value(gap.p))
                for gap in gaps
            ),
        )


def layer_table(report: Report, group: Group, profile: Profile) -> Table:
    """A row a layer, in the Report's order; the first column is its name, which is safe to print."""
    columns = [column for column in _COLUMNS if column[1] == "brief" or profile == "full"]
    return Table(
        ("layer", *(name for name, _, _ in columns)),
        tuple((printable(layer, 40), *(cell(group, layer) for _, _, cell in columns)) for layer in report.layers),
        note=f"{LEGEND} {_LEGEND_FULL}" if profile == "full" else LEGEND,
    )


def layers_over_digits(report: Report) -> Table:
    """The same over all digits, beside r within each; for Reports of several."""
    whole = report.overall
    return Table(
        (
            "layer",
            "all",
            "95 % interval",
            "p",
            "untrained",
            "p, digits differ",
            *(printable(group.digit, 8) for group in report.groups),
        ),
        tuple(
            (
                printable(layer, 40),
                number(whole.layers[layer].r),
                interval(report.interval(layer), 2),
                p_value(report.p_new(layer)),
                number(whole.untrained.get(layer)),
                p_value(q.p if (q := whole.q.get(layer)) is not None else None),
                *(number(group.layers[layer].pearson.r) for group in report.groups),
            )
            for layer in report.layers
        ),
        note="all: r over all digits (Fisher-z mean), its 95 % interval and p for new people and pairs. untrained: of "
        "networks that never learnt. digits differ: Cochran's Q test",
    )


def against_pixels(report: Report) -> Iterator[Table]:
    """Every layer less the pixels, tested together over layers and digits; nothing where there are no pixels."""
    gaps = report.overall.differences
    if gaps:
        yield Table(
            ("less pixels", "dz", "95 %, these", "95 %, new", "p", "alike"),
            tuple(
                (
                    printable(gap.layer, 40),
                    number(gap.dz),
                    interval(gap.ci, 2),
                    interval(gap.ci_crossed, 2),
                    p_value(gap.p_family),
                    NONE if gap.equivalent is None else "yes" if gap.equivalent else "not shown",
                )
                for gap in gaps
            ),
            note="dz: Fisher z of a layer less that of pixels, for these people, and new people and pairs (resampled); "
            "p: of all layers at once; alike: the 90 % interval lies within ±0.1",
        )


def about_layer(group: Group, layer: str) -> Iterator[str]:
    """All that there is of one layer beyond its row in the brief table, where it stands alone (on the screen)."""
    yield from intervals(group, layer)
    yield from given_pixels(group, layer)
    yield from differences(group, layer)
    yield from untrained(group, layer)
    yield from power(group, layer)


def intervals(group: Group, layer: str) -> Iterator[str]:
    """The mixed model behind the interval in the table, and the other intervals and tests."""
    mixed, pearson = group.layers[layer].mixed, group.layers[layer].pearson
    if mixed.slope is not None:
        yield (
            f"rating points per standard deviation of {layer}: {number(mixed.slope)}, standard error "
            f"{number(mixed.se)}, degrees of freedom {number(mixed.df, 1)}, {p_is(mixed.p)}, 95 % {interval(mixed.ci)}"
        )
    if mixed.differ_p is not None:
        f = number(mixed.differ_f, 2)
        yield f"whether people differ in how they go with {layer} (F test): F = {f}, {p_is(mixed.differ_p)}"
    if pearson.ci_crossed:
        yield f"resampling pairs and people: 95 % interval of r {interval(pearson.ci_crossed)}"
    found = [("Fisher", pearson.ci), ("resampling pairs (bias-corrected, accelerated)", pearson.ci_bca)]
    known = [f"{name} {interval(ends)}" for name, ends in found if ends]
    known += [f"permutation {p_is(pearson.p)}"] if pearson.p is not None else []
    if known:
        yield f"for these very people and new pairs: {', '.join(known)}"


def given_pixels(group: Group, layer: str) -> Iterator[str]:
    """The partial r with its p and its degrees of freedom."""
    partial = group.layers[layer].partial_given_pixels
    if partial.r is not None:
        ranks = group.layers[layer].partial_given_pixels_ranks
        by_ranks = f"; of ranks {number(ranks.r)}, {p_is(ranks.p)}" if ranks.r is not None else ""
        found = f"partial r = {number(partial.r)}, {p_is(partial.p)}, degrees of freedom {partial.df}"
        yield f"{layer} given pixels: {found}{by_ranks}"


def differences(group: Group, layer: str) -> Iterator[str]:
    """r of this layer minus that of every other."""
    for gap in _gaps(group, layer):
        found = f"{number(gap.difference)} (95 % {interval(gap.ci)}, {p_is(gap.p)}"
        if gap.williams_p is not None:
            found += f"; Williams' t test: t = {number(gap.williams_t)}, {p_is(gap.williams_p)}"
        yield f"r of {gap.first} minus r of {gap.second}, for these people: {found})"


def _gaps(group: Group, layer: str) -> Iterator[LayerDifference]:
    """The differences of which this layer is one side, all turned so that it is the first."""
    for gap in group.differences:
        if layer == gap.first:
            yield gap
        elif layer == gap.second:
            ends = (-gap.ci[1], -gap.ci[0]) if gap.ci else None
            yield msgspec.structs.replace(
                gap,
                first=gap.second,
                second=gap.first,
                difference=-gap.difference,
                ci=ends,
                williams_t=None if gap.williams_t is None else -gap.williams_t,
            )


def _whole(value: int | None) -> str:
    return NONE if value is None else str(value)
