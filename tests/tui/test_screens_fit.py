"""Every text that a participant meets fits the window, from 62x16 up: read off the cells of the screen."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from simtui.rating.environment import environment
from simtui.rating.run import Run
from simtui.rating.texts import scale_ends, sentence
from simtui.sentences import DEFAULT
from simtui.session.store import SessionStore
from simtui.study.model import Study
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.flow import RatingHost, Visit
from simtui.tui.participant.kiosk import Kiosk, KioskApp
from tests.builders import ENVIRONMENT, complete_run, small_study
from tests.tui.driving import painted, rate, shown, terminal, until

SIZES = [(80, 24), (62, 16), (100, 30), (132, 43), (200, 60)]
PAIRS = 3


def study() -> Study:
    made = small_study(pairs=PAIRS, practice=2)
    note = "drawn by a program from strokes: drawn digits, not MNIST"
    return msgspec.structs.replace(made, source=msgspec.structs.replace(made.source, note=note))


def without_space(text: str) -> str:
    """The letters alone: where a line is broken, or a dialog's frame is drawn, is another matter."""
    return re.sub(r"[\s\u2500-\u259f│▎▊█▀▄]+", "", text)


def assert_nothing_is_cut(pilot: Pilot[object], *sentences: str) -> None:
    """Every text of the screen on top, and these sentences, are on the screen whole, and nothing scrolls."""
    app = pilot.app
    visible = without_space(shown(app))
    texts = [str(widget.content) for widget in app.screen.query(Static) if widget.display and widget.region]
    for text in [*texts, *sentences]:
        assert without_space(text) in visible, f"“{text}” is cut at {app.size}:\n{shown(app)}"
    for widget in app.screen.query(Widget):
        assert widget.max_scroll_y == 0 or not widget.display, f"{widget} scrolls at {app.size}"


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_welcome_to_the_thanks(tmp_path: Path, size: tuple[int, int]) -> None:
    made, screen = study(), terminal(*size)
    visit = Visit(made, SessionStore(tmp_path, made.id), screen, environment(screen))
    app = SimtuiApp(lambda: RatingHost(visit))

    def on(*names: str, **values: object) -> bool:
        return all(without_space(sentence(made, name, **values)) in without_space(shown(app)) for name in names)

    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: on("welcome_start"))
        assert_nothing_is_cut(pilot, sentence(made, "welcome_keys", **scale_ends(made)), sentence(made, "welcome_stop"))
        await pilot.press("enter")
        await until(pilot, lambda: on("participant_hint"))
        assert_nothing_is_cut(pilot)
        await pilot.press(*"x@y", "enter")
        await until(pilot, lambda: "cannot be a participant id" in " ".join(shown(app).split()))
        assert_nothing_is_cut(pilot)
        await pilot.press("backspace", "backspace", "backspace", *"P01", "enter")
        await until(pilot, lambda: on("question"))
        sentences = [made.scale.low_label, made.scale.high_label, "".join(map(str, made.scale.values))]
        if size[1] > 16:
            sentences.append(sentence(made, "practice_progress", number=1, total=2))
        assert_nothing_is_cut(pilot, *sentences)
        await pilot.press("question_mark")
        await until(pilot, lambda: on("keys_close"))
        assert_nothing_is_cut(
            pilot, *(sentence(made, name, **scale_ends(made)) for name in DEFAULT if name.startswith("keys_"))
        )
        await pilot.press("space")
        await until(pilot, lambda: not on("keys_close"))
        await pilot.press("q")
        await until(pilot, lambda: on("leave", done=0, total=PAIRS))
        assert_nothing_is_cut(pilot, f"{sentence(made, 'yes')} (y)", f"{sentence(made, 'no')} (n)")
        await pilot.press("y")
        await until(pilot, lambda: on("stopped_later"))
        assert_nothing_is_cut(pilot, "P01_run-1.json")
        await pilot.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_the_questions_before_and_the_thanks_after(tmp_path: Path, size: tuple[int, int]) -> None:
    made, screen = small_study(pairs=PAIRS), terminal(*size)
    made = msgspec.structs.replace(
        made, texts={"consent": "What is asked.\n\nWhat is kept.", "debrief": "What it was."}
    )
    complete_run(made, tmp_path, "P01", {})
    store = SessionStore(tmp_path, made.id)
    app = SimtuiApp(lambda: RatingHost(Visit(made, store, screen, environment(screen), store.hold("P01"))))

    def on(text: str) -> bool:
        return without_space(text) in without_space(shown(app))

    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: on("as run 2"))
        assert_nothing_is_cut(pilot, "Yes (y)", "No (n)")
        await pilot.press("y")
        await until(pilot, lambda: on(sentence(made, "consent_question")))
        assert_nothing_is_cut(pilot, "What is asked.", "What is kept.")
        await pilot.press("y")
        await until(pilot, lambda: on("Enter starts"))
        await pilot.press("enter")
        for number in range(1, PAIRS + 1):
            await rate(pilot, str(number))
        await until(pilot, lambda: on("Thank you!"))
        assert_nothing_is_cut(pilot, "What it was.", "P01_run-2.json")
        await pilot.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_the_kiosk_asks_in_full(tmp_path: Path, size: tuple[int, int]) -> None:
    made = small_study(pairs=PAIRS)
    complete_run(made, tmp_path, "P01", {})
    app = KioskApp(Kiosk(made, SessionStore(tmp_path, made.id), terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "1 to 32 letters" in shown(app))
        assert_nothing_is_cut(pilot)
        await pilot.press(*"P01", "enter")
        await until(pilot, lambda: "has finished the study" in shown(app))
        assert_nothing_is_cut(pilot)


@pytest.mark.parametrize("size", [(61, 24), (80, 15), (30, 6)])
async def test_a_window_too_small_says_so_in_full(tmp_path: Path, size: tuple[int, int]) -> None:
    made, screen = small_study(pairs=PAIRS), terminal(*size)
    store = SessionStore(tmp_path, made.id)
    app = SimtuiApp(lambda: RatingHost(Visit(made, store, screen, environment(screen), store.hold("P01"))))
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        text = sentence(made, "too_small", columns=62, rows=16)
        await until(pilot, lambda: without_space("Make it larger") in without_space(shown(app)))
        assert_nothing_is_cut(pilot, text)


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_said_to_who_stops_in_the_practice_and_comes_back(tmp_path: Path, size: tuple[int, int]) -> None:
    made, screen = study(), terminal(*size)
    store = SessionStore(tmp_path, made.id)

    def app(*, at_home: bool = False) -> SimtuiApp:
        visit = Visit(made, store, screen, environment(screen), store.hold("P01"), at_home=at_home)
        return SimtuiApp(lambda: RatingHost(visit))

    async def meets(pilot: Pilot[object], text: str) -> None:
        await until(pilot, lambda: without_space(text) in without_space(shown(pilot.app)))
        assert_nothing_is_cut(pilot)

    apart = sentence(made, "practice_apart")
    async with app(at_home=True).run_test(size=size) as pilot:
        await meets(pilot, "Enter starts")
        await pilot.press("enter")
        await rate(pilot, "5")
        await painted(pilot)
        await pilot.press("q")
        await meets(pilot, f"{sentence(made, 'leave', done=0, total=PAIRS)} {apart}")
        await pilot.press("y")
        await meets(pilot, sentence(made, "home_later", participant="P01"))
        assert_nothing_is_cut(pilot, apart, "P01_run-1.json")
    async with app().run_test(size=size) as pilot:
        await meets(pilot, f"{apart} {sentence(made, 'resume', participant='P01', done=0, total=PAIRS)}")
        await pilot.press("n")
        await meets(pilot, sentence(made, "resume_no", participant="P01", done=0, total=PAIRS))


@pytest.mark.parametrize("size", SIZES)
async def test_a_kiosk_that_was_left_says_so_in_full(tmp_path: Path, size: tuple[int, int]) -> None:
    made = small_study(pairs=PAIRS)
    store = SessionStore(tmp_path, made.id)
    with store.hold("P01") as hold:
        Run.begin(made, hold, ENVIRONMENT)
    app = KioskApp(Kiosk(made, store, terminal(*size), idle_s=0.01))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "1 to 32 letters" in shown(app))
        await pilot.press(*"P01", "enter")
        await until(pilot, lambda: without_space(sentence(made, "kiosk_idle")) in without_space(shown(app)))
        assert_nothing_is_cut(pilot)
