"""The retest flag: beyond what 999 of 1,000 attentive people do, at that number of repeats and their own spread."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from simtui.session import file as session_file
from simtui.session.quality import RETEST_LIMITS, flags, measure, retest_limit
from simtui.simulation import raters
from tests.sessions import demanding_study, rate

N = 20_000
Z = np.random.default_rng(3).standard_normal(200)


def attentive(repeats: int, low: int, high: int) -> float:
    """The share of attentive raters beyond the limit."""
    rng = np.random.default_rng([repeats, high])
    people = raters.calibrated(raters.usual_raters(low, high, 0.02), [Z], 0.4)
    pairs = max(20, 2 * repeats)
    latent, view = rng.choice(Z, size=(N, pairs)), rng.standard_normal((N, pairs))
    style = raters.draw_styles(people, (N, 1), rng)
    first, second = (
        raters.lapse(people, raters.rate(people, latent, raters.draw_noise(people, view, rng), style), rng)
        for _ in range(2)
    )
    limit = retest_limit(repeats)
    assert limit is not None
    difference = np.abs(first - second)[:, :repeats].mean(axis=1)
    return float(np.mean(difference > limit * first.std(axis=1, ddof=1)))


@pytest.mark.parametrize("high", [5, 10])
@pytest.mark.parametrize("repeats", [2, 5, 10, 30])
def test_of_attentive_people_one_in_a_thousand_is_flagged(repeats: int, high: int) -> None:
    # Of 20,000, 20 are expected at the most: more than 33 would come by chance once in a hundred times.
    assert attentive(repeats, 1, high) <= 33 / N


def test_the_limit_falls_with_the_number_of_repeats() -> None:
    limits = [retest_limit(n) for n in range(2, 130)]
    assert all(a is not None and b is not None and a >= b for a, b in itertools.pairwise(limits))
    assert [retest_limit(n) for n in (0, 1)] == [None, None]
    assert retest_limit(500) == min(RETEST_LIMITS.values())


def test_keys_at_random_are_flagged_and_attentive_people_are_not(tmp_path: Path) -> None:
    study = demanding_study(pairs=60, repeats=30, catch=0)
    flagged = []
    for number in range(40):
        session = session_file.load(rate(study, tmp_path, f"P{number}"))
        flagged.append(any("steps apart" in flag for flag in flags(measure(session, study), study.scale)))
    assert sum(flagged) >= 20


def test_the_flag_says_what_it_goes_by(tmp_path: Path) -> None:
    study = demanding_study(pairs=18, repeats=6, catch=0)

    def turned_round(shown: object, rng: object, seen: dict[str, int] = {}) -> int:  # noqa: B006  one for the run
        pair = shown.planned.pair_id  # type: ignore[attr-defined]
        seen[pair] = 11 - seen[pair] if pair in seen else 1 + 9 * (len(seen) % 2)
        return seen[pair]

    session = session_file.load(rate(study, tmp_path, "P1", answer=turned_round))
    quality = measure(session, study)
    assert quality.difference == 9
    [flag] = [flag for flag in flags(quality, study.scale) if "steps" in flag]
    assert flag.startswith("repeated pairs 9.0 steps apart on average (keys at random: ")
    values = [trial.response or 0 for trial in session.main_trials()]
    differences = [abs(a - b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j]
    assert quality.by_chance == pytest.approx(sum(differences) / len(differences))
