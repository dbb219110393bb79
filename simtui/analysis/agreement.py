"""Network against people: how well each layer's similarities agree with the ratings of one group."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from simtui.analysis import correlation, resampling
from simtui.analysis.another_person import BesidePeople, beside_people
from simtui.analysis.caveats import about_bend, about_layers, about_ratings
from simtui.analysis.correlation import (
    MIN_PAIRS,
    MIN_PAIRS_FOR_VERDICT,
    Matrix,
    Vector,
    is_constant,
    pearson_rows,
)
from simtui.analysis.distributions import average_ranks
from simtui.analysis.layer_differences import williams_t
from simtui.analysis.layer_results import (
    BASELINE,
    ForNew,
    Interval,
    Kendall,
    LayerAgreement,
    LayerDifference,
    Mixed,
    Partial,
    Pearson,
    Spearman,
    VsPerson,
)
from simtui.analysis.mixed import mixed
from simtui.analysis.new_people import for_new, own_r
from simtui.analysis.rdm import Complete, mantel_p
from simtui.analysis.reliability import mean_defined
from simtui.analysis.resampling import Units
from simtui.analysis.results import NO_CEILINGS, Ceilings
from simtui.analysis.usable import UsableRatings
from simtui.errors import SimtuiError, printable


@dataclass(frozen=True, slots=True)
class Agreement:
    """Every layer against the people of one group; see `Group` for what it names too.

    units: what the bootstrap draws of the rated pairs. correlated: the layers that have a correlation, each with its
    similarities of the rated pairs. n_rated: how many those pairs are.
    """

    layers: dict[str, LayerAgreement]
    differences: tuple[LayerDifference, ...]
    n_rated: int
    verdict: bool
    detectable_r: float | None
    units: Units
    correlated: dict[str, Vector]
    notes: tuple[str, ...]


@dataclass
class _Resampled:
    """What resampling says of the layers that have a correlation, by name."""

    ci_bca: dict[str, Interval | None] = field(default_factory=dict)
    ci_crossed: dict[str, Interval | None] = field(default_factory=dict)
    p: dict[str, float] = field(default_factory=dict)
    for_new: dict[str, ForNew] = field(default_factory=dict)
    differences: list[LayerDifference] = field(default_factory=list)


def agreement(
    similarities: Mapping[str, Vector],
    ratings: UsableRatings,
    *,
    images: Sequence[tuple[str, str]] | None = None,
    ceilings: Ceilings = NO_CEILINGS,
    seed: int = 0,
    compared: bool = True,
    n_bootstrap: int = resampling.N_BOOTSTRAP,
    n_permutations: int = resampling.N_PERMUTATIONS,
) -> Agreement:
    """Agreement of each layer's similarities, shape (pairs,), with the ratings of the same pairs.

    `images` are each pair's (left, right) image ids, so that pairs that share one are not taken as
    independent. `ceilings` are those of the same ratings. Unless `compared`, no layer is compared with another or with
    a person, nor tested for new people, nor has it a BCa interval.
    The same seed gives the same numbers, whatever other layers are there.
    Raises SimtuiError where a similarity is not a number.
    """
    _check(similarities, ratings)
    h, human, rated = ratings.averaged, ratings.mean, ratings.rated
    n = int(rated.sum())
    shown = None if images is None else [pair for pair, there in zip(images, rated, strict=True) if there]
    units = resampling.independent_units(n, shown)
    design = None if shown is None else Complete.of(shown)
    notes = about_ratings(h, constant=is_constant(human), units=units, complete=design is not None)
    correlated = {
        name: values[rated]
        for name, values in similarities.items()
        if n >= MIN_PAIRS and not is_constant(human) and not is_constant(values[rated])
    }
    if n >= MIN_PAIRS:
        notes += [
            f"Layer {printable(name)} gives all pairs the same similarity: it correlates with nothing."
            for name, values in similarities.items()
            if is_constant(values[rated])
        ]
    resampled, beside = _Resampled(), BesidePeople((VsPerson(),) * len(correlated), (None,) * len(correlated))
    if correlated:
        table = _Table(correlated, h[:, rated], human[rated], units, design)
        resampled = _resample(table, seed, (n_bootstrap, n_permutations), compared=compared)
        if compared:
            beside = beside_people(table.similarities, table.ratings, units, seed=seed)
    order = {name: i for i, name in enumerate(correlated)}
    bounded = ceilings.mean_ci is not None and ceilings.mean_ci[0] > 0
    # The very task of another person: the same pairs, those that this person rated, and the same people.
    others = np.where(np.isfinite(h) & np.isfinite(ratings.r_with_others)[:, None], ratings.others, np.nan)
    layers = {}
    for name, values in similarities.items():
        r = correlation.pearson(values[rated], human[rated]) if name in correlated else None
        own = pearson_rows(h, values)
        given = by_ranks = Partial()
        if r is not None and name != BASELINE and BASELINE in similarities:
            given = correlation.partial(values, human, similarities[BASELINE][None, :])
            by_ranks = Partial() if given.r is None else _given_pixels_by_ranks(values, human, similarities)
        layers[name] = LayerAgreement(
            pearson=Pearson(
                r=r,
                ci=None if r is None else correlation.fisher_ci(r, n),
                ci_bca=resampled.ci_bca.get(name),
                ci_crossed=resampled.ci_crossed.get(name),
                p=resampled.p.get(name),
            ),
            spearman=Spearman(rho=correlation.spearman(values, human)),
            kendall=Kendall(tau_b=correlation.kendall(values, human)),
            mean_individual_r=mean_defined(own),
            r_over_ceiling=None if r is None or not ceilings.mean else r / ceilings.mean,
            partial_given_pixels=given,
            individual_r=ratings.for_everybody(own),
            as_another_person_r=mean_defined(pearson_rows(others, values)),
            pairs_needed=None if r is None else correlation.pairs_needed(r),
            mixed=mixed(values, h) if name in correlated and compared and units.kind == "pairs" else Mixed(),
            for_new=resampled.for_new.get(name, ForNew()),
            vs_person=beside.vs_person[order[name]] if name in correlated else VsPerson(),
            r_over_ceiling_ci=beside.r_over_ceiling[order[name]] if name in correlated and bounded else None,
            partial_given_pixels_ranks=by_ranks,
        )
    notes += about_layers(layers, resampled.differences, n_pairs=n, n_raters=len(h), baseline=BASELINE, bca=compared)
    if BASELINE in correlated and any(layer.partial_given_pixels.r is not None for layer in layers.values()):
        notes += about_bend(correlated[BASELINE], human[rated])
    return Agreement(
        layers=layers,
        differences=tuple(resampled.differences),
        n_rated=n,
        verdict=n >= MIN_PAIRS_FOR_VERDICT and bool(correlated),
        detectable_r=correlation.detectable_r(n),
        units=units,
        correlated=correlated,
        notes=tuple(notes),
    )


def _given_pixels_by_ranks(values: Vector, human: Vector, similarities: Mapping[str, Vector]) -> Partial:
    """The partial r given pixels of ranks, over the rated pairs."""
    rated = np.isfinite(human)
    a, b, given = (average_ranks(each[rated]) for each in (values, human, similarities[BASELINE]))
    return correlation.partial(a, b, given[None, :])


def _check(similarities: Mapping[str, Vector], ratings: UsableRatings) -> None:
    for name, values in similarities.items():
        if values.shape != ratings.mean.shape:
            raise ValueError(f"{name}: similarities {values.shape} for ratings of {ratings.mean.shape} pairs")
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            raise SimtuiError(
                f"Layer {printable(name)} has no similarity for pair number {bad[0] + 1}"
                f"{f' and {bad.size - 1} more' if bad.size > 1 else ''}: leave out these pairs or this layer."
            )


@dataclass(frozen=True)
class _Table:
    """The rated pairs: similarities of the layers that have a correlation, by name, the ratings and their mean.

    design: where every two of the images are a pair.
    """

    layers: Mapping[str, Vector]
    ratings: Matrix
    human: Vector
    units: Units
    design: Complete | None

    @cached_property
    def similarities(self) -> Matrix:
        """(layers, pairs)."""
        return np.stack(list(self.layers.values()))


def _resample(table: _Table, seed: int, draws: tuple[int, int], *, compared: bool) -> _Resampled:
    """draws: how many bootstrap resamples and permutations."""
    names, s, h, human, units = list(table.layers), table.similarities, table.ratings, table.human, table.units
    # One stream for each purpose: the numbers of one never depend on whether another was asked for.
    streams = [np.random.default_rng([seed, purpose]) for purpose in range(4)]
    found = _Resampled()
    if len(h) >= 2:
        crossed = resampling.crossed_bootstrap(s, h, units, (streams[1], streams[2]), draws[0])
        found.ci_crossed = {
            name: resampling.percentile_interval(crossed[:, i], resampling.WHOLE_RANGE) for i, name in enumerate(names)
        }
    if table.design is not None:
        p = [mantel_p(table.design, human, values, seed=seed, n=draws[1]) for values in s]
    else:
        p = resampling.permutation_p(s, human, streams[3], draws[1]).tolist()
    found.p = dict(zip(names, p, strict=True))
    if not compared:
        return found
    seen = pearson_rows(s, human)
    boot = resampling.bootstrap(s, human, units, streams[0], draws[0])
    jackknife = resampling.weighted_r(units.leave_one_out(), resampling.standardised(s), resampling.standardised(human))
    for i, name in enumerate(names):
        found.ci_bca[name] = resampling.bca_interval(boot[:, i], float(seen[i]), jackknife[:, i])
        if units.kind != "pairs":
            own, n = own_r(s[i], h), len(human)
            found.for_new[name] = for_new(float(seen[i]), own, boot[:, i], units.count - 2, n)
    for i, j in itertools.combinations(range(len(names)), 2):
        gap, williams = boot[:, i] - boot[:, j], williams_t(s[i], s[j], human)
        found.differences.append(
            LayerDifference(
                first=names[i],
                second=names[j],
                difference=float(seen[i] - seen[j]),
                ci=resampling.percentile_interval(gap),
                p=resampling.sign_p(gap),
                williams_t=williams[0] if williams else None,
                williams_p=williams[1] if williams else None,
            )
        )
    return found
