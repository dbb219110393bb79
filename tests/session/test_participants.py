"""Who may take part, and what is given at the end: refusals in one sentence, codes for those who are done."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.rating.plain import rate_plain
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.completion import EACH, KEY_FILE, Completion, codes_given, completion
from simtui.session.participants import read_participants
from simtui.session.store import SessionStore
from simtui.study.file import new_study
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from tests.builders import ENVIRONMENT, complete_run, noise_images, small_study
from tests.questions import asking_study


def listed(folder: Path, text: str) -> Path:
    path = folder / "people.txt"
    path.write_text(text, encoding="utf-8")
    return path


def two_lists() -> Study:
    return sample_study(noise_images(40), digits=[8], pairs=3, lists=2, seed=1, min_viewing_ms=0, blank_ms=0)


# ---------------------------------------------------------------- participants


def test_ids_stand_one_a_line_with_a_list_if_wanted(tmp_path: Path) -> None:
    people = read_participants(listed(tmp_path, "# class of June\nP01\n\nP02, 1\r\nP03 0\nP04;1\n"), two_lists())
    assert people.lists == {"P01": None, "P02": 1, "P03": 0, "P04": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P01\nP 02 1\n", "line 2 has more than an id and a list"),
        ("P01\nP_02\n", "line 2: “P_02” is no id of 1 to 32 letters and digits"),
        ("P01\nP02\nP01\n", "line 3 has P01 once more, after line 1"),
        ("P01 2\n", "line 1: “2” is no pair list: the lists are 0 to 1"),
        ("P01 first\n", "“first” is no pair list"),
        ("# nobody\n", "it has no id"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match=r"people\.txt") as caught:
        read_participants(listed(tmp_path, text), two_lists())
    assert said in str(caught.value)


def test_who_is_not_listed_is_refused_kindly_and_leaves_nothing(tmp_path: Path) -> None:
    study = small_study()
    store = SessionStore(
        tmp_path / "sessions", study.id, participants=read_participants(listed(tmp_path, "P01"), study)
    )
    with pytest.raises(SimtuiError, match="P02 is not on the list of participants: check the id, or ask"):
        store.hold("P02")
    assert not store.folder.exists()
    store.hold("P01").release()


def test_a_listed_pair_list_is_the_one_that_is_given(tmp_path: Path) -> None:
    study = two_lists()
    people = read_participants(listed(tmp_path, "P01 1\nP02 1\nP03 1\nP04\n"), study)
    store = SessionStore(tmp_path, study.id, participants=people)
    given = []
    for participant in people.lists:
        with store.hold(participant) as hold:
            given.append(Run.begin(study, hold, ENVIRONMENT).session.list_index)
    assert given == [1, 1, 1, 0]


# ---------------------------------------------------------------- codes


def test_everybody_who_is_done_gets_the_same_code_or_one_of_their_own(tmp_path: Path) -> None:
    study = small_study()
    done = [session_file.load(complete_run(study, tmp_path, name, {})) for name in ("P01", "P02")]
    store = SessionStore(tmp_path, study.id)
    same = completion(study, store, "C1A2B3")
    each = completion(study, store, EACH)
    assert same is not None
    assert each is not None
    assert [same.code(session) for session in done] == ["C1A2B3", "C1A2B3"]
    own = [each.code(session) for session in done]
    assert len({*own, None}) == 3
    assert [codes_given(study, store.folder).code(session) for session in done] == own  # type: ignore[union-attr]
    assert completion(study, store) is None


def test_no_code_for_a_run_that_is_not_complete_or_that_nobody_made(tmp_path: Path) -> None:
    study = asking_study()
    codes = Completion(same="C1")
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        run = Run.begin(study, hold, ENVIRONMENT)
        run.answer_questions({"age": 30, "hand": "left"})
        while not run.finished:
            run.answer(5, "5", run.now(), run.now() + 1)
        assert codes.code(run.session) is None
        run.answer_questions({"glasses": True, "note": None})
        assert codes.code(run.session) == "C1"
        assert codes.code(replace(run.session, simulated=True)) is None
        run.withdraw()
        assert codes.code(run.session) is None


def test_the_key_is_for_its_owner_alone_whatever_the_mode_of_the_sessions(tmp_path: Path) -> None:
    study = new_study(**_fields(small_study(), completion_code=EACH))
    store = SessionStore(tmp_path, study.id, mode=0o660)
    first = completion(study, store)
    key = store.folder / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert completion(study, store) == first
    key.chmod(0o644)
    with pytest.raises(SimtuiError, match="can be read by others: chmod 600 it"):
        completion(study, store)
    key.chmod(0o600)
    key.write_text("guess")
    with pytest.raises(SimtuiError, match="is no key of completion codes"):
        completion(study, store)
    assert codes_given(study, store.folder) is None


@pytest.mark.skipif(os.name == "nt", reason="accounts are of POSIX")
def test_in_somebody_elses_folder_no_key_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = small_study()
    store = SessionStore(tmp_path, study.id)
    store.folder.mkdir()
    monkeypatch.setattr("simtui.session.store.own_user", lambda: store.folder.stat().st_uid + 1)
    with pytest.raises(SimtuiError, match="belongs to another account, so no key"):
        completion(study, store, EACH)


@pytest.mark.parametrize("code", ["", "two words", "x" * 41, "a\x1b[2J"])
def test_a_code_is_something_that_can_be_copied(code: str, tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="is not 1 to 40 letters, digits and hyphens, nor the word each"):
        completion(small_study(), SessionStore(tmp_path, "x"), code)


def test_in_lines_of_text_the_code_comes_last_and_who_stops_is_told_why_there_is_none(tmp_path: Path) -> None:
    study = small_study(2)
    store = SessionStore(tmp_path, study.id)
    for lines, words in ((b"5\nq\n", "A completion code is given to those"), (b"y\n6\n", "Your completion code: C1")):
        sink = io.StringIO()
        rate_plain(study, store, store.hold("P01"), io.BytesIO(lines), sink, Completion(same="C1"))
        assert words in sink.getvalue().splitlines()[-1]
        assert ("C1" in sink.getvalue()) == (lines != b"5\nq\n")


def _fields(study: Study, **changed: object) -> dict[str, object]:
    return {name: getattr(study, name) for name in study.__struct_fields__ if name != "sha256"} | changed
