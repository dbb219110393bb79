"""Studies beyond random pairs: lists, catch pairs, pairs selected by similarity, and what cannot be had."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simtui.errors import SimtuiError
from simtui.stimuli import drawn
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.pixels import pixel_cosine_matrix
from simtui.stimuli.source import Source
from simtui.study import file as study_file
from simtui.study.model import Scale, Study
from simtui.study.sampling import given_pairs_study, images_needed, sample_study
from simtui.study.selection import Selection
from tests.builders import noise_images, saved

BY_PIXELS = Selection("stratified", ("pixels",), (pixel_cosine_matrix,))


def upside_down(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A second opinion, of the upper halves alone."""
    return pixel_cosine_matrix(pixels[:, :14])


PIXELS_OR_HALVES = Selection("controversial", ("pixels", "halves"), (pixel_cosine_matrix, upside_down))


@pytest.fixture(scope="module")
def eights() -> ImageSet:
    return drawn.load([8], 200, seed=4)


def similarities(study: Study, images: ImageSet) -> list[float]:
    matrix, at = pixel_cosine_matrix(images.pixels), {name: i for i, name in enumerate(images.ids)}
    return [float(matrix[at[pair.left], at[pair.right]]) for pair in study.pairs]


def spread(values: list[float]) -> float:
    """How far the sorted values are from evenly spread over their range: 0 even, 1 all at one end."""
    ranked = np.sort(values)
    even = np.linspace(ranked[0], ranked[-1], len(ranked))
    return float(np.abs(ranked - even).max() / (ranked[-1] - ranked[0]))


# ---------------------------------------------------------------------- what a plain study says


def test_a_plain_study_names_nothing_that_it_does_not_use() -> None:
    document = json.loads(study_file.encode(sample_study(noise_images(), digits=[8], pairs=5, seed=1)))
    assert set(document) == PLAIN_STUDY
    assert set(document["design"]) == PLAIN_DESIGN
    assert all(sorted(pair) == ["digit", "id", "left", "right"] for pair in document["pairs"])


PLAIN_STUDY = {"format", "version", "id", "title", "question", "scale", "source", "design"}
PLAIN_STUDY |= {"pairs", "practice_pairs", "texts", "images"}
PLAIN_DESIGN = {"digits", "seed", "sampling", "practice", "repeats", "catch", "order", "swap_sides"}
PLAIN_DESIGN |= {"min_viewing_ms", "blank_ms"}


def test_what_a_study_uses_is_written_and_read_again(tmp_path: Path) -> None:
    study = sample_study(
        noise_images(60),
        digits=[3, 8],
        pairs=6,
        seed=1,
        lists=2,
        repeats=2,
        catch=4,
        break_every=5,
        selection=Selection("stratified", ("fc",), (pixel_cosine_matrix,), "a" * 64),
        texts={"consent": "Yes?"},
        scale=Scale(low_label="verschieden"),
    )
    path = saved(study, tmp_path)
    assert study_file.load(path) == study
    design = json.loads(path.read_bytes())["design"]
    assert {name: design[name] for name in study_file.WRITTEN_WHERE_USED if name in design} == {
        "by": "fc",
        "checkpoint_sha256": "a" * 64,
        "lists": 2,
        "claim_minutes": 30,
        "break_every": 5,
        "catch_by": ["pixels"],
    }
    assert study.scale.low_label == "verschieden"


def test_the_pairs_are_the_same_on_every_machine_and_in_every_later_version() -> None:
    """Of the choice alone: the bytes of the images depend on the version of zlib that packs them."""
    n = 120
    ramp = np.arange(n)[:, None, None] * 37 + np.arange(28)[:, None] * 5 * (1 + np.arange(n)[:, None, None] % 7)
    pixels = ((ramp + np.arange(28) * 11) % 256).astype(np.uint8)
    labels = tuple(3 if i % 2 else 8 for i in range(n))
    images = ImageSet(pixels, labels, tuple(f"i{i:03d}" for i in range(n)), Source(name="files"))
    study = sample_study(images, digits=[3, 8], pairs=8, seed=7, lists=2, catch=4)
    text = "\n".join(f"{p.id} {p.left} {p.right} {p.digit} {p.expected} {p.list_index}" for p in study.every_pair())
    assert hashlib.sha256(text.encode()).hexdigest() == GOLDEN


GOLDEN = "827fc4e426655093df2f1ad52569cec6be699c0db6ff5b72a33156aa71456df5"


# ---------------------------------------------------------------------- lists


