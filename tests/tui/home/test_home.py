from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from simtui.analysis.ratings import collect
from simtui.reporting.numbers import number
from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.study import file as study_file
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.app import SimtuiApp
from simtui.tui.dialogs import keys_of
from simtui.tui.home.open_study import OpenStudyScreen
from simtui.tui.home.rate_yourself import RateYourselfScreen, own_study
from simtui.tui.home.screen import CHOICES, HomeScreen
from simtui.tui.participant.id import ParticipantScreen
from simtui.tui.participant.page import Page
from simtui.tui.participant.rating import RatingScreen
from simtui.tui.widgets.digit_choice import DigitChoice
from tests.analysis.reports import analyze
from tests.builders import complete_run, saved
from tests.tui.driving import app_with, settled, shown, terminal, until
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def home() -> SimtuiApp:
    return app_with(lambda: HomeScreen(terminal()))


def on(pilot: Pilot[Any], kind: type[Any]) -> bool:
    return isinstance(pilot.app.screen, kind)


async def fill_in(pilot: Pilot[Any], digit: str, pairs: str, participant: str) -> None:
    """The form of “rate yourself”, with the keyboard alone."""
    await pilot.press("r")
    await until(pilot, lambda: on(pilot, RateYourselfScreen))
    await pilot.press(digit, "down", *["delete"] * 4, *["backspace"] * 4, *pairs, "down", *participant, "enter")


async def rate_everything(pilot: Pilot[Any]) -> None:
    """Answer every pair, no faster than a person may."""
    await until(pilot, lambda: on(pilot, RatingScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RatingScreen)
    run, keys = screen.run_in_progress, 0
    while not run.finished:
        if on(pilot, Page):  # practice is over
            await pilot.press("enter")
            await until(pilot, lambda: on(pilot, RatingScreen))
        before, pressed = run.answered, time.monotonic()
        await pilot.press("3579"[keys % 4])
        keys += 1

        def answered_or_ignored(before: int = before, pressed: float = pressed) -> bool:
            return run.answered > before or time.monotonic() > pressed + 0.15

        await until(pilot, answered_or_ignored)
    await until(pilot, lambda: on(pilot, Page))


async def test_every_way_has_a_letter_and_arrows_and_enter_work_too() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key, _, name, _ in CHOICES:
            assert name in shown(app)
            assert f" {key} " in shown(app)
        for place, kind in (("r", RateYourselfScreen), ("o", OpenStudyScreen), ("a", OpenStudyScreen)):
            await pilot.press(place)
            await until(pilot, partial(on, pilot, kind))
            await settled_after_escape(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: on(pilot, OpenStudyScreen))
        await settled_after_escape(pilot)
        theme = app.theme
        await pilot.press("t")
        assert app.theme != theme
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running


async def settled_after_escape(pilot: Pilot[Any]) -> None:
    await pilot.press("escape")
    await until(pilot, lambda: on(pilot, HomeScreen))


async def test_from_the_home_screen_to_ones_own_r_with_the_keyboard_alone() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("r")
        await until(pilot, lambda: on(pilot, RateYourselfScreen))
        assert "drawn digits, not MNIST" in " ".join(shown(app).split())
        await pilot.press("escape")
        await until(pilot, lambda: on(pilot, HomeScreen))
        await fill_in(pilot, "3", "3", "Ann")
        await until(pilot, lambda: on(pilot, Page))
        assert "MNIST" not in shown(app)
        await pilot.press("enter")
        await rate_everything(pilot)
        assert "Thank you" in shown(app)
        assert "Enter opens your result" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, AnalysisScreen))
        await settled(pilot)
        study, path = own_study(3, 3, Path("sessions"))
        assert path == Path("sessions") / f"{study.id}.json"
        report = analyze(study, collect(study, [Path("sessions") / study.id]))
        assert report.participants == ("Ann",)
        r = report.overall.layers["fc"].r
        assert str(app.screen.query_one("#r-value", Static).content) == f"r = {number(r)}"
        await pilot.press("q")
        await until(pilot, lambda: on(pilot, HomeScreen))
        with SessionStore(Path("sessions"), study.id).hold("Ann"):
            pass  # nobody holds the participant any more


async def test_a_friend_who_chooses_the_same_meets_the_same_study_and_both_are_analysed() -> None:
    study, path = own_study(8, 4, Path("sessions"))
    before = path.read_bytes()
    complete_run(study, Path("sessions"), "Ann", {pair.id: 2 * i + 1 for i, pair in enumerate(study.pairs)})
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await fill_in(pilot, "8", "4", "Ben")
        await until(pilot, lambda: on(pilot, Page))
        await pilot.press("enter")
        await rate_everything(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, AnalysisScreen))
        await settled(pilot)
        assert "Ben · 4 pairs" in shown(app)
        await pilot.press("e")
        await pilot.pause()
        assert "[ ] Ann" in shown(app)
        assert "[x] Ben" in shown(app)
        await pilot.press("x")
        await settled(pilot)
        assert "2 people" in shown(app)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [study.id, path.name]


