"""`simtui simulate`: sessions of people who do not exist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from simtui.commands.engine_options import engine_options
from simtui.commands.options import (
    FiniteRange,
    checkpoint_option,
    examples,
    lapses_option,
    reliability_option,
    seed_option,
    sessions_option,
    study_argument,
)
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from simtui.session.model import Simulation
    from simtui.simulation.engines import How

MODELS = ("fc", "pool2", "conv2", "conv1", "pixels", "random")


@click.command(
    "simulate",
    epilog=examples(
        "simtui simulate study.json --participants 10 --sessions trial",
        "simtui analyze study.json trial --simulated",
        guide="researchers",
    ),
)
@study_argument
@click.option("--participants", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many people.")
@seed_option("all that is random in them")
@click.option(
    "--model",
    type=click.Choice(MODELS),
    default="fc",
    show_default=True,
    help="The similarity that their ratings follow: a layer of the network, the pixels, or random numbers.",
)
@click.option(
    "--r",
    type=FiniteRange(-1, 1),
    help="Correlation of that similarity with what all of them share. [default: 1]",
)
@reliability_option
@lapses_option
@sessions_option
@checkpoint_option
@click.option("--through-screen", is_flag=True, help="Press the keys of the real rating screen, at human speed.")
@click.option(
    "--at-once",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="How many screens at a time, with --through-screen.",
)
@engine_options(out=False)
def command(
    how: How,
    study_path: Path,
    participants: int,
    seed: int,
    model: str,
    r: float | None,
    reliability: float,
    lapses: float,
    sessions: Path,
    checkpoint: Path | None,
    through_screen: bool,
    at_once: int,
) -> None:
    """Make complete sessions of STUDY.json by people who do not exist: S001, S002 and so on.

    Every file says that it is simulated, and by what model; analyses leave it out unless told --simulated. The
    same options give the same files, byte for byte; with --through-screen the same ratings.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.study import file as study_file

    study = study_file.load(study_path)
    with progress_bar("Simulating") as move:
        if through_screen:
            from simtui.session.store import SessionStore
            from simtui.simulation.engines import ALONE
            from simtui.simulation.population import recruit
            from simtui.simulation.robot import rate_through_screen
            from simtui.simulation.sessions import participant_ids, require_new
            from simtui.storage.system import require_posix

            require_posix("Rating through the screen")
            if how != ALONE:
                raise SimtuiError("Screens are rated here and all of them: use --at-once, not --workers or --part.")
            ids, store = participant_ids(participants), SessionStore(sessions, study.id)
            require_new(store, ids)
            population = recruit(study, model, checkpoint, r=r, reliability=reliability, lapses=lapses, seed=seed)
            rate_through_screen(population, ids, study_path, store, at_once=at_once, on_progress=move)
            made = population.simulation
        else:
            from simtui import api

            ratings = api.simulate(
                study,
                participants,
                sessions=sessions,
                model=model,
                r=r,
                reliability=reliability,
                lapses=lapses,
                seed=seed,
                checkpoint=checkpoint,
                how=how,
                on_progress=move,
            )
            if not ratings.sessions:
                raise SimtuiError(f"There are fewer participants than parts: part {how.part.number} has none.")
            participants = len(ratings.sessions)
            made = cast("Simulation", ratings.sessions[0].simulation)
    click.echo(summary(made, participants, sessions / study.id, study_path))


def summary(made: Simulation, count: int, folder: Path, study_path: Path) -> str:
    """What was made, by what model, and how to use it."""
    people = "1 simulated participant is" if count == 1 else f"{count} simulated participants are"
    if made.r is None:
        follows = "what they share is random"
    else:
        known = ", ".join("unknown" if r is None else f"{r:.3f}" for r in made.r_of_mean or [])
        follows = f"r of {made.model} with the mean of endlessly many of them: {known}"
    return (
        f"{people} in {printable(folder)}\n"
        f"Reliability {made.reliability:g} (mean r of one with another), lapses {made.lapses:.0%}, seed {made.seed}; "
        f"{follows}\n"
        f"Analyses leave them out, unless told: simtui analyze {printable(study_path)} {printable(folder)} --simulated"
    )
