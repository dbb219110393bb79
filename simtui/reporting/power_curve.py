"""Power against the number of raters or pairs, a curve for each true r: as a figure, and as characters."""

from __future__ import annotations

from collections.abc import Sequence

from simtui.reporting.blocks import Curves
from simtui.simulation.power import PowerGrid, PowerPoint

WIDTH, HEIGHT = 57, 13
"""Columns and rows of the plot in characters, without its axes."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"

WANTED = 0.8
"""The power that most who plan a study want."""


def curves(grid: PowerGrid) -> Curves:
    """Along x are the raters, or the pairs where there is one number of raters; of what is left the largest is taken,
    and of lists the fewest. There are none where there is no such test, as with one rater."""
    points = grid.points
    lists = min(point.lists for point in points)
    many_raters = len({point.raters for point in points}) > 1
    along, fixed = ("raters", "pairs") if many_raters else ("pairs", "raters")
    at = max(getattr(point, fixed) for point in points)
    chosen = [
        point
        for point in points
        if point.lists == lists and getattr(point, fixed) == at and point.detected_new is not None
    ]
    by_r: dict[str, list[PowerPoint]] = {}
    for point in chosen:
        by_r.setdefault(f"r {point.r:g}", []).append(point)
    x = tuple(sorted({int(getattr(point, along)) for point in chosen}))
    shared = "" if lists == 1 else f", shared out in {lists} lists"
    word = {"pairs": "pairs of a digit", "raters": "raters"}
    return Curves(
        title=f"Studies that detect r for new people and new pairs: {at} {word[fixed]}{shared}",
        xlabel=word[along],
        ylabel="detected",
        x=x,
        curves={name: tuple(one.detected_new or 0.0 for one in of_r) for name, of_r in by_r.items()},
        wanted=WANTED,
    )


def text(drawn: Curves) -> list[str]:
    """Lines of characters that every terminal has; each curve is drawn with a letter, named below."""
    if not drawn.x:
        return []
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]
    wanted = _row(WANTED)
    rows[wanted] = ["-" if column % 2 == 0 else " " for column in range(WIDTH)]
    for letter, values in zip(LETTERS, drawn.curves.values(), strict=False):
        for column, value in _path(values):
            rows[_row(value)][column] = letter
    lines = [drawn.title, ""]
    for number, row in enumerate(rows):
        label = {0: "100 %", wanted: " 80 %", HEIGHT - 1: "  0 %"}.get(number, "")
        lines.append(f"{label:>5} |{''.join(row)}".rstrip())
    lines.append("      +" + "-" * WIDTH)
    ruler = [" "] * (WIDTH + 6)
    for place, value in enumerate(drawn.x):
        at = min(_column(place, len(drawn.x)), WIDTH + 6 - len(str(value)))
        ruler[at : at + len(str(value))] = str(value)
    lines.append(" " * 7 + "".join(ruler).rstrip() + f"  {drawn.xlabel}")
    lines.append(" " * 7 + "   ".join(f"{letter}: {name}" for letter, name in zip(LETTERS, drawn.curves, strict=False)))
    return lines


def _row(value: float) -> int:
    return HEIGHT - 1 - round(min(max(value, 0.0), 1.0) * (HEIGHT - 1))


def _column(place: int, count: int) -> int:
    return 0 if count == 1 else round(place * (WIDTH - 1) / (count - 1))


def _path(values: Sequence[float]) -> list[tuple[int, float]]:
    """The value at each column, straight between those that were simulated."""
    ends = [_column(place, len(values)) for place in range(len(values))]
    path = [(ends[0], values[0])]
    for left, right, low, high in zip(ends, ends[1:], values, values[1:], strict=False):
        path += [
            (column, low + (high - low) * (column - left) / (right - left)) for column in range(left + 1, right + 1)
        ]
    return path
