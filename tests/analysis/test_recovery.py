"""What simulation puts in, the analysis must find: the reliability of raters and their r with the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.correlation import Vector, fisher_ci, pearson_rows
from simtui.analysis.ratings import collect
from simtui.analysis.reliability import pairwise_r
from simtui.analysis.report import build
from simtui.session.pool import Choice
from simtui.session.store import SessionStore
from simtui.simulation import raters as formulas
from simtui.simulation.population import populate
from simtui.simulation.power import population
from simtui.simulation.raters import Raters
from simtui.simulation.sessions import participant_ids, simulate
from tests.analysis.data import people_of
from tests.analysis.reports import given
from tests.builders import small_study

R, RELIABILITY = 0.5, 0.4
STUDIES, PAIRS, RATERS = 200, 30, 12


@pytest.fixture(scope="module")
def truth() -> Raters:
    return population(1, 10, RELIABILITY, 0.02)


@pytest.fixture(scope="module")
def drawn(truth: Raters) -> tuple[Vector, Vector]:
    """Similarity, (studies, pairs), and ratings, (studies, raters, pairs), all drawn anew for every study."""
    rng = np.random.default_rng(11)
    similarity = rng.standard_normal((STUDIES, PAIRS))
    latent = R * similarity + np.sqrt(1 - R * R) * rng.standard_normal(similarity.shape)
    style = formulas.draw_styles(truth, (STUDIES, RATERS, 1), rng)
    noise = rng.standard_normal((STUDIES, RATERS, PAIRS))
    return similarity, formulas.lapse(truth, formulas.rate(truth, latent[:, None, :], noise, style), rng)


def true_r(truth: Raters, raters: int) -> float:
    """r of the similarity with the mean of so many raters, in endlessly many pairs: the correction for attenuation.

    Of one rater with all it is the square root of the reliability, and of a mean as Spearman and Brown have it.
    """
    z = np.linspace(-4, 4, 4001)
    weight = np.exp(-z * z / 2)
    mean = formulas.mean_rating(truth, z)
    mean -= np.average(mean, weights=weight)
    with_all = R * np.average(mean * z, weights=weight) / np.sqrt(np.average(mean**2, weights=weight))
    return float(with_all * np.sqrt(raters * RELIABILITY / (1 + (raters - 1) * RELIABILITY)))


def test_the_interval_covers_the_true_r_in_95_of_100_studies(truth: Raters, drawn: tuple[Vector, Vector]) -> None:
    """Binomial: with 95 % coverage 178 to 199 of 200 in all but 1 of 1,000 such tests."""
    similarity, ratings = drawn
    wanted = true_r(truth, RATERS)
    assert 0.45 < wanted < R
    intervals = [fisher_ci(float(r), PAIRS) for r in pearson_rows(similarity, ratings.mean(axis=1))]
    covered = sum(interval is not None and interval[0] <= wanted <= interval[1] for interval in intervals)
    assert 178 <= covered <= 199
    wrong = sum(interval is not None and interval[0] <= wanted + 0.3 <= interval[1] for interval in intervals)
    assert wrong < 140, "an interval that covers everything would tell nothing"


def test_reliability_is_recovered_without_bias(drawn: tuple[Vector, Vector]) -> None:
    """Sample correlations fall short by about r (1 - r²) / 2n; the mean of 200 studies tells to about 0.01."""
    found = np.array([pairwise_r(matrix, 0)[1] for matrix in drawn[1]])
    error = found.std() / np.sqrt(STUDIES)
    assert error < 0.01
    short = RELIABILITY * (1 - RELIABILITY**2) / (2 * PAIRS)
    assert abs(found.mean() - (RELIABILITY - short)) < 3.3 * error


def test_the_ceiling_undoes_what_few_raters_hide(truth: Raters, drawn: tuple[Vector, Vector]) -> None:
    """r over the ceiling of the mean is, on average, the r with the mean of all."""
    similarity, ratings = drawn
    r = pearson_rows(similarity, ratings.mean(axis=1))
    ceiling = np.array([people_of(matrix).ceilings.mean for matrix in ratings[:60]], dtype=np.float64)
    found = float(np.mean(r[:60] / ceiling))
    error = float(np.std(r[:60] / ceiling)) / np.sqrt(60)
    assert abs(found - true_r(truth, 10**6)) < 3.3 * error


def resampled_reliability(ratings: Vector, resamples: int = 400) -> tuple[float, float]:
    """The middle 95 % of the mean pairwise r when pairs are drawn anew."""
    rng = np.random.default_rng(1)
    n = ratings.shape[1]
    found = [pairwise_r(ratings[:, rng.integers(0, n, n)], 0)[1] for _ in range(resamples)]
    low, high = np.percentile(np.array(found, dtype=np.float64), [2.5, 97.5])
    return float(low), float(high)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_study_through_files_recovers_both(tmp_path: Path, seed: int) -> None:
    study = small_study(pairs=60)
    similarity = np.random.default_rng(seed).uniform(0.5, 1, 60)
    by_id = {pair.id: float(value) for pair, value in zip(study.pairs, similarity, strict=True)}
    known = populate(study, by_id, model="fc", r=R, reliability=RELIABILITY, seed=seed)
    store = SessionStore(tmp_path, study.id)
    for participant in participant_ids(25):
        with store.hold(participant) as hold:
            hold.create(simulate(known, participant))

    ratings = collect(study, [tmp_path], Choice(simulated=True))
    report = build(study, ratings, given(study, fc=similarity), seed=0)

    group, said = report.groups[0], known.simulation
    pearson = group.layers["fc"].pearson
    assert said.r_of_mean is not None
    assert said.r_of_mean[0] is not None
    for interval in (pearson.ci, pearson.ci_bca, pearson.ci_crossed):
        assert interval is not None
        assert interval[0] < said.r_of_mean[0] < interval[1]
        assert interval[0] > 0, "the network's r is detected"
    # The pairs are those of which r is known exactly, so that only the raters are a matter of chance.
    assert group.layers["fc"].r_over_ceiling == pytest.approx(said.r_of_mean[0], abs=0.08)
    low, high = resampled_reliability(ratings.matrix)
    assert low < RELIABILITY < high
    assert group.reliability.mean_pairwise_r == pytest.approx(RELIABILITY, abs=0.06)
    assert report.simulated
