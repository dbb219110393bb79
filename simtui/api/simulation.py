"""Ratings of people who do not exist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simtui.analysis import ratings as session_ratings
from simtui.analysis.ratings import Ratings
from simtui.progress import Progress, untold
from simtui.study import model as studies

if TYPE_CHECKING:
    from simtui.simulation.engines import How


def simulate(
    study: studies.Study,
    participants: int = 10,
    *,
    sessions: str | Path | None = None,
    model: str = "fc",
    r: float | None = None,
    reliability: float = 0.4,
    lapses: float = 0.02,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    how: How | None = None,
    on_progress: Progress = untold,
) -> Ratings:
    """Ratings by people who do not exist, S001, S002 and so on, to try things out.

    model: the similarity that they follow: a layer of the network, "pixels", or "random" for none. r: its correlation
    with what all of them share, 1 unless told. reliability: mean r of one with another. lapses: share of the trials
    in which they press any key. checkpoint: the network's weights; simtui's own unless told.
    sessions: the folder to write their session files to; none are written unless told. how: which processes or
    machines make them, and which part of them; all in this process unless told.
    The same arguments give the same ratings. Raises SimtuiError where a number is out of its range, the model cannot
    be followed, or one of the participants has a session there already; nothing is written then.
    """
    from simtui.session import file as session_file
    from simtui.session.store import SessionStore
    from simtui.simulation import sessions as simulated
    from simtui.simulation.engines import ALONE, compute
    from simtui.simulation.population import recruit

    how = how or ALONE
    ids = simulated.participant_ids(participants)
    store = None if sessions is None else SessionStore(Path(sessions), study.id)
    if store is not None:
        simulated.require_new(store, simulated.of_part(ids, how.part))
    path = None if checkpoint is None else Path(checkpoint)
    population = recruit(
        study, model, path, r=r, reliability=reliability, lapses=lapses, seed=seed, on_progress=on_progress
    )
    job = simulated.job(population, ids, None if sessions is None else Path(sessions))
    made = []
    for batch in compute(job, how, on_progress):
        for session in map(session_file.decode, batch):
            name = session.participant_id
            made.append((f"{name}, simulated in memory" if store is None else str(store.path(name, 1)), session))
    return session_ratings.of_sessions(study, made)