def test_lists_have_pairs_of_their_own_and_the_first_is_the_study_without_lists() -> None:
    alone = sample_study(noise_images(60), digits=[3, 8], pairs=5, seed=3)
    three = sample_study(noise_images(60), digits=[3, 8], pairs=5, seed=3, lists=3)
    assert [len(three.list_pairs(k)) for k in range(3)] == [10, 10, 10]
    assert [(p.left, p.right) for p in three.list_pairs(0)] == [(p.left, p.right) for p in alone.pairs]
    used = [image for pair in three.every_pair() for image in (pair.left, pair.right)]
    assert len(used) == len(set(used))
    assert three.design.lists == 3
    assert three.trials_of_run(2) == 10


def test_lists_of_stratified_pairs_all_have_the_whole_range(eights: ImageSet) -> None:
    study = sample_study(eights, digits=[8], pairs=12, seed=1, lists=3, selection=BY_PIXELS)
    values = dict(zip((pair.id for pair in study.pairs), similarities(study, eights), strict=True))
    ranges = [[values[pair.id] for pair in study.list_pairs(k)] for k in range(3)]
    low, high = min(values.values()), max(values.values())
    for one in ranges:
        assert max(one) - min(one) > 0.8 * (high - low)
    means = [float(np.mean(one)) for one in ranges]
    assert max(means) - min(means) < 0.05 * (high - low)


# ---------------------------------------------------------------------- catch pairs


def test_catch_pairs_of_one_digit_are_of_both_kinds_and_of_no_other_pair() -> None:
    study = sample_study(noise_images(60), digits=[8], pairs=10, seed=1, catch=3)
    assert [pair.id for pair in study.catch_pairs] == ["catch01", "catch02", "catch03"]
    assert [pair.left == pair.right for pair in study.catch_pairs] == [True, True, False]
    assert [pair.expected for pair in study.catch_pairs] == [10, 10, 1]
    others = {image for pair in [*study.pairs, *study.practice_pairs] for image in (pair.left, pair.right)}
    shown = [pair.left for pair in study.catch_pairs]
    assert len(set(shown)) == 3
    assert not others & set(shown)


