"""Runs that look like a person's: one response after another, on a clock that we turn."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from simtui.rating.run import Run, Stimuli
from simtui.session.store import SessionStore
from simtui.study.file import new_study
from simtui.study.model import Pair, Study
from tests.builders import ENVIRONMENT, small_study

Answer = Callable[[Stimuli, random.Random], int]


def rate(
    study: Study,
    root: Path,
    participant: str,
    *,
    answer: Answer = lambda shown, rng: rng.randint(1, 10),
    rt_ms: float = 900,
    stop_after: int | None = None,
    go_back_at: int | None = None,
) -> Path:
    """A run on disk, whole or stopped after some responses; its file.

    go_back_at: after this many responses the last one is given again, as a 3.
    """
    rng = random.Random(participant)
    clock = Clock()
    with SessionStore(root, study.id).hold(participant) as hold:
        run = Run.begin(study, hold, ENVIRONMENT, clock=clock)
        done = 0
        while not run.finished and done != stop_after:
            respond(run, clock, answer(run.current(), rng), rt_ms + rng.random() * 100)
            done += 1
            if done == go_back_at:
                assert run.back()
                respond(run, clock, 3, rt_ms)
        return run.path


class Clock:
    """Monotonic seconds that pass only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def respond(run: Run, clock: Clock, rating: int, rt_ms: float) -> None:
    """The pair is painted 0.4 s from now and answered after `rt_ms`."""
    onset = clock.seconds + 0.4
    clock.seconds = onset + rt_ms / 1000
    run.answer(rating, str(rating % 10), onset, clock.seconds)


def change(path: Path, edit: Callable[[Any], None]) -> None:
    """Edit the JSON in a file, as somebody with a text editor would."""
    document = json.loads(path.read_bytes())
    edit(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def demanding_study(pairs: int = 24, repeats: int = 8, catch: int = 4) -> Study:
    """A study with practice, repeats and catch pairs: one image twice, so the top of the scale is expected."""
    plain = small_study(pairs, practice=2, min_viewing_ms=200)
    images = list(plain.images)
    catch_pairs = [
        Pair(id=f"catch{n}", left=images[n], right=images[n], digit=8, expected=plain.scale.high) for n in range(catch)
    ]
    fields = {field: getattr(plain, field) for field in plain.__struct_fields__ if field != "sha256"}
    design = replace(plain.design, repeats=repeats, catch=catch)
    return new_study(**{**fields, "design": design, "catch_pairs": catch_pairs})


def diligent(shown: Stimuli, rng: random.Random) -> int:
    """Whoever answers so says the same of a pair twice, and sees what a catch pair is."""
    if shown.planned.trial_type == "catch":
        return 10
    return random.Random(shown.planned.pair_id).randint(1, 10)
