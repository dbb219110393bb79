"""Questions, consent and withdrawal in a run, and in lines of text: on disk before anything goes on."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.rating.plain import rate_plain
from simtui.rating.record import consent_given
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.completion import Completion
from simtui.session.faults import session_faults
from simtui.session.model import Session
from simtui.session.store import Hold, SessionStore
from simtui.session.validation import check
from simtui.simulation.population import populate
from simtui.simulation.sessions import simulate
from simtui.study.model import Study
from tests.builders import ENVIRONMENT, saved
from tests.questions import CONSENT, asking_study
from tests.sessions import Clock, respond


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = asking_study()
    saved(study, tmp_path)
    return study


@pytest.fixture
def hold(study: Study, tmp_path: Path) -> Iterator[Hold]:
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        yield hold


def rate_all(run: Run, clock: Clock) -> None:
    while not run.finished:
        respond(run, clock, 5, 900)


def on_disk(run: Run) -> Session:
    return session_file.load(run.path)


def plain(study: Study, root: Path, *lines: str) -> str:
    """What P01 reads when these lines are typed."""
    sink = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    source = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
    rate_plain(study, SessionStore(root, study.id), SessionStore(root, study.id).hold("P01"), source, sink)
    sink.seek(0)
    return sink.read()


# ---------------------------------------------------------------- the run


def test_the_file_says_from_the_start_what_will_be_asked_and_in_which_words(study: Study, hold: Hold) -> None:
    asked = on_disk(Run.begin(study, hold, ENVIRONMENT)).answers
    assert [(answer.question_id, answer.when, answer.timestamp) for answer in asked] == [
        ("age", "before", None), ("hand", "before", None), ("glasses", "after", None), ("note", "after", None),
    ]  # fmt: skip
    assert asked[1].text == "Which hand?"
    assert asked[1].options == ["left", "right"]


def test_a_run_is_complete_only_when_the_questions_after_the_pairs_are_answered(study: Study, hold: Hold) -> None:
    clock = Clock()
    run = Run.begin(study, hold, ENVIRONMENT, clock=clock)
    run.answer_questions({"age": 30, "hand": "left"})
    rate_all(run, clock)
    assert run.open_page("before") is None
    assert run.open_page("after") == study.question_pages[1]
    assert on_disk(run).status == "in_progress"
    run.answer_questions({"glasses": False, "note": None})
    saved_run = on_disk(run)
    assert (saved_run.status, saved_run.finished_at is not None) == ("complete", True)
    assert [answer.answer for answer in saved_run.answers] == [30, "left", False, None]
    assert check([run.path.parents[1]]).findings == []


def test_an_answer_given_anew_keeps_the_one_before(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    run.answer_questions({"age": 30})
    run.answer_questions({"age": 31})
    run.answer_questions({"age": 31})
    age = on_disk(run).answers[0]
    assert (age.answer, [revision.answer for revision in age.revisions]) == (31, [30])


def test_what_is_no_answer_is_not_stored(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    with pytest.raises(ValueError, match="no answer to the question age"):
        run.answer_questions({"age": 12})
    assert on_disk(run).answers[0].timestamp is None


def test_an_interrupted_run_goes_on_with_the_questions_that_are_open(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    run.answer_questions({"age": 30})
    last = hold.last_run(study.sha256)
    assert last is not None
    again = Run.resume(study, hold, last, ENVIRONMENT)
    assert again.open_page("before") == study.question_pages[0]
    assert again.session.answers[0].answer == 30


def test_consent_is_recorded_with_the_sha256_of_its_text_and_the_time(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT, consent=consent_given(study))
    consent = on_disk(run).consent
    assert consent is not None
    assert consent.text_sha256 == hashlib.sha256(CONSENT.encode()).hexdigest()
    assert consent.answer is True
    assert consent.timestamp <= run.session.started_at
    assert consent_given(asking_study(consent=False)) is None


def test_who_withdraws_keeps_nobodys_answers_in_use_and_cannot_go_on(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    run.answer_questions({"age": 30, "hand": "left"})
    run.withdraw()
    record = on_disk(run)
    assert (record.status, record.withdrawn_at is not None, record.answers[0].answer) == ("withdrawn", True, 30)
    assert check([run.path.parents[1]]).findings == []
    hold.release()
    with pytest.raises(SimtuiError, match="P01 has withdrawn from this study"):
        plain(study, run.path.parents[1])


def test_a_simulated_participant_is_asked_nothing(hold: Hold) -> None:
    study = asking_study(4)
    population = populate(study, None, model="random", seed=2)
    assert Run.begin(study, hold, ENVIRONMENT, population.simulation).session.answers == []
    assert list(session_faults(simulate(population, "S001"), study)) == []


def test_a_file_with_other_words_or_answers_is_faulty(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT, consent=consent_given(study))
    run.answer_questions({"age": 30, "hand": "left"})
    text = run.path.read_text()
    run.path.write_text(
        text.replace("How old are you?", "Your age?")
        .replace('"answer": 30', '"answer": 12')
        .replace(hashlib.sha256(CONSENT.encode()).hexdigest(), "0" * 64)
    )
    faults = "\n".join(map(str, check([run.path.parents[1]]).findings))
    assert "answers[0]: not worded as the study asks it" in faults
    assert "answers[0].answer: “12” is no answer to the question" in faults
    assert "consent.text_sha256: not that of the study's consent text" in faults


# ---------------------------------------------------------------- in lines of text


def test_the_whole_way_in_lines_of_text(study: Study, tmp_path: Path) -> None:
    told = plain(study, tmp_path, "y", "old", "12", "30", "3", "RIGHT", "5", "6", "perhaps", "y", "")
    for words in (
        "A few questions are asked too.", "About you", "Please type a number, in digits.",
        "Please type a number from 16 to 110.", "“3” is none of the numbers from 1 to 2.",
        "Thank you. Now the pairs begin.", "The pairs are done. A few questions are left.",
        "“perhaps” is neither Yes nor No", "Anything else? (may be left empty)", "Thank you! 2 answers were saved to",
    ):  # fmt: skip
        assert words in told
    session = session_file.load(SessionStore(tmp_path, study.id).path("P01", 1))
    assert session.complete
    assert [answer.answer for answer in session.answers] == [30, "right", True, None]
    assert check([tmp_path]).findings == []


def test_in_lines_of_text_one_can_go_back_and_stop_and_go_on(study: Study, tmp_path: Path) -> None:
    told = plain(study, tmp_path, "y", "b", "30", "b", "31", "q")
    assert "This is the first question." in told
    assert "You answered “30” before; Enter keeps that." in told
    assert "0 of 2 answers were saved to" in told
    told = plain(study, tmp_path, "y", "", "left", "1", "2", "n", "none")
    assert "Which hand?" in told
    assert "How old are you?" not in told
    session = session_file.load(SessionStore(tmp_path, study.id).path("P01", 1))
    assert [answer.answer for answer in session.answers] == [31, "left", False, "none"]
    assert [revision.answer for revision in session.answers[0].revisions] == [30]


def test_in_lines_of_text_one_can_withdraw_where_consent_was_asked_for(study: Study, tmp_path: Path) -> None:
    told = plain(study, tmp_path, "y", "30", "1", "w", "n", "7", "w", "y")
    assert "w withdraws from the study" in told
    assert "You have withdrawn. Your answers will not be used." in told
    session = session_file.load(SessionStore(tmp_path, study.id).path("P01", 1))
    assert (session.status, session.answered) == ("withdrawn", 1)


@pytest.mark.parametrize(("last", "promised"), [("q", True), ("w\ny", False)])
def test_who_withdraws_is_not_told_of_a_code_to_come(study: Study, tmp_path: Path, last: str, promised: bool) -> None:
    told, lines = io.StringIO(), "y\n30\n1\n" + last + "\n"
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        rate_plain(study, hold.store, hold, io.BytesIO(lines.encode()), told, Completion(same="ABC"))
    assert ("there is none yet" in told.getvalue()) is promised


def test_without_consent_there_is_nothing_to_withdraw_from(tmp_path: Path) -> None:
    study = asking_study(consent=False)
    told = plain(study, tmp_path, "30", "1", "w", "q")
    assert "withdraw" not in told
    assert "“w” is none of the numbers from 1 to 10." in told
