"""Quality: how far the responses of one session can be trusted, in numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, median

from simtui.session.model import Session
from simtui.study.model import Scale, Study

FAST_MS = 300
"""A response sooner than this was hardly a look at two images."""

FLAG_FAST = 0.1
FLAG_SAME = 0.8
FLAG_RANGE = 1 / 3
"""Flagged: more than these shares of fast responses and of one value; less than this share of the scale."""

RETEST_LIMITS = {
    2: 2.8, 3: 2.3, 4: 2.1, 5: 1.95, 6: 1.8, 8: 1.65, 10: 1.55, 12: 1.4, 15: 1.3, 20: 1.2, 30: 1.05, 50: 0.93, 100: 0.83
}  # fmt: skip
"""By the number of repeats, the mean difference between two ratings of a pair, in standard deviations of the person's
ratings, that 99.9 % of attentive raters stay below: of raters as `simtui simulate` makes them, on scales of 5 to 10
steps. tests/session/test_retest.py draws them again."""

MIN_RESPONSES = 5
"""Main responses, or repeats, before the ones above are flagged: of fewer everything can be said."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of one session. What cannot be measured is None. Practice counts for nothing.

    responses: how many main pairs are rated; rt, fast, same, lowest, highest and sd are of these.
    catch_trials, catch: catch trials answered, and the share of them that passed (see `passed`).
    repeats: pairs answered a second time. retest: Pearson r of the second with the first rating.
        difference: mean absolute difference between the two, in steps of the scale; by_chance: that of two main ratings
        drawn at random, which is what keys pressed without a look would give.
    rt: median, ms. fast: share of responses under 300 ms. Both leave out responses to a pair that had been
        covered and was shown anew: it had been seen before.
    same: share of the commonest rating. sd: of the ratings, with n - 1 in the denominator.
    """

    responses: int
    catch_trials: int
    catch: float | None
    repeats: int
    retest: float | None
    difference: float | None
    rt: float | None
    fast: float | None
    same: float | None
    lowest: int | None
    highest: int | None
    sd: float | None
    by_chance: float | None = None

    @property
    def range(self) -> int | None:
        """Steps of the scale between the lowest and the highest rating."""
        return None if self.lowest is None or self.highest is None else self.highest - self.lowest


def measure(session: Session, study: Study) -> Quality:
    """The quality of a session of this study, whole or still under way."""
    expected = {pair.id: pair.expected for pair in study.catch_pairs}
    scale, values = study.scale, study.scale.values
    first: dict[str, int] = {}
    ratings: list[int] = []
    times: list[float] = []
    catches: list[bool] = []
    repeats: list[tuple[str, int]] = []
    for trial in session.trials:
        kind, rating = trial.trial_type, trial.response
        # A rating off the scale is a fault and no answer.
        if kind == "practice" or rating is None or rating not in values:
            continue
        if kind == "main":
            ratings.append(rating)
            first[trial.pair_id] = rating
            if trial.rt is not None and not trial.interruptions:
                times.append(trial.rt)
        elif kind == "repeat":
            repeats.append((trial.pair_id, rating))
        elif (target := expected.get(trial.pair_id)) is not None:
            catches.append(passed(rating, target, scale))
    twice = [(first[pair_id], rating) for pair_id, rating in repeats if pair_id in first]
    return Quality(
        responses=len(ratings),
        catch_trials=len(catches),
        catch=sum(catches) / len(catches) if catches else None,
        repeats=len(twice),
        retest=_correlation(twice),
        difference=sum(abs(a - b) for a, b in twice) / len(twice) if twice else None,
        rt=median(times) if times else None,
        fast=sum(rt < FAST_MS for rt in times) / len(times) if times else None,
        same=max(Counter(ratings).values()) / len(ratings) if ratings else None,
        lowest=min(ratings, default=None),
        highest=max(ratings, default=None),
        sd=_standard_deviation(ratings),
        by_chance=_difference_by_chance(ratings) if twice else None,
    )


def passed(response: int, expected: int, scale: Scale) -> bool:
    """Whether a catch trial is passed: the response is within a fifth of the scale of the expected end.

    On 1 to 10 that allows one step: people who look do keep the last step in reserve.
    """
    return abs(response - expected) <= (scale.high - scale.low) / 5


def flags(quality: Quality, scale: Scale) -> tuple[str, ...]:
    """What is conspicuous, each in a few words; empty where nothing is."""
    return tuple(_flags(quality, scale))


def _flags(quality: Quality, scale: Scale) -> Iterator[str]:
    if quality.catch is not None and quality.catch < 1:
        failed = round((1 - quality.catch) * quality.catch_trials)
        yield f"{failed} of {quality.catch_trials} catch trials failed"
    if quality.responses < MIN_RESPONSES:
        return
    limit, difference = (retest_limit(quality.repeats) or 0.0) * (quality.sd or 0.0), quality.difference or 0.0
    if quality.by_chance is not None and 0 < limit < difference:
        yield (
            f"repeated pairs {difference:.1f} steps apart on average "
            f"(keys at random: {quality.by_chance:.1f}; attentive: under {limit:.1f})"
        )
    if quality.fast is not None and quality.fast > FLAG_FAST:
        yield f"{quality.fast:.0%} under {FAST_MS} ms"
    if quality.same is not None and quality.same > FLAG_SAME:
        yield f"one value for {quality.same:.0%}"
    elif quality.range is not None and quality.range < FLAG_RANGE * (scale.high - scale.low):
        yield f"only {quality.lowest} to {quality.highest} used"


def retest_limit(repeats: int) -> float | None:
    """The limit in RETEST_LIMITS for this many repeats, between those listed on a straight line in 1/√n; else None."""
    if repeats < min(RETEST_LIMITS):
        return None
    if repeats in RETEST_LIMITS or repeats > max(RETEST_LIMITS):
        return RETEST_LIMITS[min(repeats, max(RETEST_LIMITS))]
    below = max(n for n in RETEST_LIMITS if n < repeats)
    above = min(n for n in RETEST_LIMITS if n > repeats)
    x, low, high = (1 / math.sqrt(n) for n in (repeats, above, below))
    share = (x - low) / (high - low)
    return RETEST_LIMITS[above] + share * (RETEST_LIMITS[below] - RETEST_LIMITS[above])


def _difference_by_chance(ratings: Sequence[int]) -> float | None:
    """Mean absolute difference of two different ratings drawn at random."""
    n = len(ratings)
    if n < 2:
        return None
    # In order, the i-th is above i of the others and below the rest.
    return 2 * sum((2 * i - n + 1) * rating for i, rating in enumerate(sorted(ratings))) / (n * (n - 1))


def _standard_deviation(ratings: Sequence[int]) -> float | None:
    """With n - 1 in the denominator. Of whole numbers, which have exact sums: `statistics` takes ten times as long."""
    n = len(ratings)
    if n < 2:
        return None
    return math.sqrt((n * sum(rating * rating for rating in ratings) - sum(ratings) ** 2) / (n * (n - 1)))


def _correlation(points: Sequence[tuple[int, int]]) -> float | None:
    """Pearson r; None of fewer than three points, or where one side does not vary."""
    if len(points) < 3:
        return None
    try:
        r = correlation([a for a, _ in points], [b for _, b in points])
    except StatisticsError:
        return None
    return r if math.isfinite(r) else None
