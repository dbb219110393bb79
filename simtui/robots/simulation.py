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

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from simtui import __version__
from simtui.errors import SimtuiError, printable
from simtui.robots import raters
from simtui.robots.raters import Raters, Vector
from simtui.schedule import list_by_number, plan
from simtui.session import Environment, Schedule, Session, Simulation, Trial, encode_simulation, new_session
from simtui.stimuli.source import Label
from simtui.study import Pair, Study

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Simulated sessions take place in the year after: at no time when anybody could have rated."""

BETWEEN_MS = 120.0
"""From a response to the next blank, on the rating screen."""

FASTEST_MS = 150.0
"""No response time of the model is below this, nor below what the study accepts."""


@dataclass(frozen=True, slots=True)
class Population:
    """All who could take part. latent: by pair id, what raters share of it; see simtui.robots.raters."""

    study: Study
    simulation: Simulation
    latent: Mapping[str, float]

    @property
    def raters(self) -> Raters:
        said = self.simulation
        return Raters(
            low=self.study.scale.low,
            high=self.study.scale.high,
            lapses=said.lapses,
            shared=said.shared,
            own=said.own,
            spread=said.spread,
            offset_sd=said.offset_sd,
            slope_sd=said.slope_sd,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a simulated participant does in one trial. rt: ms."""

    rating: int
    rt: float


def populate(
    study: Study,
    similarity: Mapping[str, float] | None,
    *,
    model: str,
    checkpoint_sha256: str | None = None,
    r: float = 1.0,
    reliability: float = 0.4,
    lapses: float = 0.02,
    seed: int = 0,
) -> Population:
    """The people of a study, whose shared view of the pairs has the correlation `r` with a similarity.

    similarity: by pair id, of every pair to be rated and perhaps of the practice pairs; None where they follow
        none, and what they share is random.
    r: over the pairs of each digit, exactly (of three pairs or more).
    Raises SimtuiError where a pair has no similarity, where those of one digit do not differ, and where the
    reliability is out of reach.
    """
    latent: dict[str, float] = {}
    for digit, pairs in _digits(study).items():
        rng = _random("latent", study.sha256, seed, repr(digit))
        values = None if similarity is None else _similarities(pairs, similarity, digit, model)
        shared = _shared(values, r, rng.standard_normal(len(pairs)))
        latent |= {pair.id: float(z) for pair, z in zip(pairs, shared, strict=True)}
        practice = [pair for pair in study.practice_pairs if pair.digit == digit]
        for pair, e in zip(practice, rng.standard_normal(len(practice)), strict=True):
            latent[pair.id] = _practised(pair, similarity, values, r, float(e))
    groups = [(pairs, np.array([latent[pair.id] for pair in pairs])) for pairs in _digits(study).values()]
    usual = raters.usual_raters(study.scale.low, study.scale.high, lapses)
    people = raters.calibrated(usual, [z for _, z in groups], reliability)
    of_mean = None if similarity is None else [_r_of_mean(people, pairs, z, similarity) for pairs, z in groups]
    simulation = Simulation(
        version=raters.VERSION,
        model=model,
        checkpoint_sha256=checkpoint_sha256,
        seed=seed,
        r=None if similarity is None else r,
        r_of_mean=of_mean,
        reliability=reliability,
        # So that the file is the same wherever a sum is rounded in its last bit.
        shared=round(people.shared, 6),
        own=people.own,
        lapses=lapses,
        spread=people.spread,
        offset_sd=people.offset_sd,
        slope_sd=people.slope_sd,
        rt_mu=raters.RT_MU,
        rt_sigma=raters.RT_SIGMA,
        rt_tau=raters.RT_TAU,
        speed_sd=raters.SPEED_SD,
    )
    return Population(study, simulation, latent)


