"""From what is asked of a study to its images and texts, and what its author should know."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from simtui.errors import SimtuiError
from simtui.study.building import images_for, neighbours_note, presentation
from simtui.study.model import QUESTION, Scale
from simtui.study.sampling import images_needed
from tests.builders import small_study


def test_an_option_goes_before_the_file_of_texts(tmp_path: Path) -> None:
    texts = tmp_path / "de.json"
    texts.write_text(json.dumps({"title": "Ziffern", "question": "Wie?", "low_label": "fern", "yes": "Ja"}))
    consent = tmp_path / "consent.txt"
    consent.write_text("Dürfen wir?", encoding="utf-8")
    found = presentation(title="Zahlen", question=QUESTION, consent=consent, debrief=None, texts=texts)
    assert found["title"] == "Zahlen"
    assert found["question"] == "Wie?"
    assert found["scale"] == Scale(low_label="fern")
    assert found["texts"] == {"yes": "Ja", "consent": "Dürfen wir?"}


def test_without_texts_everything_is_as_it_comes() -> None:
    found = presentation(title="", question=QUESTION, consent=None, debrief=None, texts=None)
    assert found == {"title": "", "question": QUESTION, "scale": Scale(), "texts": {}}


def test_drawn_images_are_as_many_as_the_pairs_practice_and_catch_trials_need() -> None:
    images, classes = images_for("drawn", [3], pairs=4, seed=1, practice=0, catch=2, lists=2)
    assert (len(images.where(3)), classes) == (images_needed(4, 0, lists=2, catch=2), [3])
    assert {len(images.where(other)) for other in range(10) if other != 3} == {10}, "for catch pairs of two digits"


def test_too_many_drawn_pairs_are_refused_before_any_is_drawn() -> None:
    with pytest.raises(SimtuiError, match="6000 pairs of drawn digits are too many"):
        images_for("drawn", [8], pairs=3000, lists=2, seed=1)


def test_pairs_that_cannot_be_kept_apart_are_said() -> None:
    study = small_study(pairs=4)
    assert neighbours_note(study) == ""
    one = study.images[study.pairs[0].left]
    same = msgspec.structs.replace(study, images=study.images | {pair.left: one for pair in study.pairs})
    assert "it happens 36 times in the first 12 runs" in neighbours_note(same)
