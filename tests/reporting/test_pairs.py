"""Pairs: ranks within a digit, and what is said of a pair, of pixels as of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting.pairs import (
    by_disagreement,
    gap,
    pair_rows,
    plotted_scores,
    ranked_scores,
    ranks_in_words,
    scores,
)
from simtui.stimuli import drawn
from simtui.study.sampling import sample_study
from simtui.terminal.layout import longest_fitting
from tests.analysis.data import simulated
from tests.analysis.reports import given, imported


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    study = sample_study(drawn.load([3, 8], 20, seed=2), digits=[3, 8], pairs=8, seed=1)
    latent, ratings = simulated(3, 16, seed=4)
    people = {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(ratings)}
    pixels = np.random.default_rng(1).random(16)
    return build(
        study, imported(study, tmp_path_factory.mktemp("pairs"), people), given(study, fc=latent, pixels=pixels)
    )


def test_disagreement_is_the_distance_of_ranks_within_a_digit(report: Report) -> None:
    rows = pair_rows(report, "fc")

    for group in report.groups:
        own = [row for row in rows if row.digit == group.digit]
        assert max(own, key=lambda row: row.net or 0.0).net_rank == 1
        assert sum(row.net_rank or 0 for row in own) == pytest.approx(8 * 9 / 2)
        assert sum(row.human_rank or 0 for row in own) == pytest.approx(8 * 9 / 2)
    order = [rows[i].disagreement or 0.0 for i in by_disagreement(rows)]
    assert order == sorted(order, reverse=True)
    assert all(0 <= distance <= 1 for distance in order)


def test_the_gap_says_who_finds_the_pair_more_alike(report: Report) -> None:
    for row in pair_rows(report, "fc"):
        assert row.net_rank is not None
        assert row.human_rank is not None
        assert gap(row)[0] == ("+" if row.net_rank < row.human_rank else "-" if row.net_rank > row.human_rank else "0")
        more = "the network finds them more alike" in ranks_in_words(row)
        assert more == gap(row).startswith("+")


@pytest.mark.parametrize("width", [42, 62, 80])
def test_a_plotted_pair_has_both_scores_as_they_are_and_as_they_are_plotted(report: Report, width: int) -> None:
    row = pair_rows(report, "fc")[0]
    x, y = f"{row.net_normalized:.2f}", f"{row.pair.human_normalized:.2f}"

    line = longest_fitting(plotted_scores(row, 10), width)

    assert len(line) <= width
    assert line.startswith(f"◆ digit 3, {row.pair.id} ")
    assert f"network {row.net:.2f}" in line
    assert f"people {row.human:.1f}" in line
    if width >= 62:
        assert f"({x})" in line or f"(normalized {x})" in line
        assert f"({y})" in line
    assert ("(normalized" in line) == (width == 80)


def test_pixels_are_no_network(report: Report) -> None:
    for row in pair_rows(report, "pixels"):
        for said in (*plotted_scores(row, 10), scores(row, 10), ranked_scores(row)):
            assert "network" not in said
            assert f"pixels {row.net:.2f}" in said
        assert "network" not in ranks_in_words(row)


def test_a_pair_that_nobody_rated_has_no_rank(report: Report, tmp_path: Path) -> None:
    study = sample_study(drawn.load([8], 20, seed=2), digits=[8], pairs=4, seed=1)
    ratings = imported(study, tmp_path, {"P1": [5, 5, 5, 5]})
    row = pair_rows(build(study, ratings, given(study, fc=np.array([np.nan, 0.2, 0.3, 0.4]))), "fc")[0]

    assert gap(row) == "–"
    assert ranks_in_words(row) == "not rated, or without a similarity: not ranked"
    assert ranked_scores(row).endswith("not ranked")
    assert plotted_scores(row, 10) == (f"◆ {row.pair.id}   network –   people 5.0 of 10",)
