"""The tests that an analysis will do, of many simulated studies at once: for new people and new pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Vector = NDArray[np.float64]

MIN_PAIRS = 4
"""With fewer there is no interval."""

_NEARLY_ONE = 1 - 1e-12
"""At r = 1 Fisher's z has no value."""


@dataclass(frozen=True, slots=True)
class Table:
    """One digit of many studies. rated: the pairs that somebody rates. values: similarities (studies, rated pairs).

    r: with the mean rating, (studies,), NaN where that does not vary. own: what each rater adds to r, (studies,
    raters): their slope per standard deviation of the mean rating; None where a rater has too few pairs for one.
    """

    rated: int
    values: Vector
    r: Vector
    own: Vector | None

    @classmethod
    def of(cls, similarity: Vector, ratings: Vector, lists: int) -> Table:
        """similarity: (studies, pairs); ratings: (studies, raters, pairs); rater j rates list j modulo `lists`."""
        studies, raters, pairs = ratings.shape
        means = np.zeros((studies, pairs))
        for one in range(min(lists, raters)):
            means[:, one::lists] = ratings[:, one::lists, one::lists].mean(axis=1)
        there = np.arange(pairs) % lists < raters
        x, mean = similarity[:, there], means[:, there]
        own = None
        if raters > 1 and pairs // lists >= MIN_PAIRS:
            own = np.empty((studies, raters))
            spread = np.maximum(mean.std(axis=1), 1e-12)
            size = np.maximum(x.std(axis=1), 1e-12)
            for one in range(min(lists, raters)):
                a = similarity[:, one::lists]
                a = a - a.mean(axis=1, keepdims=True)
                slopes = np.einsum("skn,sn->sk", ratings[:, one::lists, one::lists], a) / (a * a).sum(axis=1)[:, None]
                own[:, one::lists] = slopes * (size / spread)[:, None]
        return cls(int(there.sum()), x, _correlations(x, mean), own)

    @property
    def z(self) -> Vector:
        """Fisher's z of r."""
        return np.asarray(np.arctanh(np.clip(self.r, -_NEARLY_ONE, _NEARLY_ONE)), dtype=np.float64)


def p_for_new_people(similarity: Vector, ratings: Vector, lists: int = 1) -> Vector:
    """p of the slope for new people and new pairs in each study, (studies,); NaN where there is no such test.

    similarity: (studies, pairs); ratings: (studies, raters, pairs), of which rater j's count of the pairs of list j
    modulo `lists`. The closed form of `simtui.analysis.mixed` in each list, pooled: mean squares with their degrees of
    freedom, slopes with their Σx². With one list it is that very test.
    """
    studies, raters, _ = ratings.shape
    size, slope_sum, of_mean, spread, residual = (np.zeros(studies) for _ in range(5))
    df_pairs = df_raters = df_residual = 0
    used = []
    for one in range(min(lists, raters)):
        x, y = similarity[:, one::lists], ratings[:, one::lists, one::lists]
        k, n = y.shape[1:]
        if k < 2 or n < MIN_PAIRS:
            continue
        x = x - x.mean(axis=1, keepdims=True)
        total = (x * x).sum(axis=1)
        centred = y - y.mean(axis=2, keepdims=True)
        slopes = np.einsum("skn,sn->sk", centred, x) / total[:, None]
        slope = slopes.mean(axis=1)
        left = centred - slopes[:, :, None] * x[:, None, :]
        mean = left.mean(axis=1)
        of_mean += (mean**2).sum(axis=1)
        residual += ((left - mean[:, None, :]) ** 2).sum(axis=(1, 2))
        spread += ((slopes - slope[:, None]) ** 2).sum(axis=1)
        slope_sum += total * slope
        size += total
        df_pairs, df_raters, df_residual = df_pairs + n - 2, df_raters + k - 1, df_residual + (n - 2) * (k - 1)
        used.append((total, k))
    if not used:
        return np.full(studies, np.nan)
    of_mean, spread, residual = of_mean / df_pairs, spread / df_raters, residual / df_residual
    # Lists have other people each: what people add is averaged over them with the squares of the lists' weights.
    share = sum(((total / size) ** 2 / k for total, k in used), np.zeros(studies))
    own = residual * len(used) / size
    extra = spread > own
    parts = np.where(extra, [of_mean / size, spread * share, -own * share], [of_mean / size, 0 * size, 0 * size])
    variance = parts.sum(axis=0)
    degrees = np.array([df_pairs, df_raters, df_residual])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        df = variance**2 / (parts**2 / degrees).sum(axis=0)
        t = np.abs(slope_sum / size) / np.sqrt(variance)
        return np.asarray(2 * special.stdtr(df, -t), dtype=np.float64)


