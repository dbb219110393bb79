"""Response times: what a participant of known speed, at the other end of a real terminal, is recorded to have taken."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path

from simtui import session as sessions
from tests.benchmarks.line import Line, rater, to_first_pair
from tests.builders import saved, small_study

PAIRS = 30


def answer_after(line: Line, delay_s: float, key: str) -> float:
    """Press a key so long after the last byte of the pair came; the time from that byte to the key, ms."""
    while (left := line.last + delay_s - time.monotonic()) > 0:
        line.pump(max(0.0, left - 0.001))
    painted, pressed = line.last, time.monotonic()
    line.send(key)
    line.pump(2.0)
    return (pressed - painted) * 1000


def test_response_times_are_right_within_five_milliseconds(tmp_path: Path) -> None:
    """Bias: the median error. Spread: half of the errors are within it (the interquartile range).

    Medians and quartiles, because on a busy machine either process may be kept waiting for many milliseconds now and
    then, which says nothing about how the times are taken; were they taken from the wrong moments, all of them
    would be off. The keys are not in step with anything that ticks: their delays are random.
    """
    saved(small_study(pairs=PAIRS), tmp_path)
    rng = random.Random(4)
    with rater(tmp_path, "P01") as line:
        to_first_pair(line)
        taken = []
        for number in range(PAIRS):
            delay_s = rng.uniform(0.12, 0.25) if number else 0.4
            taken.append(answer_after(line, delay_s, str(number % 9 + 1)))
        line.until(b"Thank you")
    session = sessions.load(next(tmp_path.glob("sessions/*/P01_run-1.json")))
    recorded = [trial.rt for trial in session.trials]
    assert len(recorded) == PAIRS
    errors = [(rt or 0.0) - ms for rt, ms in zip(recorded, taken, strict=True)]
    low, bias, high = statistics.quantiles(errors, n=4)
    said = f"bias {bias:.1f} ms, quartiles {low:.1f} and {high:.1f} ms, all {[round(error, 1) for error in errors]}"
    assert abs(bias) < 5, said
    assert high - low < 5, said
