"""The student's own notes: kept beside the sessions, never lost, never over somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static, TextArea

from simtui.reporting import notes
from simtui.study.model import Study
from simtui.tui.analysis.notes import NotesScreen
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.app import SimtuiApp
from simtui.tui.dialogs import ConfirmScreen
from tests.tui.driving import app_with, settled, shown, terminal, until
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=4)


@pytest.fixture
def folder(study: Study, tmp_path: Path) -> Path:
    return rated(study, tmp_path, "Ann")


def the_app(study: Study, *sessions: Path) -> SimtuiApp:
    return app_with(lambda: AnalysisScreen(study, sessions, terminal()))


def on_top(pilot: Pilot[Any], kind: type[Screen[Any]]) -> bool:
    return isinstance(pilot.app.screen, kind)


async def opened(pilot: Pilot[Any]) -> TextArea:
    await settled(pilot)
    await pilot.press("n")
    await pilot.pause()
    assert isinstance(pilot.app.screen, NotesScreen)
    return pilot.app.screen.query_one(TextArea)


async def emptied(pilot: Pilot[Any]) -> TextArea:
    """The notes without the questions that fresh ones begin with."""
    area = await opened(pilot)
    area.clear()
    return area


@pytest.mark.parametrize("named", ["folder", "root", "file"])
async def test_escape_saves_where_the_report_looks(study: Study, folder: Path, named: str) -> None:
    sessions = {"folder": folder, "root": folder.parent, "file": next(folder.glob("*.json"))}[named]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    async with the_app(study, sessions).run_test(size=(80, 24)) as pilot:
        await emptied(pilot)
        assert "Escape saves and closes" in shown(pilot.app)
        await pilot.press(*"fq1", "enter", *"w?")
        await pilot.press("escape")
        assert on_top(pilot, AnalysisScreen)
        found = notes.find([sessions], study.id)
        assert found is not None
        assert notes.read(found) == "fq1\nw?"
        assert found not in before
        assert {path: path.read_bytes() for path in before} == before
        area = await opened(pilot)
        assert area.text == "fq1\nw?"


async def test_fresh_notes_have_the_homeworks_questions_for_headings(study: Study, folder: Path) -> None:
    async with the_app(study, folder).run_test(size=(80, 24)) as pilot:
        area = await opened(pilot)
        questions = [line.removeprefix("## ") for line in area.text.splitlines() if line]
        assert [question.split("?")[0].split(" ")[0] for question in questions] == ["How", "What", "What"]
        assert all(question.endswith("?") for question in questions)
        await pilot.press(*"Well.", "escape")
        await until(pilot, lambda: on_top(pilot, AnalysisScreen))
        found = notes.find([folder], study.id)
        assert found is not None
        assert notes.read(found).splitlines()[:2] == [f"## {questions[0]}", "Well."]
        assert (await opened(pilot)).text.count("## ") == 3


async def test_looking_leaves_no_file(study: Study, folder: Path) -> None:
    async with the_app(study, folder).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("escape")
        assert on_top(pilot, AnalysisScreen)
        assert notes.find([folder], study.id) is None


async def test_a_pause_saves_too(study: Study, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simtui.tui.analysis.notes.QUIET_S", 0.01)
    path = notes.place(folder, study.id)
    async with the_app(study, folder).run_test(size=(80, 24)) as pilot:
        await emptied(pilot)
        await pilot.press(*"abc")
        await until(pilot, lambda: path.exists() and notes.read(path) == "abc")
        assert on_top(pilot, NotesScreen)


async def test_what_cannot_be_saved_stays_and_says_why(study: Study, folder: Path) -> None:
    path = notes.place(folder, study.id)
    async with the_app(study, folder).run_test(size=(80, 24)) as pilot:
        area = await emptied(pilot)
        await pilot.press(*"mine")
        # In the way: a folder of that name.
        path.mkdir()
        error = pilot.app.screen.query_one(".error", Static)
        await pilot.press("escape")
        await until(pilot, lambda: "Not saved: Escape tries again" in str(error.content))
        assert on_top(pilot, NotesScreen)
        assert area.text == "mine"
        await pilot.press("escape")
        await until(pilot, lambda: on_top(pilot, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: on_top(pilot, NotesScreen))
        assert area.text == "mine"
        path.rmdir()
        await pilot.press("escape")
        await until(pilot, lambda: on_top(pilot, AnalysisScreen))
        assert notes.read(path) == "mine"


async def test_what_somebody_else_wrote_meanwhile_is_left_alone(study: Study, folder: Path) -> None:
    path = notes.place(folder, study.id)
    async with the_app(study, folder).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*"mine")
        notes.write(path, "theirs")
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert "changed by somebody else" in " ".join(shown(pilot.app).split())
        await pilot.press("escape", "y")
        await pilot.pause()
        assert on_top(pilot, AnalysisScreen)
        assert notes.read(path) == "theirs"


async def test_what_cannot_be_read_is_not_written_over(study: Study, folder: Path) -> None:
    path = notes.place(folder, study.id)
    path.write_bytes(b"\xff\xfe")
    async with the_app(study, folder).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "is not text in UTF-8" in " ".join(shown(pilot.app).split())
        await pilot.press(*"mine", "escape")
        assert on_top(pilot, AnalysisScreen)
        assert path.read_bytes() == b"\xff\xfe"
