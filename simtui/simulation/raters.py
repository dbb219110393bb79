"""Raters made of formulas: from what pairs have in common to the ratings that people might give.

Pair i has a latent similarity z_i (mean 0, variance 1 over the pairs). On trial t rater j perceives

    x = √shared · z_i + √(1 − shared) · noise,   noise = √own · view_ij + √(1 − own) · slip_ijt

with view and slip standard normal: a view is the rater's own, the same each time, a slip is of the moment. The
rating is the middle of the scale + offset_j + spread · slope_j · x, rounded to a step of the scale and kept on it;
with the chance `lapses` it is any step instead, all alike. offset_j is normal, log slope_j too. Response times
are ex-Gaussian: normal(mu, sigma) + exponential(tau), times the rater's pace, whose logarithm is normal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError

VERSION = 1
"""Raised whenever a formula above or a number below changes."""

OWN = 0.5
SPREAD = 1 / 4.5
OFFSET_SD = 0.4 * SPREAD
"""Both as shares of the scale from end to end: on 1 to 10 the SD of one rater's ratings is near 2."""
SLOPE_SD = 0.25

RT_MU, RT_SIGMA, RT_TAU = 1100.0, 250.0, 700.0
"""ms. A median near 1.6 s and a long tail, as in ratings of a pair of small pictures."""
SPEED_SD = 0.25

Vector = NDArray[np.float64]
Random = np.random.Generator | np.random.RandomState

_MOST_SHARED = 1 - 1e-9
_ENOUGH = 400
_NODES = 9


@dataclass(frozen=True, slots=True)
class Raters:
    """The raters of one scale; see the module for the formulas.

    low, high: the ends of the scale. spread, offset_sd: in steps of the scale.
    """

    low: int
    high: int
    lapses: float = 0.0
    shared: float = 1.0
    own: float = OWN
    spread: float = 2.0
    offset_sd: float = 0.8
    slope_sd: float = SLOPE_SD

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


def usual_raters(low: int, high: int, lapses: float) -> Raters:
    """Raters of a scale who perceive nothing but the latent similarity; `calibrated` gives them noise."""
    steps = high - low
    return Raters(low, high, lapses, spread=SPREAD * steps, offset_sd=OFFSET_SD * steps)


def calibrated(raters: Raters, latents: Sequence[Vector], wanted: float) -> Raters:
    """The same raters with as much noise as makes their reliability on these pairs the one wanted.

    latents: of each group of pairs that is analysed by itself. Raises SimtuiError where rounding, the ends of
    the scale and lapses leave no such reliability.
    """
    groups = [_representative(latent) for latent in latents if len(latent) >= 3]
    if not groups:
        raise SimtuiError("A reliability needs three pairs of one digit at least: make a study of more pairs.")

    def found(shared: float) -> float:
        return float(np.mean([reliability(replace(raters, shared=shared), latent) for latent in groups]))

    most = found(_MOST_SHARED)
    if wanted > most:
        raise SimtuiError(
            f"A reliability of {wanted:g} is out of reach: on a scale of {raters.low} to {raters.high}, "
            f"with lapses in {raters.lapses:.0%} of the trials, raters agree with at most r = {_down(most):.2f}."
        )
    low, high = 0.0, _MOST_SHARED
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if found(middle) < wanted else (low, middle)
    return replace(raters, shared=high)


def reliability(raters: Raters, latent: Vector) -> float:
    """Mean Pearson r of two such raters over pairs of these latent similarities, (pairs,); 0 for none.

    That of many pairs of this kind: sampling error is left out. From the mean and variance of the rating of
    every pair under a grid of offsets and slopes (Gauss–Hermite), without any random number.
    """
    weights, means, variances = _styles(raters, latent)
    centred = means - means.mean(axis=1, keepdims=True)
    spread = np.sqrt(len(latent) * ((centred**2).mean(axis=1) + variances.mean(axis=1)))
    # The mean of all products of two vectors is the square of their mean: two raters are drawn independently.
    typical = weights @ (centred / np.where(spread > 0, spread, np.inf)[:, None])
    return float(typical @ typical)


