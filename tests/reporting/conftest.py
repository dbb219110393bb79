"""Reports that several of these tests look at, each built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.analysis.ratings import Ratings
from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting.blocks import Block
from simtui.reporting.content import full
from simtui.stimuli import drawn
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from tests.analysis.data import HOMEWORK_RATINGS, HOMEWORK_SIMILARITY, simulated
from tests.analysis.reports import analyze, given, imported
from tests.builders import small_study

EVIL = '<img src=x onerror=alert(1)> & "quoted" \x1b[31m | `code`'
"""In the title and the notes of the study of two digits below."""


@pytest.fixture(scope="session")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The homework's own ratings and similarities; as pixels, the same similarities backwards."""
    study = small_study(pairs=20)
    people = {f"rater{i + 1}": [int(value) for value in row] for i, row in enumerate(HOMEWORK_RATINGS)}
    ratings = imported(study, tmp_path_factory.mktemp("homework"), people)
    return build(study, ratings, given(study, fc=HOMEWORK_SIMILARITY, pixels=HOMEWORK_SIMILARITY[::-1].copy()))


@pytest.fixture(scope="session")
def two_digits(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Three people and eight pairs of each of two digits, whose similarity is what these people share."""
    return _of_digits([3, 8], 8, tmp_path_factory)


@pytest.fixture(scope="session")
def ten_digits(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The same of five pairs of every digit."""
    return _of_digits([*range(10)], 5, tmp_path_factory)


def _of_digits(digits: list[int], pairs: int, tmp_path_factory: pytest.TempPathFactory) -> Report:
    study = sample_study(drawn.load(digits, 20, seed=2), digits=digits, pairs=pairs, seed=1)
    latent, ratings = simulated(3, pairs * len(digits), seed=4)
    people = {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(ratings)}
    return build(study, imported(study, tmp_path_factory.mktemp("digits"), people), given(study, fc=latent))


@pytest.fixture(scope="session")
def study() -> Study:
    return sample_study(drawn.load([3, 8], 24, seed=2), digits=[3, 8], pairs=8, seed=1, title=EVIL)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("document")


@pytest.fixture(scope="session")
def ratings(study: Study, folder: Path) -> Ratings:
    _, matrix = simulated(3, 16, seed=4)
    return imported(study, folder, {f"P{i + 1}": [int(v) for v in row] for i, row in enumerate(matrix)})


@pytest.fixture(scope="session")
def report(study: Study, ratings: Ratings) -> Report:
    return analyze(study, ratings)


@pytest.fixture(scope="session")
def blocks(report: Report, study: Study, ratings: Ratings) -> list[Block]:
    return full(report, study, ratings, "conv2", f"# My answer\n\nIt sees *slant* {EVIL}")
