"""`simtui rate` as a participant meets it: the real command on a real pseudo-terminal, killed, hung up, resumed."""

from __future__ import annotations

import re
import signal
from functools import partial
from pathlib import Path

import pytest
from msgspec import structs

from simtui.session import file as session_file
from simtui.study.file import new_study
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession

PAIRS = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=PAIRS), tmp_path)
    return tmp_path


def rating(folder: Path, *, participant: str | None = "P01", columns: int = 80, rows: int = 24) -> TerminalSession:
    who = [] if participant is None else ["--participant", participant]
    return TerminalSession([*SIMTUI, "rate", "study.json", *who], cwd=folder, columns=columns, rows=rows)


def pair_number(text: str) -> int | None:
    found = re.search(r"Pair (\d+) of", text)
    return int(found[1]) if found else None


def moved_on_from(number: int, text: str) -> bool:
    return pair_number(text) == number + 1 or "Thank you" in text


def contains(words: str, text: str) -> bool:
    return words in text


def lacks(words: str, text: str) -> bool:
    return words not in text


def rate_pairs(terminal: TerminalSession, numbers: range) -> None:
    """Rate these pairs, each with the key of its number, waiting for the screen to move on."""
    for number in numbers:
        terminal.wait_for(f"Pair {number} of {PAIRS}")
        terminal.press_until(str(number), partial(moved_on_from, number))


def path_of(folder: Path, run: int = 1) -> Path:
    return next(folder.glob(f"sessions/*/P01_run-{run}.json"))


def test_a_whole_run(folder: Path) -> None:
    with rating(folder) as terminal:
        text = terminal.wait_for("Enter starts")
        assert "How similar do these two images look to you?" in text
        assert "5 pairs" in text
        assert "least similar" in text
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 5")
        text = terminal.wait_for("most similar")
        assert "How similar do these two images look to you?" in text
        assert "least similar" in text
        assert "most similar" in text
        assert re.search(r"1 +2 +3 +4 +5 +6 +7 +8 +9 +10", text)
        rate_pairs(terminal, range(1, PAIRS + 1))
        text = terminal.wait_for("Thank you")
        assert "5 answers were saved to" in text
        terminal.send("\r")
        assert terminal.exited()
        assert terminal.status == 0
    session = session_file.load(path_of(folder))
    assert session.complete
    assert [t.response for t in session.trials] == [1, 2, 3, 4, 5]
    assert [t.key for t in session.trials] == ["1", "2", "3", "4", "5"]
    assert all(t.rt is not None and 0 < t.rt < 5000 for t in session.trials)
    times = [moment for t in session.trials for moment in (t.onset or 0.0, t.time_elapsed or 0.0)]
    assert times == sorted(times)
    assert (session.environment.columns, session.environment.rows) == (80, 24)


def test_keys_pressed_in_haste_close_only_what_is_on_top(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 5")
        for key, words, hasty in (("?", "Any key closes", "xxx"), ("q", "Stop", "nnn")):
            terminal.press_until(key, partial(contains, words))
            terminal.send(hasty)
            terminal.wait_for(partial(lacks, words))
        rate_pairs(terminal, range(1, PAIRS + 1))
        terminal.wait_for("Thank you")
    assert [t.response for t in session_file.load(path_of(folder)).trials] == [1, 2, 3, 4, 5]


def test_kill_in_the_middle_resume_and_finish(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        rate_pairs(terminal, range(1, 4))
        terminal.kill(signal.SIGKILL)
        assert terminal.exited()
    path = path_of(folder)
    assert [t.response for t in session_file.load(path).trials] == [1, 2, 3]
    with rating(folder) as terminal:
        assert "stopped after 3 of 5" in terminal.wait_for("Go on from there")
        terminal.send("y")
        assert "2 of 5 pairs are left" in terminal.wait_for("Enter starts")
        terminal.send("\r")
        rate_pairs(terminal, range(4, PAIRS + 1))
        terminal.wait_for("Thank you")
    session = session_file.load(path)
    assert session.complete
    assert [t.response for t in session.trials] == [1, 2, 3, 4, 5]
    assert [r.trial_index for r in session.resumptions] == [3]


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "hang-up"])
def test_signals_and_a_dropped_line_end_it_within_a_second(folder: Path, how: str) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        rate_pairs(terminal, range(1, 3))
        if how == "hang-up":
            terminal.hang_up()
        else:
            terminal.kill(getattr(signal, how))
        assert terminal.exited(1.5)
    session = session_file.load(path_of(folder))
    assert [t.response for t in session.trials] == [1, 2]
    assert session.status == "in_progress"


