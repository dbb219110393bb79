"""`simtui power`: how many pairs and raters a study needs."""

from __future__ import annotations

from pathlib import Path

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
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import require_installed
    from simtui.study import file as study_file

    require_installed("simtui power", ("scipy",))

    study = study_file.load(study_path)
    with progress_bar("Simulating") as move:
        from simtui.reporting.power import power_lines
        from simtui.simulation import power
        from simtui.storage.json_file import json_text

        table = power.power_of_study(
            study,
            r,
            pairs=pairs,
            raters=participants or power.RATERS,
            reliability=reliability,
            lapses=lapses,
            simulations=simulations,
            seed=seed,
            on_progress=move,
        )
    click.echo(json_text(table) if as_json else "\n".join(power_lines(table, study)))
