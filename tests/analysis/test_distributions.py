"""The distributions are scipy.stats's own, to the last digit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from simtui.analysis import distributions as ours


def test_every_distribution_is_that_of_scipy_stats() -> None:
    rng = np.random.default_rng(1)
    for _ in range(300):
        x, p, df, more = rng.exponential(2), rng.random(), rng.uniform(1, 200), int(rng.integers(1, 300))
        k, n = int(rng.integers(0, 20)), int(rng.integers(20, 200))
        assert ours.t_upper(x, df) == stats.t.sf(x, df)
        assert ours.t_quantile(0.975, df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-14)
        assert ours.normal_below(x) == stats.norm.cdf(x)
        assert ours.normal_quantile(p) == stats.norm.ppf(p)
        assert ours.f_upper(x, more, df) == stats.f.sf(x, more, df)
        assert ours.f_quantile(p, more, df) == stats.f.ppf(p, more, df)
        assert ours.chi2_upper(x, more) == stats.chi2.sf(x, more)
        assert ours.binomial_below(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), rel=1e-10)


@pytest.mark.parametrize("ties", [2, 5, 10_000])
def test_ranks_and_tau_are_those_of_scipy_stats(ties: int) -> None:
    rng = np.random.default_rng(ties)
    for n in (3, 4, 20, 60):
        a, b = (rng.integers(0, ties, n).astype(float) for _ in range(2))
        a[0], a[1], b[0], b[1] = 0, 1, 1, 0
        assert np.array_equal(ours.average_ranks(a), stats.rankdata(a))
        expected = stats.kendalltau(a, b, variant="b", method="auto").statistic
        assert ours.kendall_tau_b(a, b) == expected


def test_an_analysis_does_not_import_scipy_stats() -> None:
    code = "import sys, simtui.analysis.report; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_functions_come_without_their_package_which_others_still_get_whole() -> None:
    code = (
        "import sys; from simtui.analysis import distributions as ours; alone = 'scipy.special' not in sys.modules; "
        "import scipy.special, scipy.stats, scipy.ndimage; from scipy import special; "
        "print(alone, special.ndtri is ours.special.ndtri, special.softmax([1.0])[0], scipy.stats.norm.cdf(0.0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "1.0", "0.5"]


def test_where_the_package_is_there_already_it_is_used() -> None:
    code = "import scipy.special; from simtui.analysis import distributions as ours; print(ours.special.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["scipy.special"]
