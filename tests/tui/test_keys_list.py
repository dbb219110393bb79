"""Every key that the rating screen's list shows does what the list says: the keys are read off the list."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Static

from simtui.rating.environment import environment
from simtui.rating.run import Run
from simtui.session.store import SessionStore
from simtui.study.model import Study
from simtui.tui.app import SimtuiApp
from simtui.tui.dialogs import ConfirmScreen
from simtui.tui.participant.flow import RatingHost, Visit
from simtui.tui.participant.id import IdInput, KioskIdScreen, ParticipantScreen
from simtui.tui.participant.kiosk import KioskApp
from simtui.tui.participant.page import ConsentPage, KeysScreen, Page
from simtui.tui.participant.rating import RatingScreen
from tests.builders import small_study
from tests.tui.driving import painted, rate, rating_screen, terminal, until

NAMES = {"Backspace": "backspace", "Enter": "enter", "?": "question_mark", "q": "q", "Ctrl+C": "ctrl+c"}
PAIRS = 14


def run(pilot: Pilot[object]) -> Run:
    return rating_screen(pilot).run_in_progress


async def rates(pilot: Pilot[object], key: str) -> None:
    await rate(pilot, key)
    assert run(pilot).session.trials[-1].response == (int(key) or 10)


async def goes_back(pilot: Pilot[object], key: str) -> None:
    index = run(pilot).current().index
    await pilot.press(key)
    await painted(pilot)
    assert run(pilot).current().index == index - 1


async def keeps(pilot: Pilot[object], key: str) -> None:
    before = run(pilot).session.trials
    await pilot.press(key)
    await until(pilot, lambda: run(pilot).current().index == len(before))
    assert run(pilot).session.trials == before


async def shows_the_list(pilot: Pilot[object], key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, KeysScreen))
    await pilot.press("x")
    await painted(pilot)


async def asks_to_stop(pilot: Pilot[object], key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
    await pilot.press("n")
    await painted(pilot)


EFFECTS: dict[str, Callable[[Pilot[object], str], Awaitable[None]]] = {
    "your rating": rates,
    "go back one pair": goes_back,
    "keep the answer": keeps,
    "these keys": shows_the_list,
    "stop": asks_to_stop,
}


def keys_of(shown: str) -> list[str]:
    """The keys at the start of a line of the list, as Textual calls them: “1 … 9, 0” are ten."""
    keys: list[str] = []
    for part in re.split(r", *", shown):
        if "…" in part:
            first, last = (int(end) for end in part.split("…"))
            keys += [str(digit) for digit in range(first, last + 1)]
        else:
            keys.append(NAMES.get(part, part))
    return keys


@pytest.fixture
def study() -> Study:
    return small_study(pairs=PAIRS)


async def test_every_key_of_the_list(tmp_path: Path, study: Study) -> None:
    screen = terminal()
    store = SessionStore(tmp_path, study.id)
    app = SimtuiApp(lambda: RatingHost(Visit(study, store, screen, environment(screen), store.hold("P01"))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Page))
        await pilot.press("enter")
        await painted(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, KeysScreen))
        lines = [str(line.content) for line in app.screen.query(Static)]
        assert lines.pop() == "Any key closes this list"
        await pilot.press("space")
        pressed = []
        for line in lines:
            shown, told = re.split(r" {2,}", line, maxsplit=1)
            (effect,) = (effect for words, effect in EFFECTS.items() if words in told)
            for key in keys_of(shown):
                await painted(pilot)
                await effect(pilot, key)
                pressed.append(key)
    assert pressed == [*"1234567890", "backspace", "enter", "question_mark", "q", "ctrl+c"]


@pytest.mark.parametrize(
    "place",
    [
        SimtuiApp,
        KioskApp,
        Page,
        ConsentPage,
        ParticipantScreen,
        ConfirmScreen,
        RatingScreen,
        KeysScreen,
        KioskIdScreen,
        IdInput,
    ],
)
def test_every_binding_has_its_action(place: type) -> None:
    for binding in place.__dict__.get("BINDINGS", []):
        assert isinstance(binding, Binding)
        name = binding.action.partition("(")[0]
        owner = SimtuiApp if name.startswith("app.") else place
        name = name.removeprefix("app.")
        assert callable(getattr(owner, f"action_{name}", None)), f"{place.__name__}: {binding.key} does nothing"
