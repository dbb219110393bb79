"""Ratings that are missing and pictures that come back: every number is of what is there, and of it once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from simtui.analysis.correlation import fisher_ci
from simtui.analysis.ratings import Ratings
from simtui.analysis.reliability import leave_one_out_r
from simtui.analysis.report import build
from simtui.analysis.results import CheckpointInfo
from simtui.analysis.similarities import Similarities
from simtui.analysis.usable import mean_of_others
from simtui.reporting.content import full
from simtui.reporting.markdown import render as as_markdown
from simtui.reporting.text import as_text
from simtui.study.model import Study
from tests.analysis.data import agreement_of, simulated
from tests.analysis.reports import given, imported
from tests.builders import small_study

_ = np.nan


def partly_rated(study: Study, folder: Path, matrix: NDArray[np.float64]) -> Ratings:
    """Ratings of people who did not all see all pairs."""
    whole = {f"P{i + 1}": [5 + j % 2 for j in range(len(study.pairs))] for i in range(len(matrix))}
    found = imported(study, folder, whole)
    return replace(found, matrix=matrix)


def test_only_rated_pairs_count(tmp_path: Path) -> None:
    study = small_study(pairs=30)
    latent, ratings = simulated(3, 30, seed=3)
    matrix = np.where(np.arange(30) < 12, ratings, _)

    found = partly_rated(study, tmp_path, matrix)
    report = build(study, found, given(study, fc=latent))

    group = report.groups[0]
    r = group.layers["fc"].pearson.r
    assert r is not None
    assert (group.n_pairs, group.n_rated) == (30, 12)
    assert group.layers["fc"].pearson.ci == pytest.approx(fisher_ci(r, 12))
    assert report.overall.layers["fc"].ci == pytest.approx(fisher_ci(r, 12))
    text = as_text(report)
    assert "n = 12 pairs" in text
    assert "12 pairs show a true r of " in text
    assert "3 participants rated 12 of 30 pairs" in as_markdown(full(report, study, found, "fc"))


def test_the_network_is_held_to_the_pairs_that_a_person_rated() -> None:
    latent, ratings = simulated(4, 20, seed=8)
    half = np.arange(20) < 10
    matrix = np.where(np.array([half, half, ~half, ~half]), ratings, _)

    found = agreement_of({"fc": latent}, matrix, n_bootstrap=99, n_permutations=99).layers["fc"]

    others = mean_of_others(matrix)
    own = [np.corrcoef(latent[seen], others[i][seen])[0, 1] for i, seen in enumerate([half, half, ~half, ~half])]
    assert found.as_another_person_r == pytest.approx(np.mean(own))


def test_the_network_and_another_person_are_means_over_the_same_people() -> None:
    latent, ratings = simulated(3, 12, seed=8)
    # The third says one thing of every pair that anybody else rated, and so has no r with the others.
    matrix = np.vstack([np.where(np.arange(12) < 8, ratings[:2], _), np.where(np.arange(12) < 8, 4.0, ratings[2])])

    assert np.isnan(leave_one_out_r(matrix)[2])
    found = agreement_of({"fc": latent}, matrix, n_bootstrap=99, n_permutations=99).layers["fc"]

    others = mean_of_others(matrix)
    assert found.as_another_person_r == pytest.approx(
        np.mean([np.corrcoef(latent[:8], others[i][:8])[0, 1] for i in range(2)])
    )


@pytest.fixture
def under_two_ids() -> Study:
    """Six pairs of which the last three have the left picture of the first, each under an id of its own."""
    study = small_study(pairs=6)
    first = study.images[study.pairs[0].left]
    again = {pair.left: first for pair in study.pairs[3:]}
    return msgspec.structs.replace(study, images={**study.images, **again})


def test_one_picture_under_several_ids_is_one_image(under_two_ids: Study, tmp_path: Path) -> None:
    latent, ratings = simulated(2, 6, seed=2)
    people = {f"P{i + 1}": [int(v) for v in row] for i, row in enumerate(ratings)}

    report = build(under_two_ids, imported(under_two_ids, tmp_path, people), given(under_two_ids, fc=latent))

    assert report.groups[0].resampled != "pairs"
    assert any("share an image" in note for note in report.notes)


def test_the_accuracy_is_of_different_images(under_two_ids: Study, tmp_path: Path) -> None:
    latent, ratings = simulated(2, 6, seed=2)
    people = {f"P{i + 1}": [int(v) for v in row] for i, row in enumerate(ratings)}
    found = given(under_two_ids, fc=latent)
    for pair in (under_two_ids.pairs[0], *under_two_ids.pairs[3:]):
        found.predicted[pair.left] = 3

    group = build(under_two_ids, imported(under_two_ids, tmp_path, people), found).groups[0]

    # Of nine different images one is misread, not four of twelve.
    assert group.accuracy_on_stimuli == pytest.approx(8 / 9)
    assert group.accuracy_is_low


@pytest.mark.parametrize(
    ("misread", "test_acc", "low"), [(0, 98.7, False), (4, 98.7, True), (4, 90.0, False), (4, None, False)]
)
def test_accuracy_is_low_where_the_network_is_worse_than_elsewhere(
    misread: int, test_acc: float | None, low: bool, tmp_path: Path
) -> None:
    study = small_study(pairs=20)
    latent, ratings = simulated(2, 20, seed=2)
    people = {f"P{i + 1}": [int(v) for v in row] for i, row in enumerate(ratings)}
    plain = given(study, fc=latent)
    checkpoint = CheckpointInfo(file="given.pt", sha256="0" * 64, test_acc=test_acc)
    found = Similarities(study.sha256, checkpoint, plain.layers, plain.predicted)
    for pair in study.pairs[:misread]:
        found.predicted[pair.left] = 3

    report = build(study, imported(study, tmp_path, people), found)

    assert report.groups[0].accuracy_is_low == low
    assert any("r may reflect" in note for note in report.notes) == low
    assert ("r may be about their format" in " ".join(as_text(report).split())) == low


def test_a_layer_without_r_is_a_sentence_and_no_crash(tmp_path: Path) -> None:
    study = small_study(pairs=6)
    latent, ratings = simulated(2, 6, seed=2)
    people = {f"P{i + 1}": [int(v) for v in row] for i, row in enumerate(ratings)}
    blank = np.where(np.arange(6) == 2, _, latent)

    ratings_found = imported(study, tmp_path, people)
    report = build(study, ratings_found, given(study, fc=latent, pixels=blank))

    for layer in ("fc", "pixels"):
        assert "p03" in as_text(report, layer)
    assert "there is none; the notes say why" in " ".join(as_text(report, "pixels").split())
    assert any("has no cosine there" in note for note in report.notes)
    assert any("no layer has a partial r" in note for note in report.notes)
    assert "there is none" in as_markdown(full(report, study, ratings_found, "pixels"))
