"""What of a Report is drawn: r on its axis among the numbers that it is read against, and the scatter plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.reporting.blocks import Axis, Fit, Mark, Point, Scatter
from simtui.reporting.numbers import NEW, digits, number, of_digit

XLABEL, YLABEL = "network similarity (normalized)", "human similarity (normalized)"
"""The homework's words."""

MOST_FITS = 3
"""Digits up to which each has its line in the plot."""

MIN_POINTS = 3


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
    title = f"{who} vs. human similarity judgments ({digits(report)})"
    # Over digits there is no line, as there is no r of a pool; the lines of many digits would hide their points.
    kinds = dict.fromkeys(point.kind for point in points) if len(report.groups) <= MOST_FITS else ()
    return Scatter(points, title, xlabel, YLABEL, tuple(fit for kind in kinds for fit in least_squares(points, kind)))


def least_squares(points: Sequence[Point], kind: str) -> Iterator[Fit]:
    """The least-squares line of the points of a kind, as far as it lies in the plot; none where there is none."""
    there = [(p.x, p.y) for p in points if p.kind == kind and p.x is not None and p.y is not None]
    if len(there) < MIN_POINTS:
        return
    mean_x, mean_y = (sum(each) / len(there) for each in zip(*there, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in there)
    if spread < 1e-12:
        return
    slope = sum((x - mean_x) * (y - mean_y) for x, y in there) / spread
    height = mean_y - slope * mean_x
    # Where the line enters and leaves the square.
    x1, x2 = (0.0, 1.0) if slope == 0 else sorted(_within((y - height) / slope) for y in (0.0, 1.0))
    yield Fit(kind, x1, _within(height + slope * x1), x2, _within(height + slope * x2))


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))
