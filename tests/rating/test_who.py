"""Ids at the prompt: look-alikes are asked about once, separators are left out and that is said."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from simtui.rating.environment import environment
from simtui.rating.plain import rate_plain
from simtui.rating.who import look_alike, recognise
from simtui.session.model import stored_id
from simtui.session.participants import Participants
from simtui.session.store import SessionStore
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.flow import RatingHost, Visit
from simtui.tui.participant.rating import RatingScreen
from tests.builders import complete_run, small_study
from tests.tui.driving import shown, terminal, until

STUDY = small_study(2)


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    """P07 has rated, and so has Anna."""
    for name in ("P07", "Anna"):
        complete_run(STUDY, tmp_path, name, {})
    return SessionStore(tmp_path, STUDY.id)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("P_01", "P01"),
        ("P-01", "P01"),
        ("P 01", "P01"),
        ("lab-A-7", "labA7"),
        ("P1-2", "P1-2"),
        ("P01", "P01"),
        ("_P1.", "P1"),
        ("--", "--"),
        ("ä-1", "ä-1"),
        ("", ""),
    ],
)
def test_separators_are_left_out_where_there_is_one_way_to_do_it(typed: str, stored: str) -> None:
    assert stored_id(typed) == stored


@pytest.mark.parametrize(
    ("typed", "alike"),
    [("P7", "P07"), ("p07", "P07"), ("p007", "P07"), ("anna", "Anna"), ("P07", None), ("P70", None), ("P8", None)],
)
def test_who_has_rated_under_an_id_much_like_it(store: SessionStore, typed: str, alike: str | None) -> None:
    assert look_alike(store, typed) == alike


def test_who_is_on_the_list_of_participants_is_who_they_say(store: SessionStore) -> None:
    listed = SessionStore(store.folder.parent, STUDY.id, participants=Participants({"P07": None, "P7": None}))
    assert look_alike(listed, "P7") is None
    assert look_alike(listed, "p7") == "P07"


def test_the_questions(store: SessionStore) -> None:
    assert recognise(STUDY, store, "P7").question == "P7 looks like P07, who has rated: are you P07?"
    assert recognise(STUDY, store, "X_1").question == "“X_1” is stored as X1. Is that right?"
    assert recognise(STUDY, store, "p-7").otherwise == "p7"
    assert recognise(STUDY, store, "P08").question == ""
    assert recognise(STUDY, store, "\x1b").participant == "\x1b"


@pytest.mark.parametrize(
    ("lines", "file"),
    [
        ("P7\ny\ny\n3\n4\n", "P07_run-2.json"),
        ("P7\nn\n3\n4\n", "P7_run-1.json"),
        ("X_1\ny\n3\n4\n", "X1_run-1.json"),
        ("X_1\nn\nX2\n3\n4\n", "X2_run-1.json"),
    ],
)
def test_in_lines_of_text(store: SessionStore, lines: str, file: str) -> None:
    before = set(store.folder.glob("*.json"))
    assert rate_plain(STUDY, store, None, io.BytesIO(lines.encode()), io.StringIO()) == 0
    assert [path.name for path in set(store.folder.glob("*.json")) - before] == [file]


@pytest.mark.parametrize(("key", "file"), [("y", "P07"), ("n", "P7")])
async def test_on_the_screen(store: SessionStore, key: str, file: str) -> None:
    there = terminal()
    app = SimtuiApp(lambda: RatingHost(Visit(STUDY, store, there, environment(there))), there.depth)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Enter starts" in shown(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "Your participant id" in shown(pilot.app))
        await pilot.press(*"P7", "enter")
        await until(pilot, lambda: "are you P07?" in shown(pilot.app))
        await pilot.press(key)
        if file == "P07":
            await until(pilot, lambda: "has already finished this study" in shown(pilot.app))
        else:
            await until(pilot, lambda: isinstance(pilot.app.screen, RatingScreen))
            assert (store.folder / "P7_run-1.json").exists()


def test_a_file_system_that_ignores_case_tells_nobody_of_another_s_runs(store: SessionStore) -> None:
    """As such a system has it: the name p07 leads to the file of P07."""
    shutil.copy(store.path("P07", 1), store.path("p07", 1))
    with store.hold("p07") as hold:
        assert hold.last_run(STUDY.sha256) is None
        assert [run.session for run in store.runs("p07")] == [None]
        assert store.next_run("p07") == 2
