"""A kiosk that somebody walked away from: it goes back to its prompt, and the next person goes on in nobody's place."""

from __future__ import annotations

import socket
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.timer import Timer

from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.study.model import Study
from simtui.tui.participant import guest
from simtui.tui.participant.id import IdInput, KioskIdScreen
from simtui.tui.participant.kiosk import CLOSED as END
from simtui.tui.participant.kiosk import Kiosk, KioskApp, KioskHost
from tests.builders import ENVIRONMENT, small_study
from tests.tui.driving import painted, rate, shown, terminal, until

LONG_S = 3600.0
CLOSED = "so the study was closed"


@pytest.fixture
def study() -> Study:
    made = small_study(pairs=4)
    return replace(made, design=replace(made.design, break_every=2))


def kiosk(study: Study, root: Path, idle_s: float | None = LONG_S) -> KioskApp:
    return KioskApp(Kiosk(study, SessionStore(root, study.id), terminal(), idle_s=idle_s))


def host(pilot: Pilot[Any]) -> KioskHost:
    found = pilot.app.screen_stack[0]
    assert isinstance(found, KioskHost)
    return found


def says(pilot: Pilot[Any], *words: str) -> bool:
    text = " ".join(shown(pilot.app).split())
    return all(word in text for word in words)


async def give_id(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, KioskIdScreen))
    await pilot.press(*text, "enter")


async def start(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: says(pilot, "Enter starts"))
    await pilot.press("enter")
    await painted(pilot)


async def at_the_prompt(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, KioskIdScreen) and len(pilot.app.screen_stack) == 2)


async def test_after_the_time_without_a_key_it_says_so_and_asks_for_an_id(study: Study, tmp_path: Path) -> None:
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        Run.begin(study, hold, ENVIRONMENT)
    async with kiosk(study, tmp_path, idle_s=0.01).run_test(size=(80, 24)) as pilot:
        await give_id(pilot, "P01")
        await until(pilot, lambda: says(pilot, CLOSED, "Your participant id"))
        assert "P01" not in shown(pilot.app)
        with SessionStore(tmp_path, study.id).hold("P01"):
            pass  # nobody holds the id any more


async def test_who_leaves_before_the_first_pair_leaves_nothing_behind(study: Study, tmp_path: Path) -> None:
    async with kiosk(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await give_id(pilot, "P01")
        await until(pilot, lambda: says(pilot, "Enter starts"))
        host(pilot).end_sitting()
        await at_the_prompt(pilot)
        assert CLOSED not in shown(pilot.app)
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("keys", "words"), [("", "Pair 2 of 4"), ("?", "Any key closes"), ("q", "Stop here?"), ("2", "short break")]
)
async def test_from_wherever_somebody_left_the_next_person_can_rate(
    study: Study, tmp_path: Path, keys: str, words: str
) -> None:
    store = SessionStore(tmp_path, study.id)
    async with kiosk(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await give_id(pilot, "P01")
        await start(pilot)
        await rate(pilot, "1")
        await painted(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: says(pilot, words))
        host(pilot).end_sitting()
        await at_the_prompt(pilot)
        assert says(pilot, CLOSED)
        await give_id(pilot, "P02")
        await start(pilot)
        assert says(pilot, "Pair 1 of 4")
        await rate(pilot, "7")
        host(pilot).end_sitting()
        await at_the_prompt(pilot)
        await give_id(pilot, "P01")
        await until(pilot, lambda: says(pilot, f"P01 stopped after {2 if keys == '2' else 1} of 4."))
    assert [trial.response for trial in session_file.load(store.path("P01", 1)).trials] == [1, 2][
        : 2 if keys == "2" else 1
    ]
    assert [trial.response for trial in session_file.load(store.path("P02", 1)).trials] == [7]


async def test_every_key_sets_the_one_timer_anew_and_at_the_prompt_there_is_none(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Timer] = []
    stop = Timer.stop

    def noted(timer: Timer) -> None:
        stop(timer)
        if timer.name == KioskHost.IDLE:
            stopped.append(timer)

    monkeypatch.setattr(Timer, "stop", noted)
    async with kiosk(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, KioskIdScreen))
        await pilot.press(*"P01")
        assert host(pilot).idle_timer is None
        await pilot.press("enter")
        await start(pilot)
        for key in ("x", "5", "question_mark", "space", "ctrl+c", "escape"):
            before = host(pilot).idle_timer
            assert before is not None
            await pilot.press(key)
            await until(pilot, lambda before=before: host(pilot).idle_timer is not before)  # type: ignore[misc]
            assert before in stopped
        host(pilot).end_sitting()
        await at_the_prompt(pilot)
        assert host(pilot).idle_timer is None


async def test_it_may_wait_for_ever(study: Study, tmp_path: Path) -> None:
    async with kiosk(study, tmp_path, idle_s=None).run_test(size=(80, 24)) as pilot:
        await give_id(pilot, "P01")
        await start(pilot)
        await rate(pilot, "3")
        assert host(pilot).idle_timer is None


async def test_an_answer_that_could_not_be_written_keeps_its_pair(study: Study, tmp_path: Path) -> None:
    store = SessionStore(tmp_path, study.id)
    async with kiosk(study, tmp_path).run_test(size=(80, 24)) as pilot:
        await give_id(pilot, "P01")
        await start(pilot)
        aside = store.folder.rename(tmp_path / "aside")
        store.folder.write_text("in the way")
        await pilot.press("6")
        await until(pilot, lambda: says(pilot, "Press Enter to try again"))
        host(pilot).end_sitting()
        await pilot.pause()
        assert says(pilot, "Press Enter to try again", "Pair 1 of 4")
        assert host(pilot).idle_timer is not None
        store.folder.unlink()
        aside.rename(store.folder)
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, "Pair 2 of 4"))
        host(pilot).end_sitting()
        await at_the_prompt(pilot)
        assert pilot.app.screen.query_one(IdInput).value == ""
    assert [trial.response for trial in session_file.load(store.path("P01", 1)).trials] == [6]


async def test_a_hosts_guest_who_walks_away_from_a_last_sentence_takes_no_place(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be it that the id is taken, or that the run was closed for want of keys: the process ends by itself."""
    monkeypatch.setattr(guest, "BUSY_S", 0.0)
    near, far = socket.socketpair()
    with near, far:
        store = SessionStore(tmp_path, study.id)

        def app(idle_s: float) -> KioskApp:
            kiosk = Kiosk(study, store, terminal(), idle_s=idle_s)
            return KioskApp(kiosk, partial(guest.GuestHost, "P1", None, None, near.fileno()))

        with SessionStore(tmp_path, study.id).hold("P1"):
            async with app(LONG_S).run_test() as pilot:
                await until(pilot, lambda: says(pilot, "is being rated in another window"))
                monkeypatch.setattr(guest, "NOTICE_S", 0.0)
            async with app(LONG_S).run_test() as pilot:
                await until(pilot, lambda: pilot.app.return_value == END)
        async with app(LONG_S).run_test() as pilot:
            await start(pilot)
            host(pilot).end_sitting()
            await until(pilot, lambda: pilot.app.return_value == END)
