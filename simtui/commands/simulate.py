"""`simtui simulate`: sessions of people who do not exist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    from simtui.commands.shared import Progress
    from simtui.session.store import SessionStore
    from simtui.simulation.population import Population
    from simtui.study.model import Study

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
def command(
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
    from simtui.commands.shared import progress_bar
    from simtui.session.store import SessionStore
    from simtui.simulation.population import populate
    from simtui.simulation.sessions import participant_ids
    from simtui.study import file as study_file

    if model == "random" and r is not None:
        raise SimtuiError("--model random follows no similarity, so that it has no --r: leave one of them out.")
    study = study_file.load(study_path)
    ids = participant_ids(participants)
    store = SessionStore(sessions, study.id)
    require_new(store, ids)
    similarity, checkpoint_sha256 = similarities(study, model, checkpoint)
    population = populate(
        study,
        similarity,
        model=model,
        checkpoint_sha256=checkpoint_sha256,
        r=1.0 if r is None else r,
        reliability=reliability,
        lapses=lapses,
        seed=seed,
    )
    with progress_bar("Simulating") as move:
        if through_screen:
            from simtui.simulation.robot import rate_through_screen

            rate_through_screen(population, ids, study_path, store, at_once=at_once, on_progress=move)
        else:
            write(population, ids, store, move)
    click.echo(summary(population, len(ids), store, study_path))


def require_new(store: SessionStore, ids: list[str]) -> None:
    """Raises SimtuiError where one of the participants has a session already; nothing is written then."""
    for participant_id in ids:
        if store.next_run(participant_id) > 1:
            raise SimtuiError(
                f"{printable(store.path(participant_id, 1))} is there already and nothing was written: "
                "name another folder with --sessions, or move the earlier files away."
            )


def similarities(study: Study, model: str, checkpoint: Path | None) -> tuple[dict[str, float] | None, str | None]:
    """By pair id, the similarity of the practice pairs and all that are analysed; and the network's sha256.

    Raises SimtuiError where the network or what it runs on is missing.
    """
    from simtui.stimuli.pixels import pixel_cosines

    if model == "random":
        return None, None
    pairs = [*study.practice_pairs, *study.pairs]
    left, right = study.pixels(pair.left for pair in pairs), study.pixels(pair.right for pair in pairs)
    names = [pair.id for pair in pairs]
    if model == "pixels":
        return dict(zip(names, pixel_cosines(left, right).tolist(), strict=True)), None

    from simtui.commands.shared import check_checkpoints, progress_bar
    from simtui.errors import require_installed

    require_installed(f"simtui simulate --model {model}", ("torch",))
    check_checkpoints([checkpoint])
    from simtui.network import checkpoint as checkpoints
    from simtui.network.similarity import pair_similarities

    loaded = checkpoints.load(checkpoint or checkpoints.default_checkpoint())
    with progress_bar("Network") as move:
        found = pair_similarities(loaded.net, left, right, [model], move)
    return dict(zip(names, found[model].tolist(), strict=True)), loaded.sha256


def write(population: Population, ids: list[str], store: SessionStore, on_progress: Progress) -> None:
    """One file a participant. Raises SimtuiError where one cannot be written; those before it stay."""
    from simtui.simulation.sessions import simulate

    for done, participant_id in enumerate(ids):
        on_progress(done, len(ids), participant_id)
        with store.hold(participant_id) as hold:
            hold.create(simulate(population, participant_id))


def summary(population: Population, count: int, store: SessionStore, study_path: Path) -> str:
    """What was made, by what model, and how to use it."""
    said = population.simulation
    people = "1 simulated participant is" if count == 1 else f"{count} simulated participants are"
    if said.r is None:
        follows = "what they share is random"
    else:
        known = ", ".join("unknown" if r is None else f"{r:.3f}" for r in said.r_of_mean or [])
        follows = f"r of {said.model} with the mean of endlessly many of them: {known}"
    return (
        f"{people} in {printable(store.folder)}\n"
        f"Reliability {said.reliability:g} (mean r of one with another), lapses {said.lapses:.0%}, seed {said.seed}; "
        f"{follows}\n"
        f"Analyses leave them out, unless told: simtui analyze {printable(study_path)} "
        f"{printable(store.folder)} --simulated"
    )
