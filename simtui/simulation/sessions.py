"""Simulation: complete sessions of people who do not exist, from a similarity of pairs and a seed.

What one of them does depends on the study, the simulation and the participant id alone: the same three give the
same file, byte for byte. The random numbers are those of numpy's RandomState, which numpy has promised to keep.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import convert, to_builtins
from msgspec.structs import replace

from simtui import __version__
from simtui.errors import SimtuiError, printable
from simtui.session import file as session_file
from simtui.session.environment import Environment
from simtui.session.file import encode_simulation
from simtui.session.model import Session, Simulation, Trial, new_session
from simtui.session.store import SessionStore
from simtui.simulation import raters
from simtui.simulation.batches import Job, Part
from simtui.simulation.population import Population, random_state
from simtui.study.model import Study
from simtui.study.schedule import Schedule, list_by_number, plan

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Simulated sessions take place in the year after: at no time when anybody could have rated."""

BETWEEN_MS = 120.0
"""From a response to the next blank, on the rating screen."""

FASTEST_MS = 150.0
"""No response time of the model is below this, nor below what the study accepts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a simulated participant does in one trial. rt: ms."""

    rating: int
    rt: float


def answers(population: Population, participant_id: str, schedule: Schedule) -> list[Answer]:
    """What this participant does in every trial of the plan.

    A catch trial gets the rating that it expects, unless the participant lapses.
    """
    study, people, said = population.study, population.raters, population.simulation
    rng = random_state("participant", study.sha256, encode_simulation(said), participant_id, schedule.seed)
    style = raters.draw_styles(people, (1,), rng)
    pace = math.exp(said.speed_sd * rng.standard_normal())
    pairs = {pair.id: pair for pair in study.every_pair()}
    views = dict(zip(pairs, rng.standard_normal(len(pairs)), strict=True))
    ids = [trial.pair_id for trial in schedule.trials]
    view = np.array([views[name] for name in ids])
    z = np.array([population.latent.get(name, 0.0) for name in ids])
    rating = raters.rate(people, z, raters.draw_noise(people, view, rng), style)
    for place, name in enumerate(ids):
        expected = pairs[name].expected
        if expected is not None:
            rating[place] = expected
    rating = raters.lapse(people, rating, rng)
    rt = pace * (
        said.rt_mu + said.rt_sigma * rng.standard_normal(len(ids)) + said.rt_tau * rng.standard_exponential(len(ids))
    )
    fastest = max(FASTEST_MS, study.design.min_viewing_ms + 50.0)
    return [Answer(int(value), round(float(ms), 1)) for value, ms in zip(rating, np.maximum(rt, fastest), strict=True)]


def simulate(population: Population, participant_id: str) -> Session:
    """The complete first run of a participant, as it would stand in its file."""
    study, simulation = population.study, population.simulation
    list_index = list_by_number(participant_id, study.design.lists)
    schedule = plan(study, participant_id, 1, list_index)
    started = _start(population, participant_id)
    session = new_session(
        study_id=study.id,
        study_sha256=study.sha256,
        participant_id=participant_id,
        run=1,
        schedule=schedule,
        # There was no screen: not even a polarity.
        environment=Environment(simtui=__version__, polarity=""),
        list_index=list_index,
        simulation=simulation,
    )
    trials: list[Trial] = []
    elapsed = 0.0
    pairs = {pair.id: pair for pair in study.every_pair()}
    for index, (planned, answer) in enumerate(
        zip(schedule.trials, answers(population, participant_id, schedule), strict=True)
    ):
        pair = pairs[planned.pair_id]
        onset = round(elapsed + BETWEEN_MS + study.design.blank_ms, 1)
        elapsed = round(onset + answer.rt, 1)
        trials.append(
            Trial(
                trial_index=index,
                trial_type=planned.trial_type,
                pair_id=pair.id,
                stimulus_left=pair.right if planned.swapped else pair.left,
                stimulus_right=pair.left if planned.swapped else pair.right,
                swapped=planned.swapped,
                response=answer.rating,
                key="",
                rt=answer.rt,
                onset=onset,
                time_elapsed=elapsed,
                timestamp=_clock(started, elapsed),
            )
        )
    finished = _clock(started, elapsed)
    return replace(
        session,
        session_id=str(uuid.uuid5(uuid.NAMESPACE_OID, _name(population, participant_id))),
        status="complete",
        started_at=_clock(started, 0.0),
        updated_at=finished,
        finished_at=finished,
        trials=trials,
    )


def participant_ids(count: int) -> list[str]:
    """S001, S002, … Raises SimtuiError for fewer than one."""
    if count < 1:
        raise SimtuiError(f"{count} simulated participants were asked for: ask for 1 or more.")
    return [f"S{number:03d}" for number in range(1, count + 1)]


def require_new(store: SessionStore, ids: Sequence[str]) -> None:
    """Raises SimtuiError where one of the participants has a session already; nothing is written then."""
    for participant_id in ids:
        if store.next_run(participant_id) > 1:
            raise SimtuiError(
                f"{printable(store.path(participant_id, 1))} is there already and nothing was written: "
                "name another folder with --sessions, or move the earlier files away."
            )


def job(population: Population, ids: Sequence[str], root: Path | None) -> Job:
    """The sessions of these participants, as a job to be computed. root: where their files go; None for none."""
    told = {
        "study": to_builtins(population.study),
        "simulation": to_builtins(population.simulation),
        "latent": dict(population.latent),
        "ids": list(ids),
        "root": None if root is None else str(root.absolute()),
    }
    seed, size = population.simulation.seed, _size(len(ids))
    return Job(kind="simulate", work=f"{__name__}:work", parameters=told, seed=seed, count=len(ids), size=size)


def of_part(ids: Sequence[str], part: Part) -> list[str]:
    """Those of the participants who are in a part of their job."""
    size = _size(len(ids))
    return [name for place, name in enumerate(ids) if place // size % part.of == part.number - 1]


def _size(participants: int) -> int:
    """In a batch. What is random in a session follows from its participant's id, whatever the batch."""
    return max(1, participants // 200)


def work(told: Mapping[str, Any], indices: range, seed: int) -> list[str]:  # noqa: ARG001  every id has its own
    """A batch: each session as its file says it. Raises SimtuiError where one cannot be written."""
    study = convert(told["study"], Study)
    population = Population(study, convert(told["simulation"], Simulation), told["latent"])
    store = None if told["root"] is None else SessionStore(Path(told["root"]), study.id)
    made = []
    for index in indices:
        session = simulate(population, told["ids"][index])
        # One that is there already is of this very batch, whose process died.
        if store is not None and not store.has(session):
            with store.hold(session.participant_id) as hold:
                hold.create(session)
        made.append(session_file.encode(session).decode())
    return made


# ---------------------------------------------------------------------- the seeds of everything


def _name(population: Population, participant_id: str) -> str:
    return "|".join(
        ("simtui simulation", population.study.sha256, participant_id, encode_simulation(population.simulation))
    )


def _start(population: Population, participant_id: str) -> datetime:
    number = int.from_bytes(hashlib.sha256(_name(population, participant_id).encode()).digest()[:4], "big")
    return EPOCH + timedelta(seconds=number % (365 * 86_400))


def _clock(started: datetime, ms: float) -> str:
    return (started + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
