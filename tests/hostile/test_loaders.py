"""The readers of studies and sessions against a corpus of hostile files: one sentence each, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.session.file import read_any
from simtui.session.model import check_participant_id
from simtui.study import file as study_file
from tests.builders import saved
from tests.hostile import corpus
from tests.hostile.limits import assert_harmless
from tests.sessions import demanding_study, rate

STUDY = demanding_study(9, repeats=1, catch=1)
WHOLE_STUDY = study_file.encode(STUDY)
STUDIES = list(corpus.studies(WHOLE_STUDY))


@pytest.fixture(scope="module")
def whole_session(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return rate(STUDY, tmp_path_factory.mktemp("sessions"), "P1").read_bytes()


def assert_one_sentence(message: str) -> None:
    assert_harmless(message)
    assert "\n" not in message
    assert message.endswith(".")
    assert len(message) < 700
    # What was written in the file or the command is quoted, whatever it is.
    assert "`" not in re.sub("“.*”", "", message), "not a library's words"


def test_the_whole_files_are_read(whole_session: bytes, tmp_path: Path) -> None:
    """Or else the refusals below would mean nothing."""
    (tmp_path / "study.json").write_bytes(WHOLE_STUDY)
    (tmp_path / "session.json").write_bytes(whole_session)
    assert study_file.load(tmp_path / "study.json").sha256 == STUDY.sha256
    assert session_file.load(tmp_path / "session.json").complete


@pytest.mark.parametrize(("data", "sentence"), [case[1:] for case in STUDIES], ids=[case[0] for case in STUDIES])
def test_a_hostile_study_is_refused_in_one_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    path.write_bytes(data)
    with pytest.raises(SimtuiError) as refusal:
        study_file.load(path)
    assert_one_sentence(str(refusal.value))
    assert re.search(sentence, str(refusal.value)), refusal.value


NAMES = [name for name, _, _ in corpus.sessions(b'{"format": "simtui.session", "version": 1, "trials": [{}]}')]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_session_is_refused_in_one_sentence(name: str, whole_session: bytes, tmp_path: Path) -> None:
    data, sentence = next(case[1:] for case in corpus.sessions(whole_session) if case[0] == name)
    path = tmp_path / "P1_run-1.json"
    path.write_bytes(data)
    with pytest.raises(SimtuiError) as refusal:
        session_file.load(path)
    assert_one_sentence(str(refusal.value))
    assert re.search(sentence, str(refusal.value)), refusal.value


@pytest.mark.parametrize("name", NAMES)
def test_folders_tell_of_a_hostile_session_and_go_on(name: str, whole_session: bytes, tmp_path: Path) -> None:
    data = next(case[1] for case in corpus.sessions(whole_session) if case[0] == name)
    path = tmp_path / "P1_run-1.json"
    path.write_bytes(data)
    file = read_any(path)
    assert file.study is None
    if file.fault is not None:
        assert_harmless("".join(file.fault))


@pytest.mark.parametrize("text", corpus.PARTICIPANTS)
def test_a_hostile_participant_id_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(SimtuiError) as refusal:
        check_participant_id(text)
    assert_one_sentence(str(refusal.value))


def test_a_file_of_200_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    for load in (study_file.load, session_file.load):
        with pytest.raises(SimtuiError, match="has 200 MB, too much for") as refusal:
            load(path)
        assert_one_sentence(str(refusal.value))


@pytest.mark.posix("named pipes and /dev/zero")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "folder.json").mkdir()
    saved(STUDY, tmp_path)
    for name, sentence in (
        ("pipe", "is not a regular file"),
        ("zero", "is not a regular file"),
        ("loop", "could not be read"),
        ("folder", "is a folder, not a study file"),
        ("nowhere", "There is no file"),
        ("a" * 300, "could not be read: File name too long"),
        ("study.json/x", "could not be read: Not a directory"),
        ("nul\x00", "could not be read"),
    ):
        with pytest.raises(SimtuiError, match=sentence) as refusal:
            study_file.load(tmp_path / f"{name}.json")
        assert_one_sentence(str(refusal.value))
