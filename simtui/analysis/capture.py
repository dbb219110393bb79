"""What is the network capturing? Image covariates against people, against each layer, and against what is left.

Every family of correlations (all covariates with one target) is judged against the largest |r| that the whole
family reaches when the target's order is shuffled (the maximum statistic: Westfall & Young, 1993): with eleven
covariates, one in two families would hold an r at p < .05 by chance alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from simtui.analysis.correlation import (
    MIN_PAIRS,
    MIN_PAIRS_FOR_VERDICT,
    Matrix,
    Vector,
    is_constant,
    optional,
    pearson_rows,
)
from simtui.analysis.covariates import COVARIATES
from simtui.analysis.distributions import average_ranks
from simtui.analysis.layer_results import (
    BASELINE,
    LEVEL,
    Capture,
    Covariate,
    CovariateOfLayer,
    Disagreements,
    Judged,
    RankedPair,
)
from simtui.analysis.resampling import N_PERMUTATIONS, standardised
from simtui.errors import printable

MOST_DISAGREEMENTS = 3

_STREAM = 5
"""The generator of these permutations: other resampling uses the streams 0 to 4 of the same seed."""


class Captured(Struct, frozen=True, kw_only=True):
    """Everything that is said of one group, named as in `Group`; `notes` is for the Report."""

    covariates: tuple[Covariate, ...] = ()
    covariate_threshold: float | None = None
    captures: dict[str, Capture] = {}
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Family:
    """Covariates with one target. judged: by covariate, r and its family-wise p."""

    judged: dict[str, Judged]
    threshold: float | None


_NO_FAMILY = _Family({}, None)

_PEOPLE = "people", ""


def capture(
    covariates: Mapping[str, Vector], layers: Mapping[str, Vector], human: Vector, *, seed: int = 0
) -> Captured:
    """The covariates of a group's pairs against its mean rating `human` and against each layer, all (pairs,).

    NaN in `human` is a pair without a rating; a layer with a NaN is left out.
    """
    rated = np.isfinite(human)
    target, n = human[rated], int(rated.sum())
    if not covariates or n < MIN_PAIRS or is_constant(target):
        return Captured()
    known = {name: values[rated] for name, values in covariates.items()}
    usable = {name: values for name, values in known.items() if np.isfinite(values).all() and not is_constant(values)}
    asked = {_PEOPLE: _Question(usable, target)}
    used = {
        name: similarity[rated]
        for name, similarity in layers.items()
        if np.isfinite(similarity[rated]).all() and not is_constant(similarity[rated])
    }
    for name, values in used.items():
        # The layer pixels is the pixel cosine: against itself it would say nothing.
        others = {key: value for key, value in usable.items() if name != BASELINE or key != "pixel_cosine"}
        asked["layer", name] = _Question(others, values)
        asked["people given", name] = _Question(others, target, values)
        asked["layer given", name] = _Question(others, values, target)
    judged = n >= MIN_PAIRS_FOR_VERDICT
    found = _families(asked, n, seed if judged else None)
    with_people = found[_PEOPLE]
    with_layer, people_given, layer_given = (
        {name: found[what, name] for name in used} for what in ("layer", "people given", "layer given")
    )
    readings = {
        name: _reading(name, with_people, with_layer[name], people_given[name], layer_given[name]) for name in used
    }
    return Captured(
        covariates=tuple(
            Covariate(
                name=name,
                label=COVARIATES[name].label,
                kind=COVARIATES[name].kind,
                people=with_people.judged.get(name, Judged()),
                layers={
                    layer: CovariateOfLayer(
                        layer=with_layer[layer].judged.get(name, Judged()),
                        people_given_layer=people_given[layer].judged.get(name, Judged()),
                        layer_given_people=layer_given[layer].judged.get(name, Judged()),
                    )
                    for layer in with_layer
                },
            )
            for name in covariates
        ),
        covariate_threshold=with_people.threshold,
        captures={
            layer: Capture(
                threshold=with_layer[layer].threshold,
                threshold_people_given_layer=people_given[layer].threshold,
                threshold_layer_given_people=layer_given[layer].threshold,
                reading=readings[layer],
            )
            for layer in with_layer
        },
        notes=tuple(_notes(known, usable, judged=judged)),
    )


def disagreements(
    pairs: Sequence[str], layers: Mapping[str, Vector], human: Vector, most: int = MOST_DISAGREEMENTS
) -> dict[str, Disagreements]:
    """By layer, the pairs (by id) whose rank in the layer and in the mean rating differ most, in each direction.

    Rank 1 is the most similar pair; equal values share the mean of their ranks.
    """
    rated = [int(i) for i in np.flatnonzero(np.isfinite(human))]
    found = {}
    for name, values in layers.items():
        if not rated or not np.isfinite(values[rated]).all():
            continue
        # Means that are equal on paper differ in the last bit; a rank must not see that.
        of_people, of_layer = (average_ranks(-np.round(v[rated], 12)) for v in (human, values))
        gap = of_people - of_layer
        ranked = [
            RankedPair(id=pairs[i], human_rank=float(a), network_rank=float(b))
            for i, a, b in zip(rated, of_people, of_layer, strict=True)
        ]
        order, backwards = (np.argsort(values, kind="stable").tolist() for values in (-gap, gap))
        found[name] = Disagreements(
            network_higher=tuple(ranked[i] for i in order[:most] if gap[i] > 0),
            people_higher=tuple(ranked[i] for i in backwards[:most] if gap[i] < 0),
        )
    return found


def _families(asked: Mapping[tuple[str, str], _Question], n: int, seed: int | None) -> dict[tuple[str, str], _Family]:
    """r of each question's covariates with its target, over n pairs. seed: None where r are shown and not judged.

    What is left of a target given a third variable is shuffled, and what that explains of the shuffle taken out of it
    too (Freedman & Lane, 1983): without, chance alone is beyond the threshold in one family of five at five pairs.
    """
    plans = {key: plan for key, question in asked.items() if (plan := question.plan(judged=seed is not None))}
    largest: dict[tuple[str, str], Vector] = {}
    if seed is not None:
        largest = {key: np.empty(N_PERMUTATIONS) for key in plans}
        rng = np.random.default_rng([seed, _STREAM])
        # Permutations some at a time, the same for every family: all at once would take a hundred megabytes.
        step = max(1, (1 << 19) // n)
        for start in range(0, N_PERMUTATIONS, step):
            block = slice(start, min(start + step, N_PERMUTATIONS))
            orders = np.argsort(rng.random((block.stop - block.start, n)), axis=1)
            for key, plan in plans.items():
                largest[key][block] = plan.largest(orders)
    return {key: plans[key].family(largest.get(key)) if key in plans else _NO_FAMILY for key in asked}


@dataclass(frozen=True, slots=True)
class _Question:
    """Which covariates go with a target? given: what is taken out of all of these, and out of every shuffle too."""

    covariates: Mapping[str, Vector]
    target: Vector
    given: Vector | None = None

    def plan(self, *, judged: bool) -> _Plan | None:
        """What is correlated; None where nothing is left of the target or the covariates, or they are not judged."""
        covariates, target = dict(self.covariates), self.target
        if self.given is not None:
            rest = _residual(target, self.given)
            if rest is None or not judged:
                # Of three pairs two variables leave nothing, and of four next to nothing.
                return None
            left = {name: _residual(values, self.given) for name, values in covariates.items()}
            covariates, target = {name: values for name, values in left.items() if values is not None}, rest
        if not covariates:
            return None
        given = None if self.given is None else standardised(self.given)
        return _Plan(tuple(covariates), standardised(np.stack(list(covariates.values()))), standardised(target), given)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Standardised covariates (covariates, pairs) by name, their target, and what was taken out of both."""

    names: tuple[str, ...]
    covariates: Matrix
    target: Vector
    given: Vector | None

    def largest(self, orders: NDArray[np.intp]) -> Vector:
        """The largest |r| of the covariates with the target in each order, shape (orders,).

        A shuffle is scaled as its residual is, but not centred on `given`: the covariates are at a right angle to it
        anyway.
        """
        n = len(self.target)
        shuffled = self.target[orders]
        if self.given is not None:
            explained = shuffled @ self.given / n
            shuffled /= np.sqrt(np.maximum(1 - explained**2, 1e-12))[:, None]
        return np.asarray(np.abs(shuffled @ (self.covariates.T / n)).max(axis=1), dtype=np.float64)

    def family(self, largest: Vector | None) -> _Family:
        """r of each covariate; and its p and the threshold, from the largest |r| of each shuffle."""
        r = pearson_rows(self.covariates, self.target)
        if largest is None:
            return _Family({name: Judged(r=optional(value)) for name, value in zip(self.names, r, strict=True)}, None)
        # An r counts as reached up to rounding.
        reached = (largest[:, None] >= np.abs(r) * (1 - 1e-12)).sum(axis=0)
        p = (reached + 1) / (len(largest) + 1)
        # The smallest |r| whose p is at most LEVEL.
        allowed = int(LEVEL * (len(largest) + 1)) - 1
        judged = zip(self.names, r, p, strict=True)
        return _Family(
            {name: Judged(r=optional(value), p=float(chance)) for name, value, chance in judged},
            float(np.sort(largest)[-allowed - 1]),
        )


