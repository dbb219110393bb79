"""What participants are told: in the study's words where it has any, and in English where it has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.rating.texts import duration, error_sentence, in_words_of, scale_sentence, sentence
from simtui.sentences import DEFAULT, ParticipantError, fill_in
from simtui.session.store import BusyError, SessionStore
from simtui.study.model import Scale, Study
from tests.builders import small_study

GERMAN = {
    "minute": "1 Minute",
    "minutes": "$minutes Minuten",
    "fault_busy": "$participant ist noch in einem anderen Fenster.",
    "fault": "Bitte die Versuchsleitung rufen ($reason)",
}


@pytest.fixture
def study() -> Study:
    return replace(small_study(), texts=GERMAN)


def test_an_error_is_told_in_the_words_of_the_study_and_is_english_by_itself(study: Study, tmp_path: Path) -> None:
    store = SessionStore(tmp_path, study.id)
    with store.hold("P01"), pytest.raises(BusyError, match="P01 is being rated in another window") as caught:
        store.hold("P01")
    assert error_sentence(study, caught.value) == "P01 ist noch in einem anderen Fenster."
    assert error_sentence(small_study(), caught.value) == str(caught.value)


def test_an_error_without_a_sentence_can_at_least_be_introduced(study: Study) -> None:
    assert error_sentence(study, SimtuiError("What happened.")) == "Bitte die Versuchsleitung rufen (What happened.)"
    assert error_sentence(small_study(), SimtuiError("What happened.")) == "What happened."


def test_what_is_raised_before_the_screen_opens_is_told_too(study: Study) -> None:
    with pytest.raises(SimtuiError, match="P01 ist noch in einem anderen Fenster"), in_words_of(study):
        raise BusyError("fault_busy", participant="P01")


@pytest.mark.parametrize(("trials", "words"), [(1, "1 Minute"), (14, "1 Minute"), (20, "2 Minuten")])
def test_the_duration_is_in_the_words_of_the_study(study: Study, trials: int, words: str) -> None:
    assert duration(study, trials) == words


def test_the_keys_are_those_of_the_scale() -> None:
    study = small_study()
    assert scale_sentence(study, "which_keys") == "The keys are 1 to 9, and 0 for 10."
    seven = replace(study, scale=Scale(high=7, high_label="gleich"))
    assert scale_sentence(seven, "which_keys") == "The keys are 1 to 7."
    assert scale_sentence(seven, "welcome_keys") == "Press a key from 1 (least similar) to 7 (gleich)."
    assert "10" not in scale_sentence(seven, "keys_rate")


def test_a_study_that_has_words_of_its_own_for_the_keys_says_those_whatever_its_scale() -> None:
    own = replace(small_study(), scale=Scale(high=7), texts={"welcome_keys": "Taste 1 bis $high."})
    assert scale_sentence(own, "welcome_keys") == "Taste 1 bis 7."


def test_values_are_made_harmless_and_what_they_look_like_is_not_filled_in_again(study: Study) -> None:
    assert fill_in("$answer and $other", {"answer": "\x1b[2J $other", "other": "x" * 5_000}).startswith(
        "\\x1b[2J $other and"
    )
    assert len(fill_in("$other", {"other": "x" * 5_000})) == 400
    assert sentence(study, "plain_invalid", answer="$low", low=1, high=10).startswith("“$low” is none")


def test_every_error_that_can_be_told_has_its_sentence() -> None:
    for kind in (name for name in DEFAULT if name.startswith("fault")):
        assert (
            str(ParticipantError(kind, path="p", participant="P01", reason="r", number=5, folder="f")).find("$") == -1
        )