@pytest.mark.parametrize("count", range(1, 12))
def test_half_of_the_catch_pairs_of_several_digits_are_of_two(count: int) -> None:
    images = drawn.load([0, 1, 5], 40, seed=4)
    study = sample_study(images, digits=[0, 1, 5], pairs=10, seed=1, catch=count, scale=Scale(low=1, high=7))
    label = dict(zip(images.ids, images.labels, strict=True))
    between = [pair for pair in study.catch_pairs if pair.right_digit is not None]
    assert len(study.catch_pairs) == count
    assert len(between) == max(1, count // 2)
    for pair in study.catch_pairs:
        assert label[pair.left] == pair.digit
        assert label[pair.right] == (pair.digit if pair.right_digit is None else pair.right_digit)
        assert pair.expected == (7 if pair.left == pair.right else 1)
        assert len(pair.digits) == (1 if pair.left == pair.right else 2)


def test_catch_pairs_take_images_of_other_pairs_where_no_image_is_left() -> None:
    images = noise_images(10, classes=(8,))
    study = sample_study(images, digits=[8], pairs=5, seed=1, catch=2)
    assert {pair.left for pair in study.catch_pairs} <= set(images.ids)
    given = given_pairs_study(images.take(range(5)), images.take(range(5, 10)), seed=1, catch=3, repeats=2)
    assert len({pair.left for pair in given.catch_pairs}) == 3
    assert [pair.expected for pair in given.catch_pairs] == [10, 10, 1]
    assert given.design.sampling == "given"


# ---------------------------------------------------------------------- pairs selected by similarity


def test_stratified_pairs_are_spread_evenly_where_random_ones_crowd(eights: ImageSet) -> None:
    at_random = similarities(sample_study(eights, digits=[8], pairs=20, seed=1), eights)
    study = sample_study(eights, digits=[8], pairs=20, seed=1, selection=BY_PIXELS)
    stratified = similarities(study, eights)
    assert np.std(stratified) > 1.3 * np.std(at_random)
    assert spread(stratified) < 0.1 < spread(at_random)
    assert (study.design.sampling, study.design.by, study.design.between) == ("stratified", "pixels", None)
    used = [image for pair in study.every_pair() for image in (pair.left, pair.right)]
    assert len(used) == len(set(used))


def test_the_same_seed_selects_the_same_pairs_and_another_others(eights: ImageSet) -> None:
    made = [
        [(p.left, p.right) for p in sample_study(eights, digits=[8], pairs=8, seed=seed, selection=BY_PIXELS).pairs]
        for seed in (1, 1, 2)
    ]
    assert made[0] == made[1] != made[2]


def test_controversial_pairs_are_those_on_which_the_layers_disagree_most(eights: ImageSet) -> None:
    study = sample_study(eights, digits=[8], pairs=10, seed=1, selection=PIXELS_OR_HALVES)
    at = {name: i for i, name in enumerate(eights.ids)}
    first, second = np.triu_indices(len(eights), 1)
    ranks = [
        np.argsort(np.argsort(matrix(eights.pixels)[first, second])) for matrix in (pixel_cosine_matrix, upside_down)
    ]
    difference = np.zeros((len(eights), len(eights)))
    difference[first, second] = difference[second, first] = (ranks[0] - ranks[1]) / len(first)
    chosen = [difference[at[pair.left], at[pair.right]] for pair in study.pairs]
    assert sum(value > 0 for value in chosen) == 5
    assert min(map(abs, chosen)) > np.quantile(np.abs(difference), 0.99)
    assert max(chosen) > difference.max() - 1e-4
    assert min(chosen) < difference.min() + 1e-4
    assert study.design.between == ["pixels", "halves"]
    assert study.design.by is None


def test_images_without_a_similarity_are_not_selected(eights: ImageSet) -> None:
    pixels = eights.pixels.copy()
    pixels[:150] = 0
    images = ImageSet(pixels, eights.labels, eights.ids, eights.source)
    study = sample_study(images, digits=[8], pairs=10, seed=1, selection=BY_PIXELS)
    assert all(image not in eights.ids[:150] for pair in study.pairs for image in (pair.left, pair.right))
    for selection in (BY_PIXELS, PIXELS_OR_HALVES):
        with pytest.raises(SimtuiError, match="Too few of the images have a similarity"):
            sample_study(images, digits=[8], pairs=30, seed=1, selection=selection)
    blank = ImageSet(np.zeros_like(pixels), eights.labels, eights.ids, eights.source)
    with pytest.raises(SimtuiError, match="Too few"):
        sample_study(blank, digits=[8], pairs=2, seed=1, selection=BY_PIXELS)


def test_images_that_are_all_alike_can_still_be_selected() -> None:
    pixels = np.full((20, 28, 28), 7, dtype=np.uint8)
    images = ImageSet(pixels, (8,) * 20, tuple(f"i{i}" for i in range(20)), Source(name="files"))
    assert len(sample_study(images, digits=[8], pairs=5, seed=1, selection=BY_PIXELS).pairs) == 5


def test_practice_pairs_of_empty_images_are_no_fault() -> None:
    images = ImageSet(
        np.zeros((20, 28, 28), dtype=np.uint8), (8,) * 20, tuple(f"i{i}" for i in range(20)), Source(name="files")
    )
    assert len(sample_study(images, digits=[8], pairs=5, seed=1, practice=2).practice_pairs) == 2


def test_images_needed() -> None:
    assert images_needed(20, 0) == 40
    assert images_needed(20, 2, catch=3) == 40 + 40 + 6
    assert images_needed(20, 0, lists=3) == 120
    assert images_needed(20, 0, selected=True) == 200
    assert images_needed(800, 0, selected=True) == 1600


# ---------------------------------------------------------------------- what cannot be had


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pairs": 5, "repeats": 4}, "This design is impossible: 4 repeats do not fit among 5 pairs.*at most 3"),
        ({"pairs": 5, "catch": 5}, "5 catch trials do not fit between 5 pairs.*at most 4"),
        ({"pairs": 1, "repeats": 1}, "at most 0"),
        ({"pairs": 5, "lists": 3}, "in each of 3 lists need 30 images and this source has 20: ask for at most 3"),
        ({"pairs": 5, "lists": 0}, "1 to 1000 pair lists"),
        ({"pairs": 5, "repeats": -1}, "less than 0"),
    ],
)
def test_a_design_that_no_run_has_room_for_is_refused_when_it_is_made(options: dict[str, int], sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        sample_study(noise_images(20), digits=[8], seed=0, **options)  # type: ignore[arg-type]


def test_too_many_pairs_to_compare_are_refused() -> None:
    images = noise_images(3100, classes=(8,))
    with pytest.raises(SimtuiError, match="ask for at most 1500"):
        sample_study(images, digits=[8], pairs=1501, seed=0, selection=BY_PIXELS)
