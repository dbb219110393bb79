"""The rating screen through Pilot: what it shows, what each key does, and what a failing disk or a small window do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session import model as sessions
from simtui.session.store import SessionStore
from simtui.study.file import new_study
from simtui.study.model import Study
from simtui.terminal import render
from simtui.terminal.detection import Terminal
from simtui.tui.app import SimtuiApp
from simtui.tui.dialogs import ConfirmScreen
from simtui.tui.participant.page import KeysScreen, Page
from simtui.tui.participant.rating import RatingScreen
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.rating_scale import RatingScale
from simtui.tui.widgets.run_progress import RunProgress
from tests.builders import ENVIRONMENT, small_study
from tests.tui.driving import painted, rate, type_at, until

TERMINAL = Terminal(80, 24, "truecolor", "a test", unicode=True, term="xterm", ssh=False)


class Host(Screen[None]):
    """The screen below: a screen's own style sheet is read when it is pushed."""

    def __init__(self, screen: RatingScreen) -> None:
        super().__init__()
        self._above = screen

    def on_mount(self) -> None:
        self.app.push_screen(self._above)


class Rating:
    """A run on a rating screen, its app and its file."""

    def __init__(self, root: Path, study: Study, clock: Callable[[], float] = time.monotonic) -> None:
        hold = SessionStore(root, study.id).hold("P01")
        self.run = Run.begin(study, hold, ENVIRONMENT, clock=clock)
        self.screen = RatingScreen(self.run, TERMINAL)
        self.app = SimtuiApp(lambda: Host(self.screen))

    def on_disk(self) -> sessions.Session:
        return session_file.load(self.run.path)

    def words(self) -> str:
        return self.screen.query_one(RunProgress).words

    def message(self) -> str:
        return str(self.screen.query_one("#question", Static).content)


@pytest.fixture
def rating(tmp_path: Path) -> Rating:
    return Rating(tmp_path, small_study(pairs=4))


async def test_each_key_is_a_rating_and_is_on_disk_before_the_next_pair(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        for number, (key, value) in enumerate([("1", 1), ("9", 9), ("0", 10)], start=1):
            await painted(pilot)
            assert rating.words() == f"Pair {number} of 4"
            await rate(pilot, key)
            assert rating.on_disk().trials[-1].response == value
            assert rating.on_disk().trials[-1].key == key


def test_a_second_enter_that_comes_before_the_screen_does_no_harm(rating: Rating) -> None:
    """Textual has keys act on a screen that is on its way, and nobody waits between two Enters on a slow machine."""
    rating.screen.action_keep()
    rating.screen.action_back()
    assert rating.on_disk().trials == []


@pytest.mark.parametrize("blank_ms", [0, 20])
async def test_a_prepared_pair_is_painted_without_being_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blank_ms: int
) -> None:
    monkeypatch.setattr("simtui.tui.participant.rating.PREPARE_S", 1000.0)
    made = small_study(pairs=4)
    rating = Rating(tmp_path, structs.replace(made, design=structs.replace(made.design, blank_ms=blank_ms)))
    changed: list[Region] = []
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        render.encode.cache_clear()
        rating.screen._prepare()
        prepared = render.encode.cache_info().misses
        assert prepared >= 14
        pair, following = rating.screen.query_one(DigitPair), rating.run.following()
        assert following is not None
        if blank_ms:
            pair.blank()
        monkeypatch.setattr(pair, "refresh", changed.append)
        image = rating.run.study.image
        pair.show(image(following.left), image(following.right))
        for region in changed:
            for strip in pair.render_lines(region):
                strip.render(rating.app.console)
        assert len(changed) == 14
        assert render.encode.cache_info().misses == prepared


