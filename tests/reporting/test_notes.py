"""The student's notes: found beside the sessions, written whole, never taken for a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.analysis.ratings import collect
from simtui.errors import SimtuiError
from simtui.reporting import notes
from tests.builders import complete_run, small_study


def test_they_are_found_from_the_root_the_studys_folder_and_a_session(tmp_path: Path) -> None:
    study = small_study()
    session = complete_run(study, tmp_path, "P1", {})
    assert notes.find([tmp_path], study.id) is None

    file = notes.place(tmp_path, study.id)
    notes.write(file, "# Mine\n")

    assert file == tmp_path / f"{study.id}.notes.md"
    for given in (tmp_path, tmp_path / study.id, session):
        assert notes.find([tmp_path / "elsewhere", given], study.id) == file
    assert notes.read(file) == "# Mine\n"


def test_they_are_no_session_and_no_file_left_out(tmp_path: Path) -> None:
    study = small_study()
    complete_run(study, tmp_path, "P1", {})
    notes.write(notes.place(tmp_path, study.id), "mine")

    assert collect(study, [tmp_path]).skipped == ()


def test_writing_again_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "new" / "s.notes.md"
    notes.write(file, "one\r\ntwo – ü")
    notes.write(file, "three")

    assert notes.read(file) == "three"
    assert [path.name for path in file.parent.iterdir()] == ["s.notes.md"]


def test_no_notes_are_empty_notes(tmp_path: Path) -> None:
    assert notes.read(tmp_path / "none.notes.md") == ""


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes("ü".encode("latin-1"))
    (tmp_path / "big.md").write_bytes(b"x" * (notes.LARGEST + 1))
    for path, sentence in (("latin.md", "not text in UTF-8"), ("big.md", "too much for"), (".", "is a folder")):
        with pytest.raises(SimtuiError, match=sentence):
            notes.read(tmp_path / path)
    (tmp_path / "file").touch()
    with pytest.raises(SimtuiError, match="could not be written"):
        notes.write(tmp_path / "file" / "s.notes.md", "x")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "s.notes.md").symlink_to(tmp_path / "secret")
    with pytest.raises(SimtuiError, match="is a link out of its folder"):
        notes.read(folder / "s.notes.md")
    (folder / "mine.md").write_text("mine")
    (folder / "t.notes.md").symlink_to("mine.md")
    assert notes.read(folder / "t.notes.md") == "mine"
