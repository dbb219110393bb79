"""Network against people: how well each layer's similarities agree with the ratings of one group."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simtui.analysis import correlation, resampling
from simtui.analysis.another_person import BesidePeople, beside_people
from simtui.analysis.correlation import (
    MIN_PAIRS,
    MIN_PAIRS_FOR_VERDICT,
    Matrix,
    Vector,
    is_constant,
    mean_rating,
    optional,
    pearson_rows,
    zscore_raters,
)
from simtui.analysis.distributions import average_ranks
from simtui.analysis.layer_differences import williams_t
from simtui.analysis.layer_results import (
    BASELINE,
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
from simtui.analysis.people import usable_raters
from simtui.analysis.rdm import Complete, mantel_p
from simtui.analysis.reasons import about_bend, about_layers, about_ratings
from simtui.analysis.reliability import leave_one_out_r, mean_defined, mean_of_others
from simtui.analysis.results import NO_CEILINGS, Ceilings
from simtui.errors import SimtuiError, printable


@dataclass(frozen=True, slots=True)
class Agreement:
    """Every layer against the people of one group.

    human: mean rating of each pair, in order, None where nobody rated it (z-scored if that was asked for).
    n_pairs: pairs with a rating; n_raters: raters who were used. resampled: what the bootstrap drew,
    "pairs", or "groups" or "images" where pairs share images. verdict: False under five pairs, when
    nothing may be concluded. detectable_r: the r that this many pairs show with 80 % power.
    """

    human: tuple[float | None, ...]
    layers: dict[str, LayerAgreement]
    differences: tuple[LayerDifference, ...]
    n_pairs: int
    n_raters: int
    resampled: str
    verdict: bool
    detectable_r: float | None
    notes: tuple[str, ...]


@dataclass
class _Resampled:
    """What resampling says of the layers that have a correlation, by name."""

    ci_bca: dict[str, Interval | None] = field(default_factory=dict)
    ci_crossed: dict[str, Interval | None] = field(default_factory=dict)
    p: dict[str, float] = field(default_factory=dict)
    differences: list[LayerDifference] = field(default_factory=list)


def agreement(
    similarities: Mapping[str, Vector],
    ratings: Matrix,
    names: Sequence[str] | None = None,
    *,
    images: Sequence[tuple[str, str]] | None = None,
    ceilings: Ceilings = NO_CEILINGS,
    zscore: bool = False,
    seed: int = 0,
    differences: bool = True,
    n_bootstrap: int = resampling.N_BOOTSTRAP,
    n_permutations: int = resampling.N_PERMUTATIONS,
) -> Agreement:
    """Agreement of each layer's similarities, shape (pairs,), with `ratings`, shape (raters, pairs).

    `images` are each pair's (left, right) image ids, so that pairs that share one are not taken as
    independent. `ceilings` are those of the same ratings. `zscore` averages z-scored ratings. Without `differences`
    no layer is compared with another or with a person, nor tested for new people.
    Constant raters are left out. The same seed gives the same numbers, whatever other layers are there.
    Raises SimtuiError where a similarity is not a number.
    """
    _check(similarities, ratings)
    kept, excluded = usable_raters(ratings, names)
    notes = list(excluded)
    h = zscore_raters(ratings[kept]) if zscore else ratings[kept]
    human = mean_rating(h)
    rated = np.isfinite(human)
    n = int(rated.sum())
    units = resampling.independent_units(
        n, None if images is None else [pair for pair, there in zip(images, rated, strict=True) if there]
    )
    design = None if images is None else Complete.of([pair for pair, there in zip(images, rated, strict=True) if there])
    notes += about_ratings(h, constant=is_constant(human), units=units, complete=design is not None)

    defined = {
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
    resampled = _Resampled()
    if defined:
        pairs = list(itertools.combinations(range(len(defined)), 2)) if differences else []
        resampled = _resample(defined, h[:, rated], units, seed, (n_bootstrap, n_permutations), pairs, design)
    beside = BesidePeople((VsPerson(),) * len(defined), (None,) * len(defined))
    if defined and differences:
        beside = beside_people(np.stack(list(defined.values())), h[:, rated], units, seed=seed)
    order = {name: i for i, name in enumerate(defined)}
    bounded = ceilings.mean_ci is not None and ceilings.mean_ci[0] > 0
    places = np.flatnonzero(kept)
    # The very task of another person: the same pairs, those that this person rated, and the same people.
    others = np.where(np.isfinite(h) & np.isfinite(leave_one_out_r(h))[:, None], mean_of_others(h), np.nan)
    layers = {}
    for name, values in similarities.items():
        r = correlation.pearson(values[rated], human[rated]) if name in defined else None
        own = np.full(len(ratings), np.nan)
        own[places] = pearson_rows(h, values)
        given = None
        if r is not None and name != BASELINE and BASELINE in similarities:
            given = correlation.partial(values, human, similarities[BASELINE][None, :])
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
            partial_given_pixels=Partial() if given is None else Partial(r=given.r, p=given.p, df=given.df),
            individual_r=tuple(optional(value) for value in own),
            as_another_person_r=mean_defined(pearson_rows(others, values)),
            pairs_needed=None if r is None else correlation.pairs_needed(r),
            mixed=mixed(values, h) if name in defined and differences and units.kind == "pairs" else Mixed(),
            vs_person=beside.vs_person[order[name]] if name in defined else VsPerson(),
            r_over_ceiling_ci=beside.r_over_ceiling[order[name]] if name in defined and bounded else None,
            partial_given_pixels_ranks=_given_pixels_by_ranks(values, human, similarities) if given else Partial(),
        )
    notes += about_layers(layers, resampled.differences, n_pairs=n, n_raters=len(h), baseline=BASELINE)
    if BASELINE in defined and any(layer.partial_given_pixels.r is not None for layer in layers.values()):
        notes += about_bend(defined[BASELINE], human[rated])
    return Agreement(
        human=tuple(optional(value) for value in human),
        layers=layers,
        differences=tuple(resampled.differences),
        n_pairs=n,
        n_raters=len(h),
        resampled=units.kind,
        verdict=n >= MIN_PAIRS_FOR_VERDICT and bool(defined),
        detectable_r=correlation.detectable_r(n),
        notes=tuple(notes),
    )


def _given_pixels_by_ranks(values: Vector, human: Vector, similarities: Mapping[str, Vector]) -> Partial:
    """The partial r given pixels of ranks, over the rated pairs."""
    rated = np.isfinite(human)
    a, b, given = (average_ranks(each[rated]) for each in (values, human, similarities[BASELINE]))
    found = correlation.partial(a, b, given[None, :])
    return Partial() if found is None else Partial(r=found.r, p=found.p, df=found.df)


def _check(similarities: Mapping[str, Vector], ratings: Matrix) -> None:
    for name, values in similarities.items():
        if values.shape != ratings.shape[1:]:
            raise ValueError(f"{name}: similarities {values.shape} for ratings {ratings.shape}")
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            raise SimtuiError(
                f"Layer {printable(name)} has no similarity for pair number {bad[0] + 1}"
                f"{f' and {bad.size - 1} more' if bad.size > 1 else ''}: leave out these pairs or this layer."
            )


def _resample(
    layers: Mapping[str, Vector],
    h: Matrix,
    units: resampling.Units,
    seed: int,
    draws: tuple[int, int],
    compared: Sequence[tuple[int, int]],
    design: Complete | None,
) -> _Resampled:
    names = list(layers)
    s, human = np.stack([layers[name] for name in names]), mean_rating(h)
    # One stream for each purpose: the numbers of one never depend on whether another was asked for.
    streams = [np.random.default_rng([seed, purpose]) for purpose in range(4)]
    seen = pearson_rows(s, human)
    boot = resampling.bootstrap(s, human, units, streams[0], draws[0])
    jackknife = resampling.weighted_r(units.leave_one_out(), resampling.standardised(s), resampling.standardised(human))
    crossed = None
    if len(h) >= 2:
        crossed = resampling.crossed_bootstrap(s, h, units, (streams[1], streams[2]), draws[0])
    found = _Resampled()
    if design is not None:
        p = np.array([mantel_p(design, human, values, seed=seed, n=draws[1]) for values in s])
    else:
        p = resampling.permutation_p(s, human, streams[3], draws[1])
    for i, name in enumerate(names):
        found.ci_bca[name] = resampling.bca_interval(boot[:, i], float(seen[i]), jackknife[:, i])
        found.ci_crossed[name] = None if crossed is None else resampling.percentile_interval(crossed[:, i])
        found.p[name] = float(p[i])
    for i, j in compared:
        gap = boot[:, i] - boot[:, j]
        found.differences.append(
            LayerDifference(
                first=names[i],
                second=names[j],
                difference=float(seen[i] - seen[j]),
                ci=resampling.percentile_interval(gap),
                p=resampling.sign_p(gap),
                williams_t=williams[0] if (williams := williams_t(s[i], s[j], human)) else None,
                williams_p=williams[1] if williams else None,
            )
        )
    return found