async def test_letters_and_unknown_keys_do_nothing(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        await pilot.press("a", "x", "enter", "space", "up", "f5", "tab")
        assert rating.run.answered == 0
        assert rating.app.screen is rating.screen


async def test_backspace_goes_back_shows_the_earlier_answer_and_keeps_it_as_a_revision(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await rate(pilot, "3")
        await painted(pilot)
        await pilot.press("backspace")
        await until(pilot, lambda: rating.words() == "Pair 1 of 4")
        await painted(pilot)
        assert rating.screen.query_one(RatingScale).earlier == 3
        await pilot.press("8")
        await until(pilot, lambda: rating.words() == "Pair 2 of 4")
    trial = rating.on_disk().trials[0]
    assert (trial.response, [r.response for r in trial.revisions]) == (8, [3])


async def test_enter_keeps_the_earlier_answer(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await rate(pilot, "3")
        await painted(pilot)
        await pilot.press("backspace")
        await until(pilot, lambda: rating.words() == "Pair 1 of 4")
        await painted(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: rating.words() == "Pair 2 of 4")
    assert rating.on_disk().trials[0].revisions == []


async def test_the_choice_flashes_then_the_screen_blanks_then_the_next_pair_comes(tmp_path: Path) -> None:
    rating = Rating(tmp_path, small_study(pairs=4, blank_ms=700))
    async with rating.app.run_test(size=(80, 24)) as pilot:
        scale = rating.screen.query_one(RatingScale)
        marked: list[int | None] = []

        def note(value: int | None) -> None:
            marked.append(value)

        rating.screen.watch(scale, "chosen", note, init=False)

        def blank() -> bool:
            return rating.screen.query_one(DigitPair)._images is None

        await rate(pilot, "7")
        await pilot.press("5")
        await until(pilot, blank)
        assert marked == [7]
        await pilot.press("5")
        await until(pilot, lambda: not blank())
        assert marked == [7, None]
        assert rating.words() == "Pair 2 of 4"
        assert rating.run.answered == 1


async def test_a_key_that_is_no_rating_shows_for_a_moment_which_keys_are(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        for key in ("x", "space", "enter"):
            await painted(pilot)
            await pilot.press(key)
            await until(pilot, lambda: rating.message() == "The keys are 1 to 9, and 0 for 10.")
            await until(pilot, lambda: rating.message() == rating.run.study.question)
        await rate(pilot, "4")


async def test_a_ten_typed_as_1_and_0_is_a_ten_also_when_the_next_pair_is_up(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        now = rating.run.now()
        type_at(rating.screen, ("1", now), ("0", now + 0.03))
        await until(pilot, lambda: rating.message() == "The pair before: your answer is 10.")
        assert rating.words() == "Pair 2 of 4"
        for key in "234":
            await rate(pilot, key)
    first, second, *_ = rating.on_disk().trials
    assert (first.response, first.key, first.revisions) == (10, "10", [])
    assert (second.response, second.interruptions) == (2, 0)


async def test_a_ten_typed_for_the_last_pair_is_waited_for(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        for key in "234":
            await rate(pilot, key)
        await painted(pilot)
        await pilot.press("1")
        await until(pilot, lambda: rating.on_disk().complete)
        assert rating.screen.query_one(RatingScale).chosen == 1
        await pilot.press("0")
        await until(pilot, lambda: rating.screen.query_one(RatingScale).chosen == 10)
        await until(pilot, lambda: rating.app.screen is not rating.screen)
    assert [t.response for t in rating.on_disk().trials] == [2, 3, 4, 10]


async def test_a_ten_that_cannot_be_written_as_one_keeps_its_place_until_it_is(tmp_path: Path) -> None:
    rating = Rating(tmp_path, small_study(pairs=4, blank_ms=300))
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await rate(pilot, "1")
        folder = rating.run.path.parent
        aside = folder.rename(folder.with_name("aside"))
        folder.write_text("in the way")
        await pilot.press("0")
        await until(pilot, lambda: "Enter to try again" in rating.message())
        assert rating.screen.query_one(RatingScale).chosen == 10
        folder.unlink()
        shutil.move(aside, folder)
        assert [t.response for t in rating.on_disk().trials] == [1]
        await pilot.press("enter")
        await painted(pilot)
        assert rating.words() == "Pair 2 of 4"
    assert [(t.response, t.key) for t in rating.on_disk().trials] == [(10, "10")]


async def test_a_key_too_soon_after_the_pair_is_ignored(tmp_path: Path) -> None:
    rating = Rating(tmp_path, small_study(pairs=4, min_viewing_ms=60_000))
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        await pilot.press("5")
        assert rating.run.answered == 0


async def test_a_write_that_fails_keeps_the_pair_and_enter_tries_again(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await rate(pilot, "2")
        await painted(pilot)
        folder = rating.run.path.parent
        aside = folder.rename(folder.with_name("aside"))
        folder.write_text("in the way")
        await pilot.press("6")
        await until(pilot, lambda: "Enter to try again" in rating.message())
        assert "could not be written" in rating.message()
        assert rating.words() == "Pair 2 of 4"
        assert rating.run.answered == 1
        await pilot.press("9")
        assert rating.run.answered == 1
        folder.unlink()
        shutil.move(aside, folder)
        await pilot.press("enter")
        await until(pilot, lambda: rating.words() == "Pair 3 of 4")
        assert "How similar" in rating.message()
    assert [t.response for t in rating.on_disk().trials] == [2, 6]


async def test_too_small_a_window_pauses_and_the_pair_is_shown_again(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        await pilot.resize_terminal(50, 12)
        await until(pilot, lambda: rating.screen.has_class("-too-small"))
        await pilot.press("5")
        assert rating.run.answered == 0
        assert "62 × 16" in str(rating.screen.query_one("#too-small", Static).content)
        await pilot.resize_terminal(80, 24)
        await rate(pilot, "4")  # not 5: so soon after the other it would be that key, held down
    assert rating.on_disk().trials[0].interruptions == 1


async def test_the_keys_list_covers_the_pair_and_any_key_closes_it(rating: Rating) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(rating.app.screen, KeysScreen))
        await pilot.press("5")
        await until(pilot, lambda: rating.app.screen is rating.screen)
        assert rating.run.answered == 0
        await rate(pilot, "4")
    assert rating.on_disk().trials[0].interruptions == 1


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
@pytest.mark.parametrize("no", ["escape", "enter"])
async def test_leaving_asks_first_and_is_not_what_enter_means(rating: Rating, key: str, no: str) -> None:
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(rating.app.screen, ConfirmScreen))
        await pilot.press(no)
        await until(pilot, lambda: rating.app.screen is rating.screen)
        await rate(pilot, "5")


async def test_a_held_key_leaves_one_answer(tmp_path: Path) -> None:
    """The presses that a keyboard sends for a held key, at the times at which it makes them."""
    now = 100.0
    rating = Rating(tmp_path, small_study(pairs=4), clock=lambda: now)
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await painted(pilot)
        for offset in (0.0, *(0.5 + 0.03 * n for n in range(20))):
            now = 101.001 + offset
            type_at(rating.screen, ("6", 101.0 + offset))
            await painted(pilot)
        assert rating.run.answered == 1


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (100, 30), (132, 43), (200, 60)])
async def test_everything_is_on_the_screen_at_every_size(rating: Rating, size: tuple[int, int]) -> None:
    async with rating.app.run_test(size=size) as pilot:
        await painted(pilot)
        shown = [
            rating.screen.query_one(DigitPair),
            rating.screen.query_one("#question"),
            rating.screen.query_one(RatingScale),
        ]
        if size[1] > 16:
            shown.append(rating.screen.query_one(RunProgress))
        for widget in shown:
            region = widget.region
            assert region.area > 0
            assert rating.screen.region.contains_region(region), f"{widget} at {region}"
            assert abs(region.x + region.width / 2 - size[0] / 2) <= 1
        lines = str(rating.screen.query_one(RatingScale).render()).split("\n")
        assert " 10 <0>" in lines[0]
        assert max(len(line) for line in lines) <= rating.screen.query_one(RatingScale).size.width
        assert "most similar" in lines[-1]


async def test_a_break_comes_after_so_many_trials_and_once(tmp_path: Path) -> None:
    study = small_study(pairs=4)
    study = new_study(**{**structs.asdict(study), "design": structs.replace(study.design, break_every=2)})
    rating = Rating(tmp_path, study)
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await rate(pilot, "1")
        await rate(pilot, "2")
        await until(pilot, lambda: isinstance(rating.app.screen, Page))
        assert "2 of 4 pairs are done" in str(rating.app.screen.query("Static").first(Static).content)
        await pilot.press("5")
        assert rating.run.answered == 2
        await pilot.press("enter")
        await until(pilot, lambda: rating.app.screen is rating.screen)
        await rate(pilot, "3")
        await painted(pilot)
        assert rating.app.screen is rating.screen
        await rate(pilot, "4")
    assert [t.interruptions for t in rating.on_disk().trials] == [0, 0, 0, 0]


async def test_there_is_no_break_before_the_last_pair(tmp_path: Path) -> None:
    study = small_study(pairs=4)
    study = new_study(**{**structs.asdict(study), "design": structs.replace(study.design, break_every=3)})
    rating = Rating(tmp_path, study)
    async with rating.app.run_test(size=(80, 24)) as pilot:
        for key in "1234":
            await rate(pilot, key)
    assert rating.on_disk().complete


async def test_going_back_over_the_end_of_practice_does_not_say_it_again(tmp_path: Path) -> None:
    rating = Rating(tmp_path, small_study(pairs=4, practice=1))
    async with rating.app.run_test(size=(80, 24)) as pilot:
        await rate(pilot, "1")
        await until(pilot, lambda: isinstance(rating.app.screen, Page))
        await pilot.press("enter")
        await painted(pilot)
        await pilot.press("backspace")
        await until(pilot, lambda: rating.words() == "Practice 1 of 1")
        await painted(pilot)
        await pilot.press("2")
        await until(pilot, lambda: rating.words() == "Pair 1 of 4")
        await rate(pilot, "3")
    assert [t.response for t in rating.on_disk().trials] == [2, 3]