def test_a_finished_run_leads_to_a_second_after_asking(folder: Path) -> None:
    for expected in ("Enter starts", "as run 2"):
        with rating(folder) as terminal:
            terminal.wait_for(expected)
            if expected != "Enter starts":
                assert "Welcome" not in terminal.text
                terminal.send("y")
                terminal.wait_for("Enter starts")
            terminal.send("\r")
            rate_pairs(terminal, range(1, PAIRS + 1))
            terminal.wait_for("Thank you")
    first, second = (session_file.load(path_of(folder, run)) for run in (1, 2))
    assert first.complete
    assert second.complete
    assert first.session_id != second.session_id
    assert first.schedule.order != second.schedule.order


def test_a_second_window_for_the_same_participant_is_refused(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        with rating(folder) as second:
            assert second.exited()
            assert second.status == 2
            assert "another window" in second.text


def test_the_participant_is_asked_for_until_the_id_is_one(folder: Path) -> None:
    with rating(folder, participant=None) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("participant id")
        terminal.send("P@1\r")
        terminal.wait_for("cannot be a participant id")
        # In one burst Textual's Input would take the letters before the backspaces.
        terminal.send("\x7f\x7f\x7f")
        terminal.wait_for(lambda text: " P@1 " not in text)
        terminal.send("P01\r")
        rate_pairs(terminal, range(1, 2))
    assert session_file.load(path_of(folder)).participant_id == "P01"


def test_leaving_asks_and_saves(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        rate_pairs(terminal, range(1, 3))
        terminal.press_until("q", lambda text: "Stop here?" in text)
        terminal.press_until("n", lambda text: "Stop here?" not in text)
        terminal.press_until("\x03", lambda text: "Stop here?" in text)
        terminal.send("y")
        assert "2 of 5 answers were saved to" in terminal.wait_for("Stopped")
        terminal.send("\r")
        assert terminal.exited()
        assert terminal.status == 0
    assert len(session_file.load(path_of(folder)).trials) == 2


def test_pasted_text_never_rates_two_pairs(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 5")
        terminal.press_until("5555555555", lambda text: "Pair 2 of 5" in text)
        terminal.send("\x1b[200~7777\x1b[201~")
        terminal.press_until("q", lambda text: "Stop here?" in text)
    assert len(session_file.load(path_of(folder)).trials) == 1


def test_the_size_is_the_terminal_s_own_whatever_the_environment_says(folder: Path) -> None:
    """COLUMNS and LINES as `eval $(resize)` exports them, in a window that is smaller now, and is resized again."""
    stale = {"COLUMNS": "200", "LINES": "60"}
    argv = [*SIMTUI, "rate", "study.json", "--participant", "P01"]
    with TerminalSession(argv, cwd=folder, environment=stale) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for(lambda text: "Pair 1 of 5" in text and "most similar" in text)
        terminal.resize(40, 10)
        terminal.wait_for("62 × 16")


def test_consent_comes_first_and_declining_stores_nothing(tmp_path: Path) -> None:
    texts = {"consent": "This is a study.\nYou may stop at any time.", "debrief": "It was about digits."}
    saved(new_study(**{**structs.asdict(small_study(pairs=PAIRS)), "texts": texts}), tmp_path)
    with rating(tmp_path) as terminal:
        text = terminal.wait_for("Do you agree")
        assert "You may stop at any time." in text
        terminal.send("\r")
        terminal.send("n")
        terminal.wait_for("nothing was stored")
        terminal.send("\r")
        assert terminal.exited()
        assert terminal.status == 0
    assert not list(tmp_path.rglob("*_run-*.json"))
    with rating(tmp_path) as terminal:
        terminal.wait_for("Do you agree")
        terminal.send("y")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        rate_pairs(terminal, range(1, PAIRS + 1))
        assert "It was about digits." in terminal.wait_for("Thank you")
