"""What a simulation of power found, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from simtui.errors import printable
from simtui.reporting import power_curve
from simtui.simulation.batches import Job
from simtui.simulation.power import Power, PowerGrid, grid_of, power_of
from simtui.storage.json_file import json_text
from simtui.terminal.layout import table

_QUESTIONS = (
    (
        "How often r is detected for new people and new pairs (mixed model, two-sided p < .05), in percent",
        *("detected_new", 100, 0),
    ),
    (
        "How often the network is told from pixels, for new people and new pairs (p < .05), in percent",
        *("detected_from_pixels", 100, 0),
    ),
    ("How often r is detected for the raters as they are (t test), in percent", "detected", 100, 0),
    ("Mean width of the 95 % interval of r (Fisher)", "ci_width", 1, 2),
    ("Mean r that is found: few raters hide a part of the true one", "mean_r", 1, 2),
)
"""Each with the field of PowerCell that answers it, times what, and how many decimals are shown."""


def power_text(job: Job, results: Sequence[Any], *, as_json: bool) -> str:
    """What has come of a job of power, for people or for programs; safe to print."""
    own = job.parameters["own"]
    if len(job.parameters["settings"]) > 1:
        grid = grid_of(job, results)
        return json_text(grid) if as_json else "\n".join(grid_lines(grid, own))
    found = power_of(job, results)
    return json_text(found) if as_json else "\n".join(power_lines(found, own))


def power_lines(power: Power, own: Sequence[int]) -> list[str]:
    """What was simulated, and one table for each question. own: how many pairs a digit the study has."""
    low, high = power.scale
    lines = [
        f"True r {power.r:g} between the network's similarity and what all people share",
        f"Raters agree with r = {power.reliability:g}, lapse in {power.lapses:.0%} of the trials, and use "
        f"{low} to {high} each in their own way",
        f"{power.simulations} simulated studies a cell, seed {power.seed}",
        *([f"Each rater rates one of {power.lists} lists of the pairs"] if power.lists > 1 else []),
        *_planned(power),
    ]
    for question, name, factor, decimals in _QUESTIONS:
        if name == "detected_from_pixels" and power.r_pixels is None:
            continue
        lines += ["", question, *_grid(power, own, name, factor, decimals)]
    if any(cell.pairs in own for cell in power.cells):
        lines += ["", f"* as many pairs a digit as {printable(power.study_id)} has"]
    return lines


def _planned(found: Power | PowerGrid) -> Iterator[str]:
    if found.digits > 1:
        yield (
            f"The same raters rate {found.digits} digits; pairs are of each, and r is over all of them, with the tests "
            "that the analysis has for that in place of mixed model and t test"
        )
    if found.r_pixels is not None:
        yield f"True r of the pixels {found.r_pixels:g}, like the network's similarity only in what people share"
    if any(cell.raters == 2 for cell in (found.cells if isinstance(found, Power) else found.points)):
        yield "Two raters in all: p < .005, as the analysis asks for"


def grid_lines(grid: PowerGrid, own: Sequence[int]) -> list[str]:
    """What was simulated, one table of all, and the curves."""
    low, high = grid.scale
    pixels = grid.r_pixels is not None
    header = (
        "true r",
        "lists",
        "pairs",
        "raters",
        "new %",
        *(["apart %"] if pixels else []),
        "same %",
        "width",
        "mean r",
    )
    rows = [
        (
            f"{one.r:g}",
            str(one.lists),
            f"{one.pairs}{'*' if one.pairs in own else ''}",
            str(one.raters),
            _shown(one.detected_new, 100, 0),
            *([_shown(one.detected_from_pixels, 100, 0)] if pixels else []),
            _shown(one.detected, 100, 0),
            _shown(one.ci_width, 1, 2),
            _shown(one.mean_r, 1, 2),
        )
        for one in grid.points
    ]
    return [
        f"Raters agree with r = {grid.reliability:g}, lapse in {grid.lapses:.0%} of the trials, and use "
        f"{low} to {high} each in their own way",
        f"{grid.simulations} simulated studies a row, seed {grid.seed}; the same studies in each",
        *_planned(grid),
        "",
        *table(header, rows),
        "",
        "new %: how often r is detected for new people and new pairs (mixed model, two-sided p < .05)",
        *(["apart %: how often the network is told from pixels, for new people and new pairs"] if pixels else []),
        "same %: for the raters as they are (t test); width: of the 95 % interval of r (Fisher)",
        *(
            [f"*: as many pairs a digit as {printable(grid.study_id)} has"]
            if any(p.pairs in own for p in grid.points)
            else []
        ),
        "",
        *power_curve.text(power_curve.curves(grid)),
    ]


def _shown(value: float | None, factor: int, decimals: int) -> str:
    return "–" if value is None else f"{factor * value + 0.0:.{decimals}f}"


def _grid(power: Power, own: Sequence[int], name: str, factor: int, decimals: int) -> list[str]:
    raters = sorted({cell.raters for cell in power.cells})
    values = {(cell.pairs, cell.raters): getattr(cell, name) for cell in power.cells}
    # No minus before a zero.
    shown = {key: _shown(value, factor, decimals) for key, value in values.items()}
    width = max(6, *(len(str(count)) + 2 for count in raters))
    lines = ["    pairs  " + "".join(f"{count:>{width}}" for count in raters) + "  raters"]
    for count in sorted({cell.pairs for cell in power.cells}):
        row = "".join(f"{shown[count, k]:>{width}}" for k in raters)
        lines.append(f"{count:>9}{'*' if count in own else ' '} {row}")
    return lines
