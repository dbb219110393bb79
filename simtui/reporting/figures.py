"""What of a Report is drawn: r on its axis among the numbers that it is read against, and the scatter plot."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.reporting.blocks import Axis, Mark, Point, Scatter
from simtui.reporting.numbers import NEW, digits, number, of_digit

XLABEL, YLABEL = "network similarity (normalized)", "human similarity (normalized)"
"""The homework's words."""


def marks(report: Report, layer: str, group: Group | None = None) -> tuple[Mark, ...]:
    """The numbers that r is read against, within a digit or over all of them; those that there are."""
    if group is None:
        whole = report.overall
        alone = report.groups[0] if len(report.groups) == 1 else None
        ceiling, person = alone.ceilings.mean if alone is not None else None, whole.another_person_r
        pixels = whole.layers[BASELINE].r if BASELINE in whole.layers else None
        never = whole.untrained.get(layer)
    else:
        ceiling, person = group.ceilings.mean, group.another_person_r
        pixels = group.layers[BASELINE].pearson.r if BASELINE in group.layers else None
        never = group.untrained[layer].r if layer in group.untrained else None
    known = [
        Mark("ceiling of r with the mean rating", ceiling, "ceiling") if ceiling is not None else None,
        Mark("another person", person, "person") if person is not None else None,
        Mark("pixels", pixels, "pixels") if pixels is not None and layer != BASELINE else None,
        Mark("untrained network", never, "untrained") if never is not None else None,
    ]
    return tuple(mark for mark in known if mark is not None)


def axis(report: Report, layer: str, group: Group | None = None) -> Iterator[Axis]:
    """r on its axis, within a digit or over all of them; nothing where there is no r."""
    r = report.overall.layers[layer].r if group is None else group.layers[layer].pearson.r
    ends = report.interval(layer) if group is None else group.interval(layer)
    if r is not None:
        of = "" if group is None else of_digit(report, group)
        yield Axis(r, ends, marks(report, layer, group), f"r and its {NEW}{of}" if ends else f"r{of}")


def scatter(report: Report, layer: str) -> Scatter:
    """The homework's plot of all pairs, group after group; normalized within each digit, which is a point's kind."""
    points = tuple(
        Point(
            pair.similarity_normalized[layer],
            pair.human_normalized,
            printable(group.digit, 20),
            f"{printable(pair.id)}: net {number(pair.similarity_normalized[layer], 2)}, "
            f"human {number(pair.human_normalized, 2)}",
        )
        for group in report.groups
        for pair in group.pairs
    )
    who, xlabel = ("Pixels", "pixel similarity (normalized)") if layer == BASELINE else ("Convnet", XLABEL)
    return Scatter(points, f"{who} vs. human similarity judgments ({digits(report)})", xlabel, YLABEL)
