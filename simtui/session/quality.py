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
FLAG_RETEST = 0.3
FLAG_RANGE = 1 / 3
"""Flagged: more than these shares of fast responses and of one value; less than this retest r, and than this
share of the scale."""

MIN_RESPONSES = 5
"""Main responses, or repeats, before the ones above are flagged: of fewer everything can be said."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of one session. What cannot be measured is None. Practice counts for nothing.

    responses: how many main pairs are rated; rt, fast, same, lowest, highest and sd are of these.
    catch_trials, catch: catch trials answered, and the share of them that passed (see `passed`).
    repeats: pairs answered a second time. retest: Pearson r of the second with the first rating.
        difference: mean absolute difference between the two, in steps of the scale.
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
    if quality.retest is not None and quality.repeats >= MIN_RESPONSES and quality.retest < FLAG_RETEST:
        yield f"retest r {quality.retest:.2f}"
    if quality.responses < MIN_RESPONSES:
        return
    if quality.fast is not None and quality.fast > FLAG_FAST:
        yield f"{quality.fast:.0%} under {FAST_MS} ms"
    if quality.same is not None and quality.same > FLAG_SAME:
        yield f"one value for {quality.same:.0%}"
    elif quality.range is not None and quality.range < FLAG_RANGE * (scale.high - scale.low):
        yield f"only {quality.lowest} to {quality.highest} used"


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
