"""What a simulation of power found, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

from simtui.errors import printable
from simtui.simulation.power import Power, pairs_of_digits
from simtui.study.model import Study

_QUESTIONS = (
    (
        "How often r is detected for new people and new pairs (mixed model, two-sided p < .05), in percent",
        *("detected_new", 100, 0),
    ),
    ("How often r is detected for the raters as they are (t test), in percent", "detected", 100, 0),
    ("Mean width of the 95 % interval of r (Fisher)", "ci_width", 1, 2),
    ("Mean r that is found: few raters hide a part of the true one", "mean_r", 1, 2),
)
"""Each with the field of PowerCell that answers it, times what, and how many decimals are shown."""


def power_lines(table: Power, study: Study) -> list[str]:
    """What was simulated, and one table for each question, for people; safe to print."""
    low, high = table.scale
    own = pairs_of_digits(study)
    lines = [
        f"True r {table.r:g} between the network's similarity and what all people share",
        f"Raters agree with r = {table.reliability:g}, lapse in {table.lapses:.0%} of the trials, and use "
        f"{low} to {high} each in their own way",
        f"{table.simulations} simulated studies a cell, seed {table.seed}",
        *([f"Each rater rates one of {table.lists} lists of the pairs"] if table.lists > 1 else []),
    ]
    for question, name, factor, decimals in _QUESTIONS:
        lines += ["", question, *_grid(table, own, name, factor, decimals)]
    if any(cell.pairs in own for cell in table.cells):
        lines += ["", f"* as many pairs a digit as {printable(study.id)} has"]
    return lines


def _grid(table: Power, own: Sequence[int], name: str, factor: int, decimals: int) -> list[str]:
    raters = sorted({cell.raters for cell in table.cells})
    values = {(cell.pairs, cell.raters): getattr(cell, name) for cell in table.cells}
    # No minus before a zero.
    shown = {key: "–" if value is None else f"{factor * value + 0.0:.{decimals}f}" for key, value in values.items()}
    width = max(6, *(len(str(count)) + 2 for count in raters))
    lines = ["    pairs  " + "".join(f"{count:>{width}}" for count in raters) + "  raters"]
    for count in sorted({cell.pairs for cell in table.cells}):
        row = "".join(f"{shown[count, k]:>{width}}" for k in raters)
        lines.append(f"{count:>9}{'*' if count in own else ' '} {row}")
    return lines
