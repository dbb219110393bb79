"""Given pairs bring their classes: mixed ones are groups of their own, and what is no digit has no accuracy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simtui.study import file as study_file
from simtui.study.model import Study
from tests.commands.in_process import simtui


def made(folder: Path, *options: str, **arrays: object) -> Study:
    rng = np.random.default_rng(2)
    images = {name: rng.integers(0, 256, (4, 28, 28), dtype=np.uint8) for name in ("images1", "images2")}
    np.savez(folder / "pairs.npz", **images, **arrays)  # type: ignore[arg-type]
    done = simtui(folder, "new", "study.json", "--pairs-from", "pairs.npz", *options)
    assert done.returncode == 0, done.stderr
    return study_file.load(folder / "study.json")


@pytest.mark.parametrize(
    ("arrays", "groups"),
    [
        ({"labels1": [3, 3, 8, 8], "labels2": [3, 8, 3, 8]}, [3, "3 and 8", "3 and 8", 8]),
        ({"labels": [3, 3, 8, 8]}, [3, 3, 8, 8]),
        ({"labels": ["cat", "cat", "dog", "8"]}, ["cat", "cat", "dog", 8]),
        ({}, [8, 8, 8, 8]),
    ],
)
def test_the_labels_in_the_file_are_used(tmp_path: Path, arrays: dict[str, object], groups: list[object]) -> None:
    study = made(tmp_path, **arrays)
    assert [study.group(pair) for pair in study.pairs] == groups


def test_a_class_that_is_asked_for_goes_before(tmp_path: Path) -> None:
    study = made(tmp_path, "--class", "faces", labels=[1, 2, 3, 4])
    assert {study.group(pair) for pair in study.pairs} == {"faces"}


@pytest.mark.parametrize("labels", [[1, 2, 3], [1.5, 2, 3, 4], [-1, 2, 3, 4], ["", "a", "b", "c"]])
def test_labels_that_are_none_are_refused(tmp_path: Path, labels: list[object]) -> None:
    with pytest.raises(AssertionError, match="not 4 whole numbers or short texts, one a pair"):
        made(tmp_path, labels=labels)


def test_labels_of_one_side_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="has labels2 and no labels1: save both, or labels for both sides"):
        made(tmp_path, labels2=[1, 2, 3, 4])


def test_a_number_of_pairs_is_refused_beside_given_ones(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="leave out --pairs"):
        made(tmp_path, "--pairs", "10")
