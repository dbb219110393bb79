"""The distributions and ranks that the analysis needs, without scipy.stats.

Importing scipy.stats takes longer than a whole analysis of 20 pairs; scipy.special has the same functions, to the last
digit, and most of its import goes into the package around the functions, which are compiled and need none of it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

_PACKAGE = "scipy.special"

Vector = NDArray[np.float64]


def _functions() -> Any:
    """scipy.special's functions: 4 ms instead of 150 ms; all of the package, where this scipy is built otherwise."""
    if _PACKAGE not in sys.modules:
        around = ModuleType(_PACKAGE)
        around.__path__ = [f"{scipy.__path__[0]}/special"]
        sys.modules[_PACKAGE] = around
        try:
            return importlib.import_module(f"{_PACKAGE}._ufuncs")
        except ImportError:
            pass
        finally:
            # Whoever imports the package later gets the real one.
            del sys.modules[_PACKAGE]
    return importlib.import_module(_PACKAGE)


special = _functions()


def t_upper(t: float, df: float) -> float:
    """P(T > t) for Student's t with df degrees of freedom."""
    return float(special.stdtr(df, -t))


def t_quantile(p: float, df: float) -> float:
    """The t that Student's distribution with df degrees of freedom stays below with probability p."""
    return float(special.stdtrit(df, p))


def normal_below(z: float) -> float:
    """P(Z ≤ z) for the standard normal distribution."""
    return float(special.ndtr(z))


def normal_quantile(p: float) -> float:
    """The z that the standard normal distribution stays below with probability p."""
    return float(special.ndtri(p))


def f_upper(f: float, df1: float, df2: float) -> float:
    """P(F > f) for the F distribution with df1 and df2 degrees of freedom."""
    return float(special.fdtrc(df1, df2, f))


def f_quantile(p: float, df1: float, df2: float) -> float:
    """The f that the F distribution with df1 and df2 degrees of freedom stays below with probability p."""
    return float(special.fdtri(df1, df2, p))


def chi2_upper(x: float, df: float) -> float:
    """P(X > x) for the χ² distribution with df degrees of freedom."""
    return float(special.chdtrc(df, x))


def binomial_below(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for k of n successes, each of probability p."""
    return float(special.bdtr(k, n, p))


def average_ranks(values: Vector) -> Vector:
    """Ranks from 1, equal values sharing the mean of theirs; shape (n,) as the values, none of them NaN."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Vector = (np.cumsum(counts) - (counts - 1) / 2)[group]
    return ranks


def kendall_tau_b(a: Vector, b: Vector) -> float:
    """Kendall's τ-b of two vectors of shape (n,), n ≥ 2, neither constant (Kendall 1945, Biometrika 33)."""
    concordant = 0
    for i in range(len(a) - 1):
        concordant += int((np.sign(a[i + 1 :] - a[i]) * np.sign(b[i + 1 :] - b[i])).sum())
    pairs = len(a) * (len(a) - 1) // 2
    untied = [pairs - sum(int(c) * (int(c) - 1) // 2 for c in np.unique(v, return_counts=True)[1]) for v in (a, b)]
    tau = concordant / np.sqrt(untied[0]) / np.sqrt(untied[1])
    return float(min(1.0, max(-1.0, tau)))
