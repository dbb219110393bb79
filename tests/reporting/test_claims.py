"""No printed sentence claims more than the interval for new people and pairs allows: over simulated studies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting.text import as_text
from simtui.stimuli import drawn
from simtui.study.complete import complete_study
from simtui.study.model import Study
from tests.analysis.reports import given, imported
from tests.tui.worlds import drawn_study

DESIGNS = ("one digit", "two digits", "complete")


def study_of(design: str, pairs: int) -> Study:
    if design == "complete":
        return complete_study(drawn.load([8], 12, 0), digits=[8], count=6, seed=0)
    return drawn_study(pairs, (8,) if design == "one digit" else (3, 8))


def simulated(folder: Path, design: str, seed: int) -> Report:
    """So many people, who go with the network by chance, a little or much, and each in a way of their own."""
    rng = np.random.default_rng(seed)
    study = study_of(design, int(rng.integers(5, 16)))
    n, k = len(study.pairs), int(rng.integers(1, 6))
    x, pixels = rng.standard_normal(n), rng.standard_normal(n)
    slopes = rng.choice([0.0, 0.4, 1.5]) + rng.choice([0.1, 0.8]) * rng.standard_normal((k, 1))
    heard = slopes * x + rng.choice([0.0, 0.5, 1.5]) * pixels + rng.choice([0.2, 1.0]) * rng.standard_normal((k, n))
    ratings = np.clip(np.round(5.5 + 2 * heard), 1, 10).astype(int)
    people = {f"P{i}": row.tolist() for i, row in enumerate(ratings, 1)}
    return build(study, imported(study, folder, people), given(study, fc=0.5 + x / 9, pixels=0.5 + pixels / 9))


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("seed", range(5))
def test_what_is_printed_is_what_the_interval_allows(tmp_path: Path, design: str, seed: int) -> None:
    report = simulated(tmp_path, design, 100 * DESIGNS.index(design) + seed)
    for layer in ("fc", "pixels"):
        text = " ".join(as_text(report, layer, width=300).split())
        ends, p = report.interval(layer), report.p_new(layer)
        people = max(group.n_participants for group in report.groups)
        claims = f"{layer} predicts people" in text or "Raw pixels predict people" in text
        against = f"What {layer} finds more alike, people find less so" in text
        if claims or against:
            assert ends is not None
            assert p is not None
            assert ends[0] > 0 if claims else ends[1] < 0
            assert p < (0.005 if people == 2 else 0.05)
            assert people > 1
        elif ends is not None and people > 1 and all(group.verdict for group in report.groups):
            assert "this may be chance" in text
        gap = next((gap for gap in report.overall.differences if gap.layer == layer), None)
        if "better than raw pixels" in text:
            assert gap is not None
            assert gap.p_family is not None
            assert gap.dz > 0
            assert gap.p_family < 0.05
        if "as well as raw pixels" in text:
            assert gap is not None
            assert gap.equivalent
        # An interval from end to end is no interval, and no p is 0.
        assert "-1.000 to 1.000" not in text
        assert "p = 0.0000" not in text
