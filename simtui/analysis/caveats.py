"""The sentences that say why a number is not there, or what a reader must know to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simtui.analysis.correlation import MIN_PAIRS, MIN_PAIRS_FOR_VERDICT, Matrix, Vector, fisher_ci
from simtui.analysis.distributions import f_upper
from simtui.analysis.layer_results import LayerAgreement, LayerDifference
from simtui.analysis.resampling import Units
from simtui.analysis.results import ICC_NAMES, NoCeilings, Reliability
from simtui.analysis.usable import UsableRatings
from simtui.errors import printable
from simtui.words import counted, p_in_words

NIL_ICC = 1e-9
"""An ICC of this size is rounding error about 0: its root bounds nothing."""

_NO_TWO = f"No two people both rated {MIN_PAIRS} pairs with variation: they have no correlation."

_NEITHER = "there is no intraclass correlation and no ceiling"


def why_no_ceiling_of_mean(h: Matrix, icc_ck: float | None, *, lists: int = 1) -> str | None:
    """Why the ratings `h` of the raters who were used bound no r with their mean; None where they do.

    `icc_ck` is that of the ratings as they are averaged, z-scored or not, and `lists` how many tables it pools.
    """
    complete, rated = _complete(h), int(np.isfinite(h).any(axis=0).sum())
    if len(h) < 2:
        return _too_few_people(len(h))
    if complete < MIN_PAIRS and lists > 1 and icc_ck is None:
        return f"No list was rated by two people with {MIN_PAIRS} pairs each: {_NEITHER}."
    if complete < MIN_PAIRS and lists == 1:
        return (
            f"{complete} of {rated} pairs {'was' if complete == 1 else 'were'} rated by all {len(h)} people: "
            f"the intraclass correlation, split halves and the ceiling of r with the mean need {MIN_PAIRS} such pairs."
        )
    if icc_ck is None:
        return f"The pairs do not differ in their mean rating: {_NEITHER}."
    if icc_ck <= NIL_ICC:
        return (
            f"The intraclass correlation ICC(C,k) is {icc_ck:.2f}, not above 0: people do not agree on these pairs, "
            "so that there is no ceiling for r with the mean."
        )
    return None


def why_no_individual_ceiling(
    h: Matrix, bounds: tuple[float | None, float | None], mean_pairwise_r: float | None
) -> str | None:
    """Why the mean r with single people lacks a bound or both; None where it has them."""
    if len(h) < 2:
        return _too_few_people(len(h))
    if None not in bounds:
        return None
    if mean_pairwise_r is None:
        return _NO_TWO
    return (
        "Z-scored ratings cancel each other out: the individual ceiling has "
        f"{'none' if bounds == (None, None) else 'only one'} of its bounds."
    )


def about_people(
    ratings: UsableRatings, reliability: Reliability, no_ceilings: NoCeilings, *, lists: int = 1
) -> list[str]:
    """Reasons for the reliability and ceilings of these ratings. lists: complete tables that the ICC pools."""
    why = [each for each in (no_ceilings.mean, no_ceilings.individual) if each is not None]
    if len(ratings.given) >= 2:
        why += [*_about_reliability(ratings.given, reliability, lists), *_about_others(ratings)]
        why += _against_the_others(ratings)
    return list(dict.fromkeys(why))


def _too_few_people(n: int) -> str:
    return (
        f"{('No person has', 'Only one person has')[n]} usable ratings: "
        "there is no reliability, no ceiling and no other person to compare with."
    )


def _complete(h: Matrix) -> int:
    """Pairs that everybody rated."""
    return int(np.isfinite(h).all(axis=0).sum())


def _about_reliability(h: Matrix, reliability: Reliability, lists: int) -> Iterator[str]:
    complete, rated = _complete(h), int(np.isfinite(h).any(axis=0).sum())
    if lists > 1:
        yield (
            f"The ratings are {lists} lists: the intraclass correlation and the ceiling of r with the mean pool the "
            "mean squares within lists, and split halves need pairs that all rated."
        )
    elif MIN_PAIRS <= complete < rated:
        yield (
            "Ratings are missing: the intraclass correlation, split halves and the ceiling of r with the mean use only "
            f"the {complete} of {rated} pairs that all {len(h)} people rated."
        )
    lacking = [names[0] for key, names in ICC_NAMES.items() if getattr(reliability, key) is None]
    if complete >= MIN_PAIRS and lacking:
        yield f"The denominator of {', '.join(lacking)} is nil: there is no such number."
    halves = reliability.split_half_r
    if halves is not None and halves < 0:
        yield "Halves of the people correlate below 0: there is no split-half reliability."
    if halves is None and complete >= MIN_PAIRS:
        yield "No halving of the people has a correlation: there is no split-half reliability."
    if reliability.mean_pairwise_r is None:
        yield _NO_TWO
    if reliability.alpha_interval is None:
        yield "Krippendorff's α needs pairs with two ratings and more than one value among them."


def _about_others(ratings: UsableRatings) -> Iterator[str]:
    alone = [
        printable(name) for name, r in zip(ratings.names, ratings.r_with_others, strict=True) if not np.isfinite(r)
    ]
    if len(alone) == len(ratings.names):
        yield "No person's ratings can be correlated with the mean of the others."
    elif alone:
        yield (
            f"The ratings of {', '.join(alone)} cannot be correlated with the mean of the others: another person's r, "
            "and the network's beside it, are means over the rest."
        )
    if len(ratings.names) == 2:
        yield "With two people the lower bound of the individual ceiling is their own correlation."


def _against_the_others(ratings: UsableRatings) -> Iterator[str]:
    """Who rates the other way round than the others do, beyond chance: a scale read backwards looks like this."""
    found = []
    for row, r, name in zip(ratings.given, ratings.r_with_others, ratings.names, strict=True):
        ends = fisher_ci(float(r), int(np.isfinite(row).sum())) if abs(r) < 1 else (float(r), float(r))
        if ends is not None and ends[1] < 0:
            found.append(f"{printable(name)} (r = {r:.2f})")
    if found:
        yield (
            f"Against the mean of the others: {', '.join(found)}. Was the scale read the other way round? "
            "Nobody was left out for it."
        )


def about_ratings(h: Matrix, *, constant: bool, units: Units, complete: bool = False) -> list[str]:
    """What limits every layer's agreement with the ratings `h`; `constant`: their means are all the same.

    complete: every two of the images are a pair.
    """
    rated = np.asarray(np.isfinite(h).any(axis=0))
    n, unrated, missing = int(rated.sum()), int((~rated).sum()), int(np.isnan(h[:, rated]).sum())
    if len(h) == 0:
        return ["There are no usable ratings: nothing can be compared with the network."]
    notes = []
    if unrated:
        notes.append(f"{unrated} of {len(rated)} pairs {'has' if unrated == 1 else 'have'} no usable rating.")
    if missing:
        notes.append(
            f"Ratings are missing ({missing} of {h[:, rated].size}): a pair's mean is over those who rated it, "
            "and also depends on who they were (z-scoring the raters lessens this)."
        )
    if n < MIN_PAIRS:
        notes.append(f"Only {counted(n, 'rated pair')}: a correlation needs {MIN_PAIRS}.")
    elif constant:
        notes.append("All pairs have the same mean rating: nothing correlates with it.")
    elif n < MIN_PAIRS_FOR_VERDICT:
        notes.append(
            f"Only {n} pairs: the numbers are shown, "
            f"but nothing can be concluded from fewer than {MIN_PAIRS_FOR_VERDICT}."
        )
    if units.kind != "pairs":
        what = "whole groups of pairs that share images" if units.kind == "groups" else "images"
        sure = "Fisher's interval and the permutation p take pairs as independent and are too sure here."
        if complete:
            sure = "p permutes images (Mantel), and Fisher's interval takes pairs as independent and is too sure here."
        notes.append(f"Some pairs share an image and are not independent: the bootstrap draws {what}; {sure}")
    return notes


def about_bend(pixels: Vector, human: Vector) -> list[str]:
    """A warning where people's mean rating (pairs,) bends with pixel similarity, so that a straight line misses a part.

    F test of the square of standardised pixel similarity beside it, on (1, pairs − 3), at p < .05.
    """
    n = len(human)
    if n < MIN_PAIRS_FOR_VERDICT:
        return []
    x, y = ((each - each.mean()) / each.std() for each in (pixels, human))
    straight, bent = (np.column_stack([x**power for power in range(top + 1)]) for top in (1, 2))
    (fewer, rank_fewer), (more, rank_more) = (_left_over(design, y) for design in (straight, bent))
    if rank_more == rank_fewer or more <= 0:
        return []
    f = (fewer - more) / (more / (n - 3))
    p = f_upper(f, 1, n - 3)
    if p >= 0.05:
        return []
    return [
        f"People's ratings bend with pixel similarity (a quadratic fits better, {p_in_words(p)}): the partial r given "
        "pixels takes out a straight line only, and may hold some of the bend. That of ranks takes out any steady rise."
    ]


def _left_over(design: Matrix, y: Vector) -> tuple[float, int]:
    coefficients, _, rank, _ = np.linalg.lstsq(design, y, rcond=1e-10)
    return float(((y - design @ coefficients) ** 2).sum()), int(rank)


def about_layers(
    layers: Mapping[str, LayerAgreement],
    differences: Sequence[LayerDifference],
    *,
    n_pairs: int,
    n_raters: int,
    baseline: str,
    bca: bool = True,
) -> list[str]:
    """Why layers that have, or could have, a correlation lack other numbers, and their differences theirs.

    bca: whether BCa intervals were asked for.
    """
    notes = []
    shown = {printable(name): layer for name, layer in layers.items() if layer.pearson.r is not None}
    if shown and n_pairs <= 3:
        notes.append("Three pairs have no Fisher interval: it needs four.")
    if shown and n_pairs < 4:
        notes.append("Three pairs have no r that they could detect with 80 % power: that needs four.")
    if any(gap.ci is None for gap in differences):
        notes.append("Pairs too few or too much alike for the intervals and p of some differences between layers.")
    perfect = [name for name, layer in shown.items() if layer.pearson.ci is None]
    if perfect and n_pairs > 3:
        notes.append(f"r is exactly 1 or -1 for {', '.join(perfect)}: there is no Fisher interval.")
    lacking = [name for name, layer in shown.items() if bca and layer.pearson.ci_bca is None]
    if lacking:
        notes.append(f"Pairs too few or too much alike for a BCa bootstrap interval: {', '.join(lacking)}.")
    if bca and shown and n_raters == 2:
        notes.append(
            "Two people say little of how much people differ: in simulations their 95 % interval for new people held "
            "the truth in as few as 84 of 100 studies, so that a conclusion of two people asks for p < .005."
        )
    lacking = [
        name
        for name, layer in shown.items()
        if (layer.mixed.p is not None and layer.mixed.ci_r is None)
        or (layer.for_new.p is not None and layer.for_new.ci is None)
    ]
    if lacking:
        notes.append(f"No interval of r for new people for {', '.join(lacking)}: it would reach from -1 to 1.")
    if shown and n_raters == 1:
        notes.append("One person's ratings give no interval for new raters.")
    lacking = [name for name, layer in shown.items() if layer.pearson.ci_crossed is None and n_raters > 1]
    if lacking:
        notes.append(f"Pairs too few or too much alike for an interval for new raters: {', '.join(lacking)}.")
    lacking = [name for name, layer in shown.items() if layer.mean_individual_r is None]
    if lacking:
        notes.append(f"No person rated {MIN_PAIRS} pairs: no mean individual r for {', '.join(lacking)}.")
    lacking = [
        name
        for name, layer in shown.items()
        if layer.partial_given_pixels.r is None and name != baseline and baseline in layers
    ]
    if lacking:
        notes.append(f"No partial r given {baseline} for {', '.join(lacking)}: too few pairs, or no variation left.")
    return notes
