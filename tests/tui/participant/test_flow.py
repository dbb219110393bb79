"""The way through a study: what is asked first, what a no leads to, and that every screen counts the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from simtui.rating.environment import environment
from simtui.rating.run import Run
from simtui.session.store import SessionStore
from simtui.study.model import Study
from simtui.tui.app import SimtuiApp
from simtui.tui.dialogs import ConfirmScreen
from simtui.tui.participant.flow import RatingHost, Visit
from simtui.tui.participant.id import ParticipantScreen
from tests.builders import ENVIRONMENT, complete_run, small_study
from tests.tui.driving import on_top, painted, rate, shown, terminal, until

PAIRS, PRACTICE = 4, 2


@pytest.fixture
def study() -> Study:
    return small_study(pairs=PAIRS, practice=PRACTICE)


def visited(study: Study, root: Path, *, at_home: bool = False, known: bool = True) -> SimtuiApp:
    """The screen of P01. known: whether the id is."""
    store, screen = SessionStore(root, study.id), terminal()
    hold = store.hold("P01") if known else None
    visit = Visit(study, store, screen, environment(screen), hold, at_home=at_home)
    return SimtuiApp(lambda: RatingHost(visit))


def stopped(study: Study, root: Path, answers: int) -> Path:
    """An interrupted run on disk, practice among its answers; its file."""
    with SessionStore(root, study.id).hold("P01") as hold:
        run = Run.begin(study, hold, ENVIRONMENT)
        for number in range(answers):
            run.answer(number + 1, str(number + 1), run.now(), run.now() + 1)
        return run.path


async def meets(pilot: Pilot[object], *words: str) -> str:
    """Wait until all of it is on the screen; the words of the screen in one line."""
    await until(pilot, lambda: all(text in in_line(shown(pilot.app)) for text in words))
    return in_line(shown(pilot.app))


def in_line(text: str) -> str:
    """Without the pair, the frame of a dialog, and the ends of lines."""
    return " ".join(re.sub(r"[\u2500-\u259f]", " ", text).split())


async def test_who_stopped_is_asked_before_anything_else_and_told_what_is_left(study: Study, tmp_path: Path) -> None:
    stopped(study, tmp_path, answers=PRACTICE + 1)
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        text = await meets(pilot, "P01 stopped after 1 of 4. Go on from there?")
        assert "Enter starts" not in text
        await pilot.press("y")
        text = await meets(pilot, "3 of 4 pairs are left", "Enter starts")
        assert "practice" not in text
        await pilot.press("enter")
        await meets(pilot, "Pair 2 of 4")


async def test_a_no_to_going_on_changes_nothing_and_says_so(study: Study, tmp_path: Path) -> None:
    path = stopped(study, tmp_path, answers=PRACTICE + 3)
    before = path.read_bytes()
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "P01 stopped after 3 of 4.")
        await pilot.press("n")
        await meets(pilot, "Nothing was changed: 3 of 4 answers are saved, and P01 can go on later.")
        await pilot.press("enter")
    assert path.read_bytes() == before


async def test_who_has_finished_is_asked_first_and_a_no_ends_it_in_a_sentence(study: Study, tmp_path: Path) -> None:
    complete_run(study, tmp_path, "P01", {})
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        text = await meets(pilot, "as run 2?")
        assert "Enter starts" not in text
        await pilot.press("escape")
        await meets(pilot, "P01 has finished this study: the answers are saved, and nothing else is to be done.")
        await pilot.press("enter")
    assert [path.name for path in tmp_path.rglob("*.json")] == ["P01_run-1.json"]


async def test_practice_is_said_apart_and_every_screen_counts_the_same(study: Study, tmp_path: Path) -> None:
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "You will see 4 pairs", "Practice comes first (2) and is not counted.")
        await pilot.press("enter")
        await meets(pilot, "Practice 1 of 2")
        await rate(pilot, "1")
        await meets(pilot, "Practice 2 of 2")
        await pilot.press("q")
        await meets(pilot, "0 of 4 answers are saved, and you can go on later. Practice is not counted.")
        await pilot.press("y")
        await meets(pilot, "0 of 4 answers were saved to", "Practice is not counted.")
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Practice is not counted. P01 stopped after 0 of 4. Go on from there?")
        await pilot.press("y")
        await meets(pilot, "You will see 4 pairs")
        await pilot.press("enter")
        await meets(pilot, "Practice 2 of 2")
        await rate(pilot, "2")
        await meets(pilot, "The practice is over: from now on your answers count.", "Enter goes on")
        await pilot.press("enter")
        await rate(pilot, "3")
        await meets(pilot, "Pair 2 of 4")
        await pilot.press("q")
        text = await meets(pilot, "Stop here? 1 of 4 answers are saved")
        assert "Practice" not in text
        await pilot.press("n")
        await rate(pilot, *"456")
        await meets(pilot, "Thank you!", "4 answers were saved to")


async def test_who_began_at_home_is_told_how_to_go_on_from_there(study: Study, tmp_path: Path) -> None:
    for at_home, words in (
        (True, "choose the same on the home screen once more, with the id P01"),
        (False, "Start the"),
    ):
        async with visited(study, tmp_path / str(at_home), at_home=at_home).run_test(size=(80, 24)) as pilot:
            await meets(pilot, "Enter starts")
            await pilot.press("enter")
            await meets(pilot, "Practice 1 of 2")
            await pilot.press("q")
            await meets(pilot, "Stop here?")
            await pilot.press("y")
            await meets(pilot, "Stopped", words)


@pytest.mark.parametrize("key", ["Y", "j", "J"])
async def test_yes_has_the_key_of_the_language_in_either_case_and_ours(study: Study, tmp_path: Path, key: str) -> None:
    stopped(study, tmp_path, answers=PRACTICE + 1)
    german = replace(study, texts={"yes": "Ja", "yes_key": "j", "no": "Nein"})
    async with visited(german, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Ja (j)", "Nein (n)")
        await pilot.press(key)
        await meets(pilot, "Enter starts")


async def test_a_language_whose_yes_begins_like_our_no_is_understood(study: Study, tmp_path: Path) -> None:
    greek = replace(study, texts={"consent": "Διαβάστε.", "yes": "Nai", "yes_key": "n", "no": "Ochi", "no_key": "o"})
    async with visited(greek, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "n Nai o Ochi")
        await pilot.press("n")
        await meets(pilot, "Enter starts")


async def test_escape_goes_up_one_level_and_never_ends_the_program(study: Study, tmp_path: Path) -> None:
    app = visited(study, tmp_path, known=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Enter starts")
        await pilot.press("escape", "escape")
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await until(pilot, lambda: on_top(pilot, ParticipantScreen))
        await pilot.press("escape")
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await until(pilot, lambda: on_top(pilot, ParticipantScreen))
        await pilot.press(*"P07", "enter")
        await painted(pilot)
        await pilot.press("q")
        await until(pilot, lambda: on_top(pilot, ConfirmScreen))
        await pilot.press("escape")
        await painted(pilot)
        assert app.is_running
