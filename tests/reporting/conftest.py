"""Reports that several of these tests look at, each built once."""

from __future__ import annotations

import pytest

from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.stimuli import drawn
from simtui.study.sampling import sample_study
from tests.analysis.data import HOMEWORK_RATINGS, HOMEWORK_SIMILARITY, simulated
from tests.analysis.reports import given, imported
from tests.builders import small_study


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
