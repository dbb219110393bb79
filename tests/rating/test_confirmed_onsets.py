"""Over a slow or a long line: no answer before its pair, and response times as at the terminal itself."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.session import file as session_file
from simtui.session.model import Trial
from tests.builders import saved
from tests.slow_line import SlowLine
from tests.terminal_session import SIMTUI
from tests.tui.worlds import drawn_study

VIEWING_MS = 200


def rating(folder: Path, *, pairs: int, **line: object) -> SlowLine:
    made = drawn_study(pairs=pairs)
    saved(replace(made, design=replace(made.design, blank_ms=0, min_viewing_ms=VIEWING_MS)), folder)
    command = [*SIMTUI, "rate", "study.json", "--participant", "P01"]
    return SlowLine(command, cwd=folder, **line)  # type: ignore[arg-type]


def to_first_pair(line: SlowLine) -> None:
    line.wait_for_bytes(b"Enter starts", 60)
    line.send("\r")


def trials(folder: Path) -> list[Trial]:
    (path,) = folder.glob("sessions/*/P01_run-1.json")
    return session_file.load(path).trials


@pytest.mark.parametrize(("bits_a_second", "pairs"), [(9_600, 2), (56_000, 5)])
@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.2])
def test_no_answer_comes_before_its_pair(tmp_path: Path, bits_a_second: int, pairs: int, delay_s: float) -> None:
    """Keys without end, each another than the one before: the first after a pair was drawn is its answer."""
    with rating(tmp_path, pairs=pairs, bits_a_second=bits_a_second, delay_s=delay_s) as line:
        to_first_pair(line)
        number = 0
        while b"Thank you" not in line.raw and number < 1000:
            line.rest(0.11)
            line.send("3456789"[number % 7])
            number += 1
        drawn = [line.drawn_at(b"Pair %d of" % pair) for pair in range(1, pairs + 1)]
    given = trials(tmp_path)
    assert len(given) == pairs
    assert all(trial.onset_confirmed for trial in given)
    for trial, at in zip(given, drawn, strict=True):
        seen = [press.key for press in line.pressed if press.at - at > VIEWING_MS / 1000 - 0.02]
        assert trial.key in seen[:2], f"{trial.key} was pressed before pair {trial.trial_index} was drawn"
        assert trial.rt is not None
        assert VIEWING_MS <= trial.rt < 2 * VIEWING_MS


@pytest.mark.parametrize("bits_a_second", [None, 56_000])
@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.2])
def test_response_times_are_those_at_the_terminal(tmp_path: Path, bits_a_second: int | None, delay_s: float) -> None:
    """The best of three runs, each within 5 ms: on a busy machine the program may hear late of all that it times.

    Were the times taken from the wrong moments, they would be off in every run, by the line's delay or by as much as a
    pair takes on it.
    """
    said = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        errors = errors_of_a_run(folder, bits_a_second, delay_s)
        if abs(statistics.median(errors)) < 5:
            return
        said.append(f"errors: {errors} ms")
    raise AssertionError("\n".join(said))


def errors_of_a_run(folder: Path, bits_a_second: int | None, delay_s: float) -> list[float]:
    """By how much each response time that simtui records is off, ms."""
    pairs, taken = 8, []
    with rating(folder, pairs=pairs, bits_a_second=bits_a_second, delay_s=delay_s) as line:
        to_first_pair(line)
        for number in range(1, pairs + 1):
            drawn = line.wait_until_drawn(b"Pair %d of" % number)
            line.rest_until(drawn + 0.3 + 0.013 * number)
            after = b"Pair %d of" % (number + 1) if number < pairs else b"Thank you"
            # Pressed again where nothing comes of it: a program that was kept from the processor has just heard of
            # the pair, and the key came too soon for it.
            line.press_until_true("3456789"[number % 7], lambda words=after: words in line.raw)  # type: ignore[misc]
            taken.append((line.pressed[-1].at - drawn) * 1000)
    given = trials(folder)
    assert all(trial.onset_confirmed for trial in given)
    return [(trial.rt or 0.0) - ms for trial, ms in zip(given, taken, strict=True)]


def mute(_: int) -> float | None:
    return None


def mute_after_the_start(number: int) -> float | None:
    return 0.0 if number == 0 else None


def late_after_the_start(number: int) -> float | None:
    return 0.0 if number == 0 else 2.5


@pytest.mark.parametrize("reply", [mute, mute_after_the_start, late_after_the_start])
def test_without_a_reply_in_time_the_pair_counts_as_drawn_when_it_was_sent(
    tmp_path: Path, reply: Callable[[int], float | None]
) -> None:
    rate_at_leisure(tmp_path, reply)
    assert [trial.onset_confirmed for trial in trials(tmp_path)] == [False] * 3


def test_a_line_that_becomes_late_is_waited_for_no_longer_than_two_seconds(tmp_path: Path) -> None:
    rate_at_leisure(tmp_path, lambda _: 0.0, then=lambda _: 2.5)
    assert [trial.onset_confirmed for trial in trials(tmp_path)] == [False] * 3


def rate_at_leisure(
    folder: Path, reply: Callable[[int], float | None], then: Callable[[int], float | None] | None = None
) -> None:
    """Three pairs. reply, then: of the terminal, until the welcome is on the screen and from then on."""
    with rating(folder, pairs=3, answers_after=reply) as line:
        line.wait_for_bytes(b"Enter starts", 60)
        if then is not None:
            line.settle(0.6)
            line.answers_after = then
        line.send("\r")
        for number in range(1, 4):
            line.wait_for(f"Pair {number} of 3")
            line.rest(0.5)
            line.press_until(str(2 + number), lambda text, n=number: f"Pair {n} of" not in text)  # type: ignore[misc]
        line.wait_for("Thank you")
    assert [trial.response for trial in trials(folder)] == [3, 4, 5]


def test_a_ten_on_a_slow_line_is_a_ten(tmp_path: Path) -> None:
    with rating(tmp_path, pairs=3, bits_a_second=9_600, delay_s=0.1) as line:
        to_first_pair(line)
        for number, gap in enumerate((0.03, 0.15, 0.45), start=1):
            line.rest_until(line.wait_until_drawn(b"Pair %d of 3" % number) + 0.3)
            line.send("1")
            line.rest(gap)
            line.send("0")
        line.wait_for_bytes(b"Thank you", 60)
    assert [(trial.response, trial.key) for trial in trials(tmp_path)] == [(10, "10")] * 3
    assert re.search(rb"your answer is 10", line.raw)
