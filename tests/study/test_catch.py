"""Catch pairs of different material: of both kinds in every study, plainly different, and chosen as the file says."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from simtui.network.pair_selection import catch_selection
from simtui.stimuli import drawn
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Source
from simtui.study import file as study_file
from simtui.study.catch import LEAST_ALIKE, PATTERN
from simtui.study.model import Pair, Study
from simtui.study.sampling import given_pairs_study, sample_study
from simtui.study.selection import Selection
from tests.builders import noise_images, saved

ALIKE = [{3, 8}, {4, 9}, {7, 1}, {3, 5}, {5, 8}, {7, 9}, {8, 9}]


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return drawn.load(range(10), 30, seed=4)


def different(study: Study) -> list[Pair]:
    return [pair for pair in study.catch_pairs if pair.left != pair.right]


def similarity(images: ImageSet, selection: Selection, layer: str) -> dict[tuple[str, str], float]:
    matrix = selection.matrices[selection.layers.index(layer)](images.pixels)
    return {(a, b): float(matrix[i, j]) for (i, a), (j, b) in product(enumerate(images.ids), repeat=2)}


@pytest.mark.parametrize("count", range(1, 8))
def test_a_study_of_one_digit_has_both_kinds_as_evenly_as_can_be(digits: ImageSet, count: int) -> None:
    study = sample_study(digits, digits=[8], pairs=9, seed=1, catch=count)
    low, high = ([pair for pair in study.catch_pairs if pair.expected == end] for end in (1, 10))
    assert 0 <= len(high) - len(low) <= 1 or count == 1
    assert len(low) >= 1, "so that the top of the scale, pressed throughout, fails"
    assert all(pair.left == pair.right for pair in high)
    assert low == different(study)
    assert all(pair.digit == 8 and pair.right_digit not in {8, None} for pair in low)
    assert len({image for pair in low for image in (pair.left, pair.right)}) == 2 * len(low)
    assert study.design.digits == [8]


@pytest.mark.parametrize("asked", [[3, 8], [4, 9], [1, 7], [3, 5, 8], list(range(10))], ids=str)
def test_digits_that_are_written_alike_are_never_different_material(digits: ImageSet, asked: list[int]) -> None:
    for seed in range(3):
        study = sample_study(digits, digits=asked, pairs=3, practice=0, seed=seed, catch=3 * len(asked) - 1)
        shown = [set(pair.digits) for pair in different(study)]
        assert len(shown) == (3 * len(asked) - 1) // 2
        assert not [two for two in shown if two in ALIKE]


def test_digits_get_digits_and_no_pattern(digits: ImageSet) -> None:
    study = sample_study(digits, digits=range(10), pairs=3, practice=0, seed=1, catch=20)
    assert {label for pair in study.catch_pairs for label in pair.digits} <= set(range(10))


def test_the_classes_of_the_study_come_first_and_then_those_of_the_source(digits: ImageSet) -> None:
    own = sample_study(digits, digits=[0, 1], pairs=8, seed=1, catch=6)
    assert [set(pair.digits) for pair in different(own)] == [{0, 1}] * 3
    foreign = sample_study(digits, digits=[3, 8], pairs=8, seed=1, catch=6)
    assert all(len(pair.digits - {3, 8}) == 1 for pair in different(foreign))


def test_different_material_is_among_the_least_alike_in_pixels_and_in_the_network(digits: ImageSet) -> None:
    selection = catch_selection(None)
    assert selection.layers == ("pixels", "fc")
    study = sample_study(digits, digits=[8], pairs=9, seed=1, catch=6, catch_selection=selection)
    assert (study.design.catch_by, study.design.catch_checkpoint_sha256) == (
        ["pixels", "fc"],
        selection.checkpoint_sha256,
    )
    eights = [name for name, label in zip(digits.ids, digits.labels, strict=True) if label == 8]
    others = [name for name, label in zip(digits.ids, digits.labels, strict=True) if label != 8]
    for layer in selection.layers:
        of = similarity(digits, selection, layer)
        chosen = [of[pair.left, pair.right] for pair in different(study)]
        assert max(chosen) < min(of[two] for two in combinations(eights, 2))
        assert max(chosen) < np.quantile([of[two] for two in product(eights, others)], 0.1)


def test_pixels_alone_choose_where_there_is_no_network(digits: ImageSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simtui.network.pair_selection.find_spec", lambda name: None)
    assert catch_selection(None) is LEAST_ALIKE
    study = sample_study(digits, digits=[8], pairs=9, seed=1, catch=6)
    assert (study.design.catch_by, study.design.catch_checkpoint_sha256) == (["pixels"], None)
    of = similarity(digits, LEAST_ALIKE, "pixels")
    eights = [name for name, label in zip(digits.ids, digits.labels, strict=True) if label == 8]
    assert max(of[pair.left, pair.right] for pair in different(study)) < min(of[p] for p in combinations(eights, 2))


def test_a_source_of_one_class_gets_made_patterns() -> None:
    images = noise_images(30, classes=("faces",))
    study = sample_study(images, digits=["faces"], pairs=9, seed=1, catch=6)
    found = different(study)
    assert [pair.right_digit for pair in found] == [PATTERN] * 3
    assert len({pair.right for pair in found}) == 3
    own = {name for pair in study.every_pair() for name in (pair.left, pair.right)} - {pair.right for pair in found}
    assert own <= set(images.ids)
    assert set(study.images) == own | {pair.right for pair in found}, "the file carries the patterns it shows, no other"
    for pair in found:
        made = study.pixels([pair.right])
        assert set(np.unique(made)) == {0, 255}
        assert not any(np.array_equal(made[0], image) for image in images.pixels)


def test_classes_that_look_the_same_are_no_different_material() -> None:
    """Two classes of one look: an image of the other is no less alike than one of its own."""
    pixels = np.repeat(drawn.load([8], 20, seed=1).pixels, 2, axis=0)
    labels = ("happy", "sad") * 20
    images = ImageSet(pixels, labels, tuple(f"i{i}" for i in range(40)), Source(name="files"))
    study = sample_study(images, digits=["happy", "sad"], pairs=5, practice=0, seed=1, catch=4)
    assert [pair.right_digit for pair in different(study)] == [PATTERN] * 2


def test_empty_images_and_given_pairs_have_both_kinds_too() -> None:
    pixels = np.zeros((20, 28, 28), np.uint8)
    blank = ImageSet(pixels, (8,) * 20, tuple(f"i{i}" for i in range(20)), Source(name="files"))
    for study in (
        sample_study(blank, digits=[8], pairs=5, seed=1, catch=4),
        given_pairs_study(blank.take(range(10)), blank.take(range(10, 20)), seed=1, catch=4),
    ):
        assert [pair.expected for pair in study.catch_pairs] == [10, 10, 1, 1]


def test_the_seed_decides_and_the_same_one_gives_the_same(digits: ImageSet) -> None:
    made = [sample_study(digits, digits=[8], pairs=9, seed=seed, catch=6).catch_pairs for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


def test_many_catch_pairs_of_few_images_are_all_there() -> None:
    images = noise_images(4, classes=("faces",)).take([0, 1, 2, 3] * 5)
    named = ImageSet(images.pixels, images.labels, tuple(f"i{i}" for i in range(20)), images.source)
    study = given_pairs_study(named.take(range(10)), named.take(range(10, 20)), seed=1, catch=9)
    assert len(different(study)) == 4
    assert len({pair.right for pair in different(study)}) == 4
    many = sample_study(noise_images(200, classes=("faces",)), digits=["faces"], pairs=100, seed=1, catch=99)
    assert len({(pair.left, pair.right) for pair in different(many)}) == 49


def test_a_file_from_before_the_choice_was_written_stays_readable(digits: ImageSet, tmp_path: Path) -> None:
    study = sample_study(digits, digits=[3, 8], pairs=8, seed=1, catch=4)
    path = saved(study, tmp_path)
    document = json.loads(path.read_bytes())
    assert document["design"].pop("catch_by") == ["pixels"]
    path.write_text(json.dumps(document))
    old = study_file.load(path)
    assert old.design.catch_by is None
    assert old.catch_pairs == study.catch_pairs