async def test_leaving_the_welcome_lets_go_of_the_participant() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for _ in range(2):
            await fill_in(pilot, "1", "3", "Ann")
            await until(pilot, lambda: on(pilot, Page))
            await pilot.press("q")
            await until(pilot, lambda: on(pilot, HomeScreen))


@pytest.mark.parametrize(
    ("pairs", "participant", "sentence"),
    [
        ("0", "Ann", "from 1 to 1000"),
        ("", "Ann", "from 1 to 1000"),
        ("5", "b c", "participant id"),
        ("5", "a-b", "a-b"),
    ],
)
async def test_what_cannot_be_rated_is_said_in_the_form(pairs: str, participant: str, sentence: str) -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await fill_in(pilot, "8", pairs, participant)
        await pilot.pause()
        assert on(pilot, RateYourselfScreen)
        assert sentence in shown(app)
    assert not Path("sessions").exists()


async def test_another_file_in_the_place_of_the_study_is_left_alone() -> None:
    study, path = own_study(8, 3, Path("sessions"))
    other = drawn_study(pairs=3)
    study_file.save(other, path, force=True)
    before = path.read_bytes()
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await fill_in(pilot, "8", "3", "Ann")
        await until(pilot, lambda: "is not this study" in " ".join(shown(app).split()))
        assert on(pilot, RateYourselfScreen)
    assert path.read_bytes() == before
    assert not (Path("sessions") / study.id).exists()


async def test_a_participant_held_elsewhere_is_a_sentence() -> None:
    study, _ = own_study(8, 3, Path("sessions"))
    app = home()
    with SessionStore(Path("sessions"), study.id).hold("Ann"):
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await fill_in(pilot, "8", "3", "Ann")
            await until(pilot, lambda: "in another window" in " ".join(shown(app).split()))


async def test_the_digit_is_chosen_by_its_key_and_by_the_arrows() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("r")
        await until(pilot, lambda: on(pilot, RateYourselfScreen))
        choice = app.screen.query_one(DigitChoice)
        for key, digit in (("2", 2), ("left", 1), ("left", 0), ("left", 9), ("right", 0)):
            await pilot.press(key)
            assert choice.digit == digit
            await pilot.pause()
            assert f"[{digit}]" in shown(app)
        await pilot.press("down")
        assert app.screen.query_one("#pairs", Input).has_focus
        await pilot.press("up")
        assert choice.has_focus


def test_with_mnist_at_hand_the_pairs_are_of_mnist(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMTUI_DATA", str(shared / "mnist"))
    study, _ = own_study(8, 3, Path("sessions"))
    assert (study.source.name, study.source.split, study.source.note) == ("mnist", "test", None)


async def test_studies_here_and_in_the_sessions_folder_are_offered() -> None:
    Path("sessions").mkdir()
    saved(drawn_study(pairs=3, title="Of threes"), Path())
    analysed = drawn_study(pairs=4, title="Of [b]fours[/b]")
    saved(analysed, Path("sessions"), "fours.json")
    rated(analysed, Path("sessions"), "Ann", "Ben")
    Path("other.json").write_text('{"format": "something else"}')
    app = home()
    async with app.run_test(size=(80, 30)) as pilot:
        await pilot.pause()
        await pilot.press("a")
        await until(pilot, lambda: on(pilot, OpenStudyScreen) and app.screen.query_one(OptionList).option_count > 0)
        assert app.screen.query_one(OptionList).option_count == 2
        text = shown(app)
        assert "Of [b]fours[/b]" in text
        assert "4 pairs  ·  drawn digits, not MNIST  ·  2 sessions" in text
        assert "other.json" not in text
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, AnalysisScreen))
        await settled(pilot)
        assert "2 people" in shown(app)


async def test_a_study_is_opened_by_its_path_to_rate_or_to_analyse() -> None:
    Path("elsewhere").mkdir()
    study = drawn_study(pairs=3)
    path = saved(study, Path("elsewhere"))
    rated(study, Path("sessions"), "Ann")
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("o")
        await until(pilot, lambda: "There is no study here" in shown(app))
        await pilot.press("enter")
        assert "Type the path" in shown(app)
        await pilot.press(*"nowhere.json", "enter")
        assert "There is no file nowhere.json" in shown(app)
        app.screen.query_one(Input).value = str(path)
        await pilot.press("ctrl+a")
        await until(pilot, lambda: on(pilot, AnalysisScreen))
        await settled(pilot)
        await pilot.press("q")
        await until(pilot, lambda: on(pilot, HomeScreen))
        await pilot.press("a")
        await until(pilot, lambda: "There is no study here" in shown(app))
        app.screen.query_one(Input).value = str(path)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: on(pilot, Page))
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, ParticipantScreen))
        await pilot.press(*"Zoe", "enter")
        await rate_everything(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, HomeScreen))
    assert session_file.load(Path("sessions") / study.id / "Zoe_run-1.json").complete


def test_no_key_of_home_is_listed_twice() -> None:
    listed = [keys for _, described in keys_of((HomeScreen, SimtuiApp)) for keys, _ in described]

    assert listed.count("t") == 1
    assert len(listed) == len(set(listed))
