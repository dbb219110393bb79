"""`simtui power`: how many pairs and raters a study needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.engine_options import engine_options, part_done
from simtui.commands.options import (
    FILE,
    FiniteRange,
    examples,
    force_option,
    json_option,
    lapses_option,
    reliability_option,
    seed_option,
    study_argument,
)

if TYPE_CHECKING:
    from simtui.simulation.engines import How


@click.command(
    "power",
    epilog=examples(
        "simtui power study.json --r 0.5",
        "simtui power study.json --r 0.3 --pairs 40 --participants 10",
        "simtui power study.json --grid --r 0.3 --r 0.5 --plot power.svg --workers 2 --out grid.part",
        guide="researchers",
    ),
)
@study_argument
@click.option(
    "--r",
    "correlations",
    type=FiniteRange(-1, 1),
    required=True,
    multiple=True,
    help="True correlation of the network's similarity with what all people share; repeatable with --grid.",
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
@click.option(
    "--lists",
    type=click.IntRange(1, 100),
    metavar="L",
    multiple=True,
    help="Into how many lists the pairs are shared out; repeatable with --grid. [default: as in STUDY.json]",
)
@click.option(
    "--digits",
    type=click.IntRange(1, 10),
    metavar="D",
    help="How many digits the same people rate, so many pairs of each. [default: as in STUDY.json]",
)
@click.option(
    "--r-pixels",
    type=FiniteRange(-1, 1),
    help="True correlation of the raw pixels, and how often the network is told from them.",
)
@click.option("--grid", is_flag=True, help="One table of every --r, --lists, --pairs and --participants, and curves.")
@click.option("--plot", type=FILE, metavar="FILE", help="Write the curves of --grid too, as FILE.svg or FILE.png.")
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
@engine_options()
@force_option
@json_option
def command(
    how: How,
    study_path: Path,
    correlations: tuple[float, ...],
    participants: tuple[int, ...],
    pairs: tuple[int, ...],
    lists: tuple[int, ...],
    digits: int | None,
    r_pixels: float | None,
    grid: bool,
    plot: Path | None,
    reliability: float,
    lapses: float,
    seed: int,
    simulations: int,
    force: bool,
    as_json: bool,
) -> None:
    """Show how often studies like STUDY.json detect a true correlation r, and how wide its interval is.

    Every cell is simulated: so many pairs of each digit, and so many raters with noise, a use of the scale of
    their own and lapses, whose mean rating is correlated with the network's similarity. The raters share out
    the lists of STUDY.json, if it has some. Study i has its own random numbers of --seed: however many --workers,
    --parts or machines compute it, the numbers are the same to the last digit.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import SimtuiError, require_installed
    from simtui.reporting import plot_file
    from simtui.study import file as study_file

    require_installed("simtui power", ("scipy",))

    if not grid and (len(correlations) > 1 or len(lists) > 1):
        raise SimtuiError("Several --r or --lists are a grid: ask for it with --grid.")
    if plot is not None:
        if not grid:
            raise SimtuiError("--plot draws the curves of --grid: give both.")
        plot_file.check_target(plot, force=force)
    study = study_file.load(study_path)
    with progress_bar("Simulating") as move:
        from simtui.reporting import power_curve
        from simtui.reporting.power import power_text
        from simtui.simulation import power
        from simtui.simulation.engines import ALONE, compute

        job = power.job_of_study(
            study,
            correlations,
            pairs=pairs,
            raters=participants or power.RATERS,
            lists=lists,
            reliability=reliability,
            lapses=lapses,
            simulations=simulations,
            seed=seed,
            digits=digits,
            r_pixels=r_pixels,
        )
        if how == ALONE and power.ratings_of(job) > power.MOST:
            raise SimtuiError(
                f"{simulations} studies of {job.parameters['pairs'][-1]} pairs by {job.parameters['raters'][-1]} "
                "raters are very many ratings to simulate in one process: ask for fewer --simulations, or give "
                "--workers, or --out to go on where it was."
            )
        results = compute(job, how, move)
    if how.part.of > 1:
        click.echo(part_done(how))
        return
    if plot is not None:
        plot_file.save(power_curve.curves(power.grid_of(job, results)), plot, force=force)
    click.echo(power_text(job, results, as_json=as_json))
