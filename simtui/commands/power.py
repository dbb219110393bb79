"""`simtui power`: how many pairs and raters a study needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import (
    FiniteRange,
    examples,
    json_option,
    lapses_option,
    reliability_option,
    seed_option,
    study_argument,
)
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from simtui.simulation.power import Cell, Power
    from simtui.study.model import Study

PAIRS = (10, 20, 40, 80, 160)
PARTICIPANTS = (1, 2, 5, 10, 20)

MOST = 500_000_000
"""Ratings in one table: about half a minute."""


@click.command(
    "power",
    epilog=examples(
        "simtui power study.json --r 0.5",
        "simtui power study.json --r 0.3 --pairs 40 --participants 10",
        guide="researchers",
    ),
)
@study_argument
@click.option(
    "--r",
    type=FiniteRange(-1, 1),
    required=True,
    help="True correlation of the network's similarity with what all people share.",
)
@click.option(
    "--participants",
    type=click.IntRange(1, 10_000),
    metavar="K",
    multiple=True,
    help="How many raters; repeatable. [default: 1, 2, 5, 10, 20]",
)
@click.option(
    "--pairs",
    type=click.IntRange(4, 100_000),
    metavar="N",
    multiple=True,
    help="How many pairs of each digit; repeatable. [default: 10 to 160, and as many as STUDY.json has]",
)
@reliability_option
@lapses_option
@seed_option("the simulation")
@click.option(
    "--simulations",
    type=click.IntRange(100, 1_000_000),
    default=5000,
    show_default=True,
    help="Simulated studies for each cell of the tables.",
)
@json_option
def command(
    study_path: Path,
    r: float,
    participants: tuple[int, ...],
    pairs: tuple[int, ...],
    reliability: float,
    lapses: float,
    seed: int,
    simulations: int,
    as_json: bool,
) -> None:
    """Show how often studies like STUDY.json detect a true correlation r, and how wide its interval is.

    Every cell is simulated: so many pairs of one digit, and so many raters with noise, a use of the scale of
    their own and lapses, whose mean rating is correlated with the network's similarity. The raters share out
    the lists of STUDY.json, if it has some.
    """
    from simtui.commands.output import progress_bar
    from simtui.errors import require_installed
    from simtui.study import file as study_file

    require_installed("simtui power", ("scipy",))

    from simtui.simulation import power

    study = study_file.load(study_path)
    counts = sorted({*(pairs or (*PAIRS, *own_pairs(study)))})
    raters = sorted({*(participants or PARTICIPANTS)})
    if counts[-1] * raters[-1] * simulations > MOST:
        raise SimtuiError(
            f"{simulations} studies of {counts[-1]} pairs by {raters[-1]} raters are too many ratings to simulate: "
            "ask for fewer --simulations."
        )
    people = power.population(study.scale.low, study.scale.high, reliability, lapses)
    with progress_bar("Simulating") as move:
        cells = power.simulate_power(
            people,
            r,
            counts,
            raters,
            simulations=simulations,
            seed=seed,
            lists=study.design.lists,
            on_progress=move,
        )
    table = power.Power(
        study_id=study.id,
        r=r,
        reliability=reliability,
        lapses=lapses,
        scale=(study.scale.low, study.scale.high),
        seed=seed,
        simulations=simulations,
        cells=cells,
        lists=study.design.lists,
    )
    if as_json:
        from simtui.storage.json_file import json_text

        click.echo(json_text(table))
    else:
        click.echo(as_text(table, study))


def own_pairs(study: Study) -> list[int]:
    """How many pairs the study has of each digit, where they are enough for an interval."""
    return [count for count in Counter(pair.digit for pair in study.pairs).values() if count >= 4]


def as_text(table: Power, study: Study) -> str:
    """What was simulated, and one table for each of the two questions."""
    low, high = table.scale
    own = own_pairs(study)
    marked = any(cell.pairs in own for cell in table.cells)
    lines = [
        f"True r {table.r:g} between the network's similarity and what all people share",
        f"Raters agree with r = {table.reliability:g}, lapse in {table.lapses:.0%} of the trials, and use "
        f"{low} to {high} each in their own way",
        f"{table.simulations} simulated studies a cell, seed {table.seed}",
        *([f"Each rater rates one of {table.lists} lists of the pairs"] if table.lists > 1 else []),
        "",
        "How often r is detected for new people and new pairs (mixed model, two-sided p < .05), in percent",
        *_grid(table, own, lambda cell: "–" if cell.detected_new is None else f"{100 * cell.detected_new:.0f}"),
        "",
        "How often r is detected for the raters as they are (t test), in percent",
        *_grid(table, own, lambda cell: f"{100 * cell.detected:.0f}"),
        "",
        "Mean width of the 95 % interval of r (Fisher)",
        *_grid(table, own, lambda cell: "–" if cell.ci_width is None else f"{cell.ci_width:.2f}"),
        "",
        "Mean r that is found: few raters hide a part of the true one",
        *_grid(table, own, lambda cell: "–" if cell.mean_r is None else f"{cell.mean_r + 0.0:.2f}"),
    ]
    if marked:
        lines += ["", f"* as many pairs a digit as {printable(study.id)} has"]
    return "\n".join(lines)


def _grid(table: Power, own: list[int], show: Callable[[Cell], str]) -> list[str]:
    raters = sorted({cell.raters for cell in table.cells})
    by_place = {(cell.pairs, cell.raters): cell for cell in table.cells}
    width = max(6, *(len(str(count)) + 2 for count in raters))
    lines = ["    pairs  " + "".join(f"{count:>{width}}" for count in raters) + "  raters"]
    for count in sorted({cell.pairs for cell in table.cells}):
        values = "".join(f"{show(by_place[count, k]):>{width}}" for k in raters)
        lines.append(f"{count:>9}{'*' if count in own else ' '} {values}")
    return lines
