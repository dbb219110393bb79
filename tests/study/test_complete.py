"""Complete designs: every pair of some images, shared out over the lists."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from simtui.errors import SimtuiError
from simtui.stimuli import drawn
from simtui.stimuli.image_set import ImageSet
from simtui.study.complete import complete_study, rounds, shares
from simtui.study.model import Study


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return drawn.load([3, 8], 20, 0)


def _pairs(study: Study, list_index: int | None = None) -> list[frozenset[str]]:
    pairs = study.pairs if list_index is None else study.list_pairs(list_index)
    return [frozenset((pair.left, pair.right)) for pair in pairs]


@pytest.mark.parametrize("n", [4, 5, 12, 13])
def test_rounds_have_every_pair_once_and_each_image_at_most_once_a_round(n: int) -> None:
    found = rounds(n)
    assert sorted(tuple(sorted(pair)) for pair in found) == list(itertools.combinations(range(n), 2))
    size = n // 2
    for start in range(0, len(found), size):
        assert max(Counter(i for pair in found[start : start + size] for i in pair).values()) == 1


def test_twelve_images_make_66_pairs(images: ImageSet) -> None:
    study = complete_study(images, digits=[8], count=12, seed=1)
    assert len(set(_pairs(study))) == len(study.pairs) == 66
    assert len({image for pair in _pairs(study) for image in pair}) == 12
    assert study.design.sampling == "complete"
    practised = {image for pair in study.practice_pairs for image in (pair.left, pair.right)}
    assert len(study.practice_pairs) == 2
    assert practised.isdisjoint(image for pair in _pairs(study) for image in pair)
    assert {study.group(pair) for pair in study.pairs} == {8}


def test_lists_share_out_the_pairs_and_show_every_image_about_equally_often(images: ImageSet) -> None:
    study = complete_study(images, digits=[8], count=12, seed=1, lists=3)
    assert [len(_pairs(study, k)) for k in range(3)] == [22, 22, 22]
    assert len(set(_pairs(study))) == 66
    for k in range(3):
        counts = Counter(image for pair in _pairs(study, k) for image in pair)
        assert len(counts) == 12
        assert max(counts.values()) - min(counts.values()) <= 2


def test_several_digits_share_the_images_and_are_paired_with_each_other(images: ImageSet) -> None:
    study = complete_study(images, digits=[8, 3], count=7, seed=1)
    assert shares(7, 2) == [4, 3]
    assert len(study.pairs) == 21
    assert study.design.digits == [8, 3]
    kinds = Counter(pair.digits for pair in study.pairs)
    assert kinds == {frozenset({8}): 6, frozenset({3}): 3, frozenset({3, 8}): 12}
    assert {study.group(pair) for pair in study.pairs} == {"8 and 3"}


def test_the_same_request_gives_the_same_study(images: ImageSet) -> None:
    a, b, c = (complete_study(images, digits=[8], count=6, seed=seed) for seed in (1, 1, 2))
    assert a.sha256 == b.sha256 != c.sha256


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ({"count": 3}, "4 to 100 images, not 3"),
        ({"count": 30}, "30 images need 30 of “8” and this source has 20"),
        ({"count": 12, "lists": 67}, "1 to 66 lists"),
        ({"count": 12, "digits": [7]}, "no images of “7”"),
        ({"count": 20, "practice": 1}, "a complete design of 20 images leave over"),
        ({"count": 4, "repeats": 6}, "impossible"),
    ],
)
def test_what_cannot_be_made_says_why(images: ImageSet, request_: dict[str, object], why: str) -> None:
    with pytest.raises(SimtuiError, match=why):
        complete_study(images, **({"digits": [8], "seed": 0} | request_))  # type: ignore[arg-type]  # one of each kind