def answers(population: Population, participant_id: str, schedule: Schedule) -> list[Answer]:
    """What this participant does in every trial of the plan.

    A catch trial gets the rating that it expects, unless the participant lapses.
    """
    study, people, said = population.study, population.raters, population.simulation
    rng = _random("participant", study.sha256, encode_simulation(said), participant_id, schedule.seed)
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
    schedule = plan(study, participant_id, 1, list_by_number(participant_id, study.design.lists))
    started = _start(population, participant_id)
    session = new_session(
        study_id=study.id,
        study_sha256=study.sha256,
        participant_id=participant_id,
        run=1,
        schedule=schedule,
        # There was no screen: not even a polarity.
        environment=Environment(simtui=__version__, polarity=""),
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


def pixel_similarity(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> Vector:
    """Cosine of the images of each pair, (pairs, 28, 28) both: (pairs,), NaN where one is blank."""
    a, b = (side.reshape(len(side), -1).astype(np.float64) for side in (left, right))
    lengths = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    cosine = np.full(len(a), math.nan)
    np.divide((a * b).sum(axis=1), lengths, out=cosine, where=lengths > 0)
    return cosine


def participant_ids(count: int) -> list[str]:
    """S001, S002, …"""
    return [f"S{number:03d}" for number in range(1, count + 1)]


# ---------------------------------------------------------------------- what raters share


def _digits(study: Study) -> dict[Label, list[Pair]]:
    """The pairs of each class: similarities and ratings of different classes are never put together."""
    digits: dict[Label, list[Pair]] = {}
    for pair in study.pairs:
        digits.setdefault(pair.digit, []).append(pair)
    return digits


def _similarities(pairs: Sequence[Pair], similarity: Mapping[str, float], digit: Label, model: str) -> Vector:
    values = np.array([similarity.get(pair.id, math.nan) for pair in pairs])
    lacking = [pair.id for pair, value in zip(pairs, values, strict=True) if not math.isfinite(value)]
    if lacking:
        raise SimtuiError(
            f"The pair {lacking[0]} has no similarity in {model}, so nobody can follow it: choose another --model."
        )
    if len(values) > 1 and np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise SimtuiError(
            f"All pairs of {printable(digit, 40)} are equally similar in {model}, so nobody can follow it: "
            "choose another --model."
        )
    return values


def _shared(similarity: Vector | None, r: float, other: Vector) -> Vector:
    """Latent similarity of mean 0 and variance 1 whose correlation with `similarity` is r.

    other: independent random numbers, of which the part that says nothing of the similarity is taken.
    """
    n = len(other)
    if n < 3:
        return other if similarity is None else r * _standardised(similarity) + math.sqrt(1 - r * r) * other
    if similarity is None:
        return _standardised(other)
    s = _standardised(similarity)
    rest = other - other.mean()
    rest -= (rest @ s) / n * s
    return np.asarray(r * s + math.sqrt(1 - r * r) * _standardised(rest), dtype=np.float64)


def _standardised(values: Vector) -> Vector:
    centred = values - values.mean()
    spread = math.sqrt(float((centred**2).mean()))
    return np.asarray(centred / spread if spread > 0 else centred, dtype=np.float64)


def _practised(pair: Pair, similarity: Mapping[str, float] | None, values: Vector | None, r: float, e: float) -> float:
    """The latent similarity of a practice pair, on the measure of the pairs of its digit."""
    own = math.nan if similarity is None else similarity.get(pair.id, math.nan)
    if values is None or len(values) < 2 or not math.isfinite(own):
        return e
    s = float((own - values.mean()) / values.std())
    return r * max(-3.0, min(3.0, s)) + math.sqrt(1 - r * r) * e


def _r_of_mean(people: Raters, pairs: Sequence[Pair], latent: Vector, similarity: Mapping[str, float]) -> float | None:
    if len(pairs) < 3:
        return None
    mean = raters.mean_rating(people, latent)
    if np.ptp(mean) <= 1e-9:
        return None
    return round(float(np.corrcoef([similarity[pair.id] for pair in pairs], mean)[0, 1]), 6)


# ---------------------------------------------------------------------- the seeds of everything


def _random(what: str, *parts: object) -> np.random.RandomState:
    digest = hashlib.sha256("|".join(map(str, (f"simtui simulation {what}", *parts))).encode()).digest()
    words: NDArray[np.uint32] = np.frombuffer(digest, dtype="<u4").astype(np.uint32)
    return np.random.RandomState(words)


def _name(population: Population, participant_id: str) -> str:
    return "|".join(
        ("simtui simulation", population.study.sha256, participant_id, encode_simulation(population.simulation))
    )


def _start(population: Population, participant_id: str) -> datetime:
    number = int.from_bytes(hashlib.sha256(_name(population, participant_id).encode()).digest()[:4], "big")
    return EPOCH + timedelta(seconds=number % (365 * 86_400))


def _clock(started: datetime, ms: float) -> str:
    return (started + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
