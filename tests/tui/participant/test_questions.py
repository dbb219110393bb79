"""Questions on the screen: keyboard alone, on disk before the screen moves on, and a way out of the study."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from simtui.rating.environment import environment
from simtui.session import file as session_file
from simtui.session.completion import Completion
from simtui.session.model import Session
from simtui.session.participants import Participants
from simtui.session.store import SessionStore
from simtui.study.file import new_study
from simtui.study.model import Study
from simtui.study.questions import Question, QuestionPage
from simtui.terminal.cells import Depth
from simtui.terminal.detection import detect
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.flow import RatingHost, Visit
from simtui.tui.participant.kiosk import Kiosk, KioskApp
from tests.builders import small_study
from tests.questions import asking_study
from tests.tui.driving import on_screen, rate, terminal, until


@pytest.fixture
def study() -> Study:
    return asking_study()


def visited(study: Study, root: Path, depth: Depth = "truecolor") -> SimtuiApp:
    """The screen of P01, whose id is known."""
    store, screen = SessionStore(root, study.id), terminal()
    visit = Visit(study, store, screen, environment(screen), store.hold("P01"))
    return SimtuiApp(lambda: RatingHost(visit), depth)


def session(study: Study, root: Path) -> Session:
    return session_file.load(SessionStore(root, study.id).path("P01", 1))


async def meets(pilot: Pilot[object], *words: str) -> None:
    await until(pilot, lambda: all(text in text_of(pilot) for text in words))


def text_of(pilot: Pilot[object]) -> str:
    """In one line, without the frame of a dialog."""
    return " ".join(re.sub(r"[\u2500-\u259f]", " ", on_screen(pilot)).split())


async def agree(pilot: Pilot[object]) -> None:
    await meets(pilot, "Do you agree to take part?")
    await pilot.press("y")
    await meets(pilot, "A few questions are asked too.")
    await pilot.press("enter")
    await meets(pilot, "About you", "How old are you?")


@pytest.mark.parametrize("depth", ["truecolor", "16", "ascii"])
async def test_the_whole_way_with_the_keyboard(study: Study, tmp_path: Path, depth: Depth) -> None:
    async with visited(study, tmp_path, depth).run_test(size=(80, 24)) as pilot:
        await agree(pilot)
        assert session(study, tmp_path).consent is not None
        await pilot.press(*"12", "enter")
        await meets(pilot, "Please type a number from 16 to 110.")
        await pilot.press("backspace", "backspace", *"30", "enter")
        await pilot.press("enter")
        await meets(pilot, "Please answer this question.")
        await pilot.press("2", "enter")
        await meets(pilot, "Now the pairs begin.")
        assert [answer.answer for answer in session(study, tmp_path).answers] == [30, "right", None, None]
        await pilot.press("enter")
        await rate(pilot, *"37")
        await meets(pilot, "The pairs are done. A few questions are left.")
        assert session(study, tmp_path).status == "in_progress"
        await pilot.press("7")  # meant for a pair: it answers nothing
        await pilot.press("enter")
        await meets(pilot, "Did you wear glasses?")
        await pilot.press("down", "down", "enter")
        await pilot.press(*"none", "enter")
        await meets(pilot, "Thank you!", "2 answers were saved to")
    record = session(study, tmp_path)
    assert record.complete
    assert [answer.answer for answer in record.answers] == [30, "right", False, "none"]


async def test_arrows_lead_through_the_page_and_change_nothing(study: Study, tmp_path: Path) -> None:
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await agree(pilot)
        await pilot.press(*"40", *["down"] * 5, *["up"] * 5)
        assert session(study, tmp_path).answers[0].timestamp is None
        await pilot.press("enter", "1")
        await meets(pilot, "> (*) 1 left")
        await pilot.press("down", "space")
        await meets(pilot, "( ) 1 left", "> (*) 2 right")
        await pilot.press("enter")
        await meets(pilot, "Now the pairs begin.")
    assert [answer.answer for answer in session(study, tmp_path).answers][:2] == [40, "right"]


async def test_who_stops_at_the_questions_is_asked_them_again(study: Study, tmp_path: Path) -> None:
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await agree(pilot)
        await pilot.press("escape")
        await meets(pilot, "Stop here? 0 of 2 answers are saved")
        await pilot.press("y")
        await meets(pilot, "Stopped")
        await pilot.press("enter")
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "P01 stopped after 0 of 2. Go on from there?")
        await pilot.press("y")
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await meets(pilot, "How old are you?")


async def test_what_cannot_be_written_stays_on_the_page_until_it_can(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simtui.rating.run import Run
    from simtui.storage.atomic import WriteFailedError

    real = Run.answer_questions

    def full(*_: object) -> None:
        raise WriteFailedError("fault_full", path=tmp_path)

    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await agree(pilot)
        monkeypatch.setattr(Run, "answer_questions", full)
        await pilot.press(*"30", "enter", "2", "enter")
        await meets(pilot, "the disk is full. Press Enter to try again.")
        assert session(study, tmp_path).answers[0].timestamp is None
        monkeypatch.setattr(Run, "answer_questions", real)
        await pilot.press("enter")
        await meets(pilot, "Now the pairs begin.")
    assert session(study, tmp_path).answers[0].answer == 30


async def test_who_withdraws_is_asked_whether_they_mean_it(study: Study, tmp_path: Path) -> None:
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await agree(pilot)
        await pilot.press(*"30", "enter", "2", "enter")
        await meets(pilot, "Now the pairs begin.")
        await pilot.press("enter")
        await rate(pilot, "3")
        await pilot.press("q")
        await meets(pilot, "Withdraw (w)")
        await pilot.press("w")
        await meets(pilot, "Withdraw from the study? Your answers will not be used then")
        await pilot.press("n")
        await meets(pilot, "Stop here?")
        await pilot.press("w")
        await meets(pilot, "Withdraw from the study?")
        await pilot.press("y")
        await meets(pilot, "You have withdrawn", "Your answers will not be used.")
        await pilot.press("enter")
    record = session(study, tmp_path)
    assert (record.status, record.answered) == ("withdrawn", 1)


async def test_without_consent_nobody_is_offered_to_withdraw(tmp_path: Path) -> None:
    study = asking_study(consent=False)
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await meets(pilot, "How old are you?")
        await pilot.press("escape")
        await meets(pilot, "Stop here?")
        assert "Withdraw" not in on_screen(pilot)


async def test_a_kiosk_asks_too_and_lets_nobody_in_who_has_withdrawn(study: Study, tmp_path: Path) -> None:
    screen = detect({"TERM": "xterm-256color", "LANG": "C.UTF-8"}, "utf-8", (80, 24))
    app: App[object] = KioskApp(Kiosk(study, SessionStore(tmp_path, study.id), screen))
    async with app.run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Your participant id")
        await pilot.press(*"P01", "enter")
        await agree(pilot)
        await pilot.press("ctrl+c")
        await meets(pilot, "Withdraw (w)")
        await pilot.press("w")
        await meets(pilot, "Withdraw from the study?")
        await pilot.press("y")
        await meets(pilot, "You have withdrawn")
        await pilot.press("enter")
        await meets(pilot, "Your participant id")
        await pilot.press(*"P01", "enter")
        await meets(pilot, "P01 has withdrawn from this study")


async def test_the_code_is_shown_when_everything_is_answered_and_again_to_who_comes_back(tmp_path: Path) -> None:
    study = small_study(2)
    store, screen = SessionStore(tmp_path, study.id), terminal()

    def app() -> SimtuiApp:
        visit = Visit(study, store, screen, environment(screen), store.hold("P01"), codes=Completion(same="C1A2"))
        return SimtuiApp(lambda: RatingHost(visit))

    async with app().run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await rate(pilot, "3")
        await pilot.press("q")
        await meets(pilot, "Stop here?")
        await pilot.press("y")
        await meets(pilot, "Stopped", "A completion code is given to those who have answered everything")
        assert "C1A2" not in on_screen(pilot)
        await pilot.press("enter")
    async with app().run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Go on from there?")
        await pilot.press("y", "enter")
        await rate(pilot, "4")
        await meets(pilot, "Thank you!", "Your completion code: C1A2")
        await pilot.press("enter")
    async with app().run_test(size=(80, 24)) as pilot:
        await meets(pilot, "as run 2?")
        await pilot.press("n")
        await meets(pilot, "P01 has finished this study", "Your completion code: C1A2")


async def test_a_kiosk_refuses_who_is_not_listed(study: Study, tmp_path: Path) -> None:
    screen = detect({"TERM": "xterm-256color", "LANG": "C.UTF-8"}, "utf-8", (80, 24))
    store = SessionStore(tmp_path, study.id, participants=Participants({"P01": None}))
    app: App[object] = KioskApp(Kiosk(study, store, screen))
    async with app.run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Your participant id")
        await pilot.press(*"P02", "enter")
        await meets(pilot, "P02 is not on the list of participants: check the id")
        await pilot.press(*"P01", "enter")
        await meets(pilot, "Do you agree to take part?")


async def test_keys_that_come_together_go_where_each_belongs(study: Study, tmp_path: Path) -> None:
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await agree(pilot)
        for key, character in (("3", "3"), ("0", "0"), ("enter", "\r"), ("1", "1"), ("enter", "\r")):
            pilot.app.post_message(events.Key(key, character))
        await meets(pilot, "Now the pairs begin.")
    assert [answer.answer for answer in session(study, tmp_path).answers][:2] == [30, "left"]


async def test_a_page_longer_than_the_window_scrolls_to_the_question_that_is_answered(tmp_path: Path) -> None:
    many = [Question(id=f"q{n}", kind="text", text=f"Question number {n}?") for n in range(12)]
    plain = small_study(2)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__ if name != "sha256"}
    study = new_study(**{**fields, "question_pages": [QuestionPage(when="before", questions=many)]})
    async with visited(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await meets(pilot, "Question number 0?")
        assert "Question number 11?" not in on_screen(pilot)
        for n in range(12):
            await pilot.press(str(n % 10))
            await meets(pilot, f"Question number {n}?")
            await pilot.press("enter")
        await meets(pilot, "Now the pairs begin.")
    assert [answer.answer for answer in session(study, tmp_path).answers] == [str(n % 10) for n in range(12)]
