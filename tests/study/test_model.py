"""Studies: sampled as the homework samples, written once, byte for byte the same, and checked when read."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simtui.errors import SimtuiError
from simtui.study import file as study_file
from simtui.study import model as studies
from simtui.study.sampling import given_pairs_study, sample_study
from tests.builders import noise_images, saved, small_study


def test_pairs_are_of_different_images_of_one_class_and_no_image_is_used_twice() -> None:
    images = noise_images(30)
    study = sample_study(images, digits=[3, 8], pairs=10, seed=7)
    label_of = dict(zip(images.ids, images.labels, strict=True))
    used = [i for pair in study.every_pair() for i in (pair.left, pair.right)]
    assert len(used) == len(set(used)) == 2 * (20 + 2)
    assert all(label_of[p.left] == label_of[p.right] == p.digit for p in study.every_pair())
    assert [p.digit for p in study.pairs] == [3] * 10 + [8] * 10
    assert [p.id for p in study.pairs] == [f"p{n:02d}" for n in range(1, 21)]


def test_pixels_are_the_images_as_they_were_given(tmp_path: Path) -> None:
    images = noise_images()
    study = study_file.load(saved(sample_study(images, digits=[8], pairs=5, seed=1), tmp_path))
    pixels = study.pixels(study.images)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, images.pixels[[images.ids.index(name) for name in study.images]])
    with pytest.raises(SimtuiError, match="has no image 'elsewhere'"):
        study.pixels(["elsewhere"])


def test_the_study_file_carries_every_image_as_a_grey_png_with_the_very_pixels(tmp_path: Path) -> None:
    images = noise_images()
    document = json.loads(saved(sample_study(images, digits=[8], pairs=5, seed=1), tmp_path).read_bytes())
    assert document["format"] == "simtui.study"
    for image_id, text in document["images"].items():
        picture = Image.open(io.BytesIO(base64.b64decode(text)))
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (28, 28))
        assert np.array_equal(np.asarray(picture), images.pixels[images.ids.index(image_id)])


def test_what_is_read_is_what_was_written_with_the_sha256_of_the_file(tmp_path: Path) -> None:
    import hashlib

    study = small_study(practice=2)
    path = saved(study, tmp_path)
    read = study_file.load(path)
    assert read == study
    assert read.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others() -> None:
    assert study_file.encode(small_study(seed=1)) == study_file.encode(small_study(seed=1))
    assert small_study(seed=1).sha256 != small_study(seed=2).sha256
    assert small_study(seed=1).id != small_study(seed=2).id


def test_adding_a_digit_leaves_the_pairs_of_the_others_as_they_were() -> None:
    alone = sample_study(noise_images(), digits=[8], pairs=5, seed=3)
    both = sample_study(noise_images(), digits=[3, 8], pairs=5, seed=3)
    assert [(p.left, p.right) for p in alone.pairs] == [(p.left, p.right) for p in both.pairs if p.digit == 8]


def test_practice_pairs_span_the_similarities_and_shrink_when_images_run_out() -> None:
    assert len(small_study(practice=2).practice_pairs) == 2
    exact = sample_study(noise_images(10), digits=[8], pairs=5, seed=1)
    assert exact.practice_pairs == []
    assert exact.design.practice == 0
    with pytest.raises(SimtuiError, match="practice pairs need 4 more images"):
        sample_study(noise_images(10), digits=[8], pairs=5, seed=1, practice=2)


@pytest.mark.parametrize(
    ("digits", "pairs", "sentence"),
    [
        ([8], 11, "11 pairs of “8” need 22 images and this source has 20: ask for at most 10 pairs"),
        ([5], 1, "There are no images of “5” in this source: it has 3, 8"),
        ([8, 8], 1, "asked for twice"),
        ([8], 0, "at least 1 pair"),
    ],
)
def test_what_cannot_be_sampled_is_said(digits: list[int | str], pairs: int, sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        sample_study(noise_images(20), digits=digits, pairs=pairs, seed=0)


def test_given_pairs_keep_their_order() -> None:
    images = noise_images(12, classes=(8,))
    left, right = images.take(range(6)), images.take(range(6, 12))
    study = given_pairs_study(left, right, seed=0)
    assert [(p.id, p.left, p.right) for p in study.pairs[:2]] == [
        ("p01", "noise-000", "noise-006"),
        ("p02", "noise-001", "noise-007"),
    ]
    assert study.design.sampling == "given"


def test_a_file_that_is_there_is_left_alone_unless_forced(tmp_path: Path) -> None:
    path = saved(small_study(seed=1), tmp_path)
    before = path.read_bytes()
    with pytest.raises(SimtuiError, match="is there already and was left alone"):
        study_file.save(small_study(seed=2), path)
    assert path.read_bytes() == before
    study_file.save(small_study(seed=2), path, force=True)
    assert study_file.load(path).design.seed == 2
    assert [p.name for p in tmp_path.iterdir()] == ["study.json"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="could not be written"):
        study_file.save(small_study(), tmp_path / "missing" / "study.json")


def _broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(study_file.encode(small_study()))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xff\xfe{", "is not a study file"),
        (b"[" * 100_000, "is not a study file"),
        (b'{"format": "simtui.study"', "is not a study file"),
        (_broken(lambda d: d.update(format="simtui.session")), "its format is “simtui.session”"),
        (_broken(lambda d: d.update(version=99)), "it is of version 99"),
        (
            _broken(lambda d: [d.update(version=99), d.pop("id")]),
            "it is of version 99, .*: use the simtui that made it",
        ),
        (_broken(lambda d: [d.update(format="simtui.plan"), d.pop("pairs")]), "its format is “simtui.plan”"),
        (_broken(lambda d: d.pop("id")), "it has no “id”; put that right, or name another file"),
        (_broken(lambda d: d["pairs"][1].pop("left")), r"pairs\[1\] has no “left”"),
        (_broken(lambda d: d["pairs"][1].update(left=7)), r"pairs\[1\].left must be text, not a whole number"),
        (_broken(lambda d: d["images"].update(x=None)), "an entry of images must be text, not null"),
        (b'{\n"format" "simtui.study"}', "line 2 is no JSON: a colon is missing"),
        (_broken(lambda d: d.update(id="../../etc")), "is not 1 to 64 letters"),
        (_broken(lambda d: d.update(pairs=[])), "it has no pairs"),
        (_broken(lambda d: d["pairs"].append(d["pairs"][0])), "two pairs have the id “p01”"),
        (_broken(lambda d: d["images"].clear()), "which is not in the file"),
        (_broken(lambda d: d["images"].update({d["pairs"][0]["left"]: "!!!"})), "not base64"),
        (_broken(lambda d: d["scale"].update(high=11)), "does not lie within 0 to 10"),
        (_broken(lambda d: d["scale"].update(low=0)), "eleven steps"),
        (_broken(lambda d: d["design"].update(blank_ms=-1)), "blank_ms"),
        (_broken(lambda d: d["pairs"][0].update(id="\x1b[2J")), r"\\x1b"),
        (
            _broken(lambda d: d["design"].update(order="backwards")),
            "design.order is “backwards”, not shuffled or fixed",
        ),
        (_broken(lambda d: d["design"].update(break_every=-1)), "break_every is -1"),
        (_broken(lambda d: d["design"].update(repeats=10**9)), "1000000000 repeats do not fit among 4 pairs"),
        (_broken(lambda d: d["design"].update(catch=1)), "design.catch is 1, and it has 0 catch pairs"),
        (_broken(lambda d: d["design"].update(lists=10**9)), "design.lists is 1000000000, not 1 to 1000"),
        (_broken(lambda d: d["design"].update(lists=2)), "list 1 has no pairs"),
        (_broken(lambda d: d["pairs"][0].update(list_index=1)), "pair p01 is of list 1, and the lists are 0 to 0"),
        (_broken(lambda d: d["pairs"][0].update(expected=11)), "expects the rating 11, which is not on the scale"),
        (
            _broken(lambda d: d.update(catch_pairs=[{**d["pairs"][0], "id": "c"}])),
            "catch pair c has no expected rating",
        ),
    ],
)
def test_a_damaged_study_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "study.json"
    path.write_bytes(content)
    with pytest.raises(SimtuiError, match=sentence) as caught:
        study_file.load(path)
    assert "\x1b" not in str(caught.value)


@pytest.mark.posix("a device is no file", "/dev/zero")
def test_a_missing_study_a_folder_and_a_device_are_said(tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="There is no file"):
        study_file.load(tmp_path / "none.json")
    with pytest.raises(SimtuiError, match="is a folder"):
        study_file.load(tmp_path)
    with pytest.raises(SimtuiError, match="is not a regular file"):
        study_file.load(Path("/dev/zero"))


def test_keys_stand_for_ratings() -> None:
    scale = studies.Scale()
    assert [scale.rating_of_key(k) for k in "1290"] == [1, 2, 9, 10]
    assert [scale.rating_of_key(k) for k in ("", "a", "12", "²")] == [None] * 4
    assert studies.Scale(low=1, high=7).rating_of_key("8") is None
    assert studies.Scale(low=0, high=9).rating_of_key("0") == 0
