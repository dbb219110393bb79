"""What is the network capturing? Image covariates against people, against each layer, and against what is left.

Every family of correlations (all covariates with one target) is judged against the largest |r| that the whole
family reaches when the target's order is shuffled (the maximum statistic: Westfall & Young, 1993): with eleven
covariates, one in two families would hold an r at p < .05 by chance alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from simtui.analysis.correlation import MIN_PAIRS, MIN_PAIRS_FOR_VERDICT, Vector, is_constant, optional, pearson_rows
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

Orders = NDArray[np.unsignedinteger[Any]]

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
    orders = _orders(n, seed) if n >= MIN_PAIRS_FOR_VERDICT else None
    with_people = _family(usable, target, orders)
    with_layer, people_given, layer_given, readings = {}, {}, {}, {}
    for name, similarity in layers.items():
        values = similarity[rated]
        if not np.isfinite(values).all() or is_constant(values):
            continue
        # The layer pixels is the pixel cosine: against itself it would say nothing.
        others = {key: value for key, value in usable.items() if name != BASELINE or key != "pixel_cosine"}
        with_layer[name] = _family(others, values, orders)
        people_given[name] = _family_given(others, target, values, orders)
        layer_given[name] = _family_given(others, values, target, orders)
        readings[name] = _reading(name, with_people, with_layer[name], people_given[name], layer_given[name])
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
        notes=tuple(_notes(known, usable, judged=orders is not None)),
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


def _orders(n: int, seed: int) -> Orders:
    """Random orders of n pairs, the same for every family, shape (permutations, n)."""
    rng = np.random.default_rng([seed, _STREAM])
    small = np.uint16 if n <= 2**16 else np.uint32
    return np.concatenate(
        [np.argsort(rng.random((block.stop - block.start, n)), axis=1).astype(small) for block in _blocks(n)]
    )


def _blocks(n: int) -> Iterator[slice]:
    """Permutations of n pairs some at a time: of a thousand pairs, all at once would take a hundred megabytes."""
    step = max(1, (1 << 19) // n)
    for start in range(0, N_PERMUTATIONS, step):
        yield slice(start, min(start + step, N_PERMUTATIONS))


def _family(
    covariates: Mapping[str, Vector], target: Vector, orders: Orders | None, given: Vector | None = None
) -> _Family:
    """r of each covariate with the target. orders: of the shuffles; None where the r are shown and not judged.

    given: what was taken out of all of these, and so is out of every shuffle too.
    """
    if not covariates:
        return _NO_FAMILY
    x = standardised(np.stack(list(covariates.values())))
    y = standardised(target)
    r = pearson_rows(x, y)
    if orders is None:
        return _Family({name: Judged(r=optional(value)) for name, value in zip(covariates, r, strict=True)}, None)
    weights = x.T / len(y)
    largest = np.concatenate([np.abs(shuffled @ weights).max(axis=1) for shuffled in _shuffled(y, orders, given)])
    # An r counts as reached up to rounding.
    reached = (largest[:, None] >= np.abs(r) * (1 - 1e-12)).sum(axis=0)
    p = (reached + 1) / (len(orders) + 1)
    # The smallest |r| whose p is at most LEVEL.
    allowed = int(LEVEL * (len(orders) + 1)) - 1
    threshold = float(np.sort(largest)[-allowed - 1])
    judged = {
        name: Judged(r=optional(value), p=float(chance)) for name, value, chance in zip(covariates, r, p, strict=True)
    }
    return _Family(judged, threshold)


def _family_given(covariates: Mapping[str, Vector], target: Vector, given: Vector, orders: Orders | None) -> _Family:
    """Partial r of each covariate with the target given a third variable.

    What is left of the target is shuffled, and what `given` explains of the shuffle taken out of that too (Freedman &
    Lane, 1983): without, chance alone is beyond the threshold in one family of five at five pairs.
    """
    left = {name: _residual(values, given) for name, values in covariates.items()}
    rest = _residual(target, given)
    kept = {name: values for name, values in left.items() if values is not None}
    # Of three pairs two variables leave nothing, and of four next to nothing.
    return _NO_FAMILY if rest is None or orders is None else _family(kept, rest, orders, given)


def _shuffled(target: Vector, orders: Orders, given: Vector | None) -> Iterator[NDArray[np.float64]]:
    """The standardised target in every order, some orders at a time, each row less what `given` explains of it.

    A row is scaled as its residual is, but not centred on `given`: the covariates are at a right angle to it anyway.
    """
    for block in _blocks(len(target)):
        shuffled = target[orders[block]]
        if given is not None:
            explained = shuffled @ standardised(given) / len(target)
            shuffled /= np.sqrt(np.maximum(1 - explained**2, 1e-12))[:, None]
        yield shuffled


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