def _residual(values: Vector, given: Vector) -> Vector | None:
    """What a straight line in `given` leaves of `values`; None where that is nothing."""
    x, y = standardised(given), standardised(values)
    left = y - x * float((x * y).mean())
    return None if float((left**2).mean()) < 1e-12 else left


def _reading(layer: str, people: _Family, network: _Family, missed: _Family, extra: _Family) -> str | None:
    """One sentence of what the numbers show; None where they show nothing."""
    followed, tracked = _evident(people), _evident(network)
    parts = []
    if followed:
        parts.append(f"People go with {followed}")
    # That pixels go with where the ink lies says nothing.
    if tracked and layer != BASELINE:
        parts.append(f"{printable(layer)} tracks {tracked}")
    left_out, of_its_own = _evident(missed), _evident(extra)
    if left_out:
        parts.append(f"what {printable(layer)} leaves unexplained in people goes with {left_out}")
    if of_its_own:
        parts.append(f"with people's ratings held constant, {printable(layer)} still goes with {of_its_own}")
    if not parts:
        return None
    sentence = "; ".join(parts)
    return f"{sentence[0].upper() if followed else sentence[0]}{sentence[1:]}."


def _evident(family: _Family, most: int = 2) -> str:
    """The strongest covariates beyond the family's threshold and in the right direction, one of each kind."""
    beyond = {
        name: judged.r
        for name, judged in family.judged.items()
        if judged.r is not None and judged.p is not None and judged.p <= LEVEL
        if judged.r * COVARIATES[name].direction > 0
    }
    by_meaning: dict[str, str] = {}
    for name in sorted(beyond, key=lambda key: -abs(beyond[key])):
        by_meaning.setdefault(COVARIATES[name].says, f"{COVARIATES[name].label}, r = {beyond[name]:.2f}")
    return " and ".join(f"{says} ({how})" for says, how in list(by_meaning.items())[:most])


def _notes(known: Mapping[str, Vector], usable: Mapping[str, Vector], *, judged: bool) -> Iterator[str]:
    if not judged:
        yield (
            f"Under {MIN_PAIRS_FOR_VERDICT} pairs the r of the image measures are shown and not judged: "
            "there is no threshold, no partial r and no reading."
        )
    blank = [COVARIATES[name].label for name, values in known.items() if not np.isfinite(values).all()]
    if blank:
        yield f"An image without ink leaves these covariates without r: {', '.join(blank)}."
    alike = [COVARIATES[name].label for name in known if name not in usable and COVARIATES[name].label not in blank]
    if alike:
        yield f"The same for all pairs, and so without r: {', '.join(alike)}."