def mean_rating(raters: Raters, latent: Vector) -> Vector:
    """The mean rating of each pair by endlessly many raters, (pairs,)."""
    weights, means, _ = _styles(raters, latent)
    return np.asarray(weights @ means, dtype=np.float64)


def draw_styles(raters: Raters, shape: tuple[int, ...], rng: Random) -> tuple[Vector, Vector]:
    """Offsets and slopes of raters, each of this shape."""
    offset = raters.offset_sd * rng.standard_normal(shape)
    return offset, np.exp(raters.slope_sd * rng.standard_normal(shape))


def rate(raters: Raters, latent: Vector, noise: Vector, style: tuple[Vector, Vector]) -> NDArray[np.float64]:
    """Ratings by raters who look every time: whole numbers on the scale.

    The arrays broadcast; noise has the shape of the result.
    """
    offset, slope = style
    perceived = math.sqrt(raters.shared) * latent + math.sqrt(1 - raters.shared) * noise
    rating = raters.middle + offset + raters.spread * slope * perceived
    np.rint(rating, out=rating)
    np.clip(rating, raters.low, raters.high, out=rating)
    return rating


def lapse(raters: Raters, rating: NDArray[np.float64], rng: Random) -> NDArray[np.float64]:
    """The ratings, some of them given without a look."""
    if raters.lapses <= 0:
        return rating
    chance = rng.random(rating.shape)
    steps = raters.high - raters.low + 1
    # Below `lapses` the number is as good as any other to choose the step with.
    step = np.minimum(np.floor(chance * (steps / raters.lapses)), steps - 1)
    return np.where(chance < raters.lapses, raters.low + step, rating)


def draw_noise(raters: Raters, view: Vector, rng: Random) -> Vector:
    """Noise of one trial a pair, (pairs,), of a rater with these views of them."""
    return math.sqrt(raters.own) * view + math.sqrt(1 - raters.own) * rng.standard_normal(view.shape)


def _styles(raters: Raters, latent: Vector) -> tuple[Vector, Vector, Vector]:
    """Weights of a grid of styles, (styles,), and the mean and variance of the ratings, (styles, pairs)."""
    node, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    weight = weight / weight.sum()
    offset = np.repeat(raters.offset_sd * node, _NODES)[:, None, None]
    slope = np.tile(np.exp(raters.slope_sd * node), _NODES)[:, None, None]
    # How far each step's lower edge is above the mean of what the rater would say, in standard deviations.
    edges = np.arange(raters.low, raters.high) + 0.5
    centre = raters.middle + offset + raters.spread * slope * math.sqrt(raters.shared) * latent[:, None]
    noise = raters.spread * slope * math.sqrt(max(1 - raters.shared, 1e-12))
    above = _upper_tail((edges - centre) / noise)
    # With m steps above the lowest, E m = Σ P(m ≥ s) and E m² = Σ (2 s − 1) P(m ≥ s).
    step = np.arange(1, len(edges) + 1)
    first, second = above.sum(axis=2), above @ (2.0 * step - 1)
    p, top = raters.lapses, float(len(edges))
    first = (1 - p) * first + p * top / 2
    second = (1 - p) * second + p * top * (2 * top + 1) / 6
    return np.outer(weight, weight).ravel(), raters.low + first, second - first**2


_Z = np.linspace(-8.0, 8.0, 8001)
_TAIL = np.array([0.5 * math.erfc(z / math.sqrt(2)) for z in _Z])


def _upper_tail(z: Vector) -> Vector:
    """P(standard normal > z), to 1e-6; numpy alone has no such function."""
    return np.asarray(np.interp(z, _Z, _TAIL), dtype=np.float64)


def _representative(latent: Vector) -> Vector:
    """A few hundred quantiles, where there are more pairs: what depends on the distribution alone."""
    if len(latent) <= _ENOUGH:
        return latent
    quantiles = np.quantile(latent, (np.arange(_ENOUGH) + 0.5) / _ENOUGH)
    # Quantiles lack the outermost pairs, and with them some of the spread.
    return np.asarray((quantiles - quantiles.mean()) * (latent.std() / quantiles.std()) + latent.mean())


def _down(value: float) -> float:
    return math.floor(value * 100) / 100