def p_over_digits(tables: Sequence[Table]) -> Vector:
    """p of r over several digits, (studies,); NaN where raters have too few pairs.

    As `simtui.analysis.new_people` has it, with (1 − r²)² / (n − 1) in place of the bootstrap.
    """
    r = np.tanh(np.mean([table.z for table in tables], axis=0))
    of_pairs = np.sum([(1 - table.r**2) ** 2 / (table.rated - 1) for table in tables], axis=0) / len(tables) ** 2
    return _p(r, [table.own for table in tables], of_pairs, sum(table.rated - 2 for table in tables))


def p_of_difference(layer: Sequence[Table], pixels: Sequence[Table]) -> Vector:
    """p that a layer and the pixels correlate alike with people, (studies,), digit by digit in both; of Fisher's z.

    What pairs add to its variance is that of Dunn & Clark (1969), what people add that of their own differences.
    """
    gap = np.mean([a.z - b.z for a, b in zip(layer, pixels, strict=True)], axis=0)
    of_pairs = np.zeros(len(gap))
    own: list[Vector | None] = []
    for a, b in zip(layer, pixels, strict=True):
        between = _correlations(a.values, b.values)
        left = (1 - a.r**2) * (1 - b.r**2)
        shared = between * (1 - a.r**2 - b.r**2) - a.r * b.r * (1 - a.r**2 - b.r**2 - between**2) / 2
        of_pairs += 2 * (1 - shared / left) / (a.rated - 3) / len(layer) ** 2
        if a.own is None or b.own is None:
            own.append(None)
        else:
            own.append(a.own / (1 - a.r**2)[:, None] - b.own / (1 - b.r**2)[:, None])
    return _p(gap, own, of_pairs, sum(table.rated - 3 for table in layer))


def _p(seen: Vector, own: Sequence[Vector | None], of_pairs: Vector, df_pairs: int) -> Vector:
    """own: what each rater adds in each digit, (studies, raters)."""
    known = [each for each in own if each is not None]
    if len(known) < len(own) or df_pairs < 1:
        return np.full(len(seen), np.nan)
    people = np.mean(known, axis=0)
    k = people.shape[1]
    of_people = people.var(axis=1, ddof=1) / k
    variance = of_people + of_pairs
    with np.errstate(invalid="ignore", divide="ignore"):
        df = variance**2 / (of_people**2 / (k - 1) + of_pairs**2 / df_pairs)
        return np.asarray(2 * special.stdtr(df, -np.abs(seen) / np.sqrt(variance)), dtype=np.float64)


def _correlations(similarity: Vector, means: Vector) -> Vector:
    """Pearson r along the last axis; NaN where the mean rating does not vary."""
    a = similarity - similarity.mean(axis=-1, keepdims=True)
    b = means - means.mean(axis=-1, keepdims=True)
    spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    r = np.divide((a * b).sum(axis=-1), spread, out=np.full(spread.shape, np.nan), where=spread > 1e-9)
    return np.asarray(np.clip(r, -1.0, 1.0), dtype=np.float64)
