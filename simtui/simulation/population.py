"""Population: the people of a simulation, and the view of the pairs that all of them share."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable, require_installed
from simtui.network import container
from simtui.network.layers import check_layers
from simtui.progress import Progress, untold
from simtui.session.model import Simulation
from simtui.simulation import raters
from simtui.simulation.raters import Raters, Vector
from simtui.stimuli.pixels import pixel_cosines
from simtui.stimuli.source import Label
from simtui.study.model import Pair, Study


@dataclass(frozen=True, slots=True)
class Population:
    """All who could take part. latent: by pair id, what raters share of it; see simtui.simulation.raters."""

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
        rng = random_state("latent", study.sha256, seed, repr(digit))
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


def recruit(
    study: Study,
    model: str = "fc",
    checkpoint: Path | None = None,
    *,
    r: float | None = None,
    reliability: float = 0.4,
    lapses: float = 0.02,
    seed: int = 0,
    on_progress: Progress = untold,
) -> Population:
    """The people of a study who follow a model: a layer of the network, "pixels", or "random" for none.

    checkpoint: the network's weights, simtui's own unless told. r: see `populate`; 1 unless told.
    Raises SimtuiError where a number is out of its range, the network is missing, or nobody can follow the model.
    """
    if model == "random" and r is not None:
        raise SimtuiError("--model random follows no similarity, so that it has no --r: leave one of them out.")
    for name, value, low in (("r", r, -1), ("reliability", reliability, 0), ("lapses", lapses, 0)):
        if value is not None and not low <= value <= 1:
            raise SimtuiError(f"The {name} of simulated people is {value:g}: choose a number from {low} to 1.")
    similarity, checkpoint_sha256 = _similarity(study, model, checkpoint, on_progress)
    return populate(
        study,
        similarity,
        model=model,
        checkpoint_sha256=checkpoint_sha256,
        r=1.0 if r is None else r,
        reliability=reliability,
        lapses=lapses,
        seed=seed,
    )


def _similarity(
    study: Study, model: str, checkpoint: Path | None, on_progress: Progress
) -> tuple[dict[str, float] | None, str | None]:
    """By pair id, the similarity of the practice pairs and all that are analysed; and the network's sha256."""
    if model == "random":
        return None, None
    pairs = [*study.practice_pairs, *study.pairs]
    left, right = study.pixels(pair.left for pair in pairs), study.pixels(pair.right for pair in pairs)
    names = [pair.id for pair in pairs]
    if model == "pixels":
        return dict(zip(names, pixel_cosines(left, right).tolist(), strict=True)), None
    check_layers([model])
    require_installed(f"simtui simulate --model {model}", ("torch",))
    if checkpoint is not None:
        container.read(checkpoint)  # refused before torch is imported, which takes seconds
    from simtui.network import checkpoint as checkpoints
    from simtui.network.similarity import pair_similarities

    loaded = checkpoints.load(checkpoint or container.default_checkpoint())
    found = pair_similarities(loaded.net, left, right, [model], on_progress)
    return dict(zip(names, found[model].tolist(), strict=True)), loaded.sha256


def random_state(what: str, *parts: object) -> np.random.RandomState:
    """Random numbers that follow from what they are for and these parts alone, on every machine."""
    digest = hashlib.sha256("|".join(map(str, (f"simtui simulation {what}", *parts))).encode()).digest()
    words: NDArray[np.uint32] = np.frombuffer(digest, dtype="<u4").astype(np.uint32)
    return np.random.RandomState(words)


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
