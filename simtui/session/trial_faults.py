"""Faults of the trials of a session: what was shown and pressed, against the study, and when, on one clock."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import pairwise
from typing import NamedTuple

from simtui.errors import printable
from simtui.session.file import Fault
from simtui.session.model import Revision, Session, Trial
from simtui.study.model import Pair, Study

TOLERANCE_MS = 0.3
"""Times are rounded to 0.1 ms each, so a difference of two can be off by as much as this."""


class TrialFaults:
    """Finds them in sessions of one study; what it takes is looked up once for all of them.

    study: the study. pairs: all of its pairs by their ids.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.pairs = {pair.id: pair for pair in study.every_pair()}
        scale = study.scale
        # In lines of text a rating is typed as the number it is.
        self._typed = {(str(rating), rating) for rating in scale.values}
        self._typed |= {(key, rating) for key in "0123456789" if (rating := scale.rating_of_key(key)) is not None}
        # A robot has no keyboard.
        self._simulated = self._typed | {("", rating) for rating in scale.values}
        self._soonest = study.design.min_viewing_ms - TOLERANCE_MS

    def of(self, session: Session) -> Iterator[Fault]:
        """What was not shown or not pressed as the study has it."""
        typed = self._simulated if session.simulated else self._typed
        for index, trial in enumerate(session.trials):
            if self._is_sound(trial, typed):
                continue
            pair = self.pairs.get(trial.pair_id)
            if pair is not None:
                yield from _shown_faults(f"trials[{index}]", trial, pair)
            yield from self._response_faults(f"trials[{index}]", trial, session)
            for number, revision in enumerate(trial.revisions):
                yield from self._response_faults(f"trials[{index}].revisions[{number}]", revision, session)

    def _is_sound(self, trial: Trial, typed: Set[tuple[str, int]]) -> bool:
        """Whether a trial, as nearly all are, has none of the faults: said without looking for words for them."""
        pair = self.pairs.get(trial.pair_id)
        if pair is None or trial.revisions or (trial.key, trial.response) not in typed:
            return False
        left, right = (pair.right, pair.left) if trial.swapped else (pair.left, pair.right)
        shown = trial.stimulus_left == left and trial.stimulus_right == right
        return shown and trial.rt is not None and trial.rt > 0 and trial.rt >= self._soonest

    def _response_faults(self, where: str, act: Trial | Revision, session: Session) -> Iterator[Fault]:
        response, design, scale = act.response, self.study.design, self.study.scale
        if response is None:
            return
        if response not in scale.values:
            yield Fault(
                f"{where}.response", f"{printable(response, 30)} is off the scale of {scale.low} to {scale.high}"
            )
            return
        if session.imported_from is not None:
            return
        if (act.key, response) not in (self._simulated if session.simulated else self._typed):
            yield Fault(f"{where}.key", f"“{printable(act.key, 20)}” does not give the response {response}")
        if act.rt is None:
            yield Fault(f"{where}.rt", "missing")
        elif _has_plain_answers(session):
            # Lines that were in the pipe before they were asked for: quality.py says what such times are worth.
            if act.rt < 0:
                yield Fault(f"{where}.rt", f"{act.rt:g} ms, less than 0")
        elif act.rt <= 0:
            yield Fault(f"{where}.rt", f"{act.rt:g} ms, not above 0")
        elif act.rt < self._soonest:
            yield Fault(f"{where}.rt", f"{act.rt:g} ms, less than design.min_viewing_ms {design.min_viewing_ms}")


def _shown_faults(where: str, trial: Trial, pair: Pair) -> Iterator[Fault]:
    expected = (pair.right, pair.left) if trial.swapped else (pair.left, pair.right)
    if (trial.stimulus_left, trial.stimulus_right) != expected:
        sides = "exchanged" if (trial.stimulus_right, trial.stimulus_left) == expected else "not those of the pair"
        yield Fault(where, f"its images of {pair.id} are {sides}")


def _has_plain_answers(session: Session) -> bool:
    """Whether any part of it was rated in lines of text, which can come from a pipe."""
    environments = [session.environment, *(resumption.environment for resumption in session.resumptions)]
    return any(environment.renderer == "plain" for environment in environments)


# ---------------------------------------------------------------------- times


class _Act(NamedTuple):
    """One response as it lies in time, ms from the start of the run."""

    onset: float
    end: float
    where: str


def time_faults(session: Session) -> Iterator[Fault]:
    """On the monotonic clock responses follow one another; wall clocks may be set back and prove nothing.

    The first responses to the trials come in the order of the trials; a later one to the same trial, after
    going back, lies anywhere after its first, and overlaps with no other.
    """
    if _follow_one_another(session):
        return
    acts: list[_Act] = []
    firsts: list[_Act] = []
    for index, trial in enumerate(session.trials):
        own: list[_Act] = []
        given: list[tuple[str, Trial | Revision]] = [
            (f"trials[{index}].revisions[{number}]", revision) for number, revision in enumerate(trial.revisions)
        ]
        if trial.response is not None:
            given.append((f"trials[{index}]", trial))
        for where, act in given:
            if act.onset is None or act.time_elapsed is None:
                yield Fault(where, "no onset or no time_elapsed")
                continue
            own.append(_Act(act.onset, act.time_elapsed, where))
            if act.onset < 0:
                yield Fault(f"{where}.onset", f"{act.onset:g} ms, before the run")
            if act.rt is not None and abs(act.time_elapsed - act.onset - act.rt) > TOLERANCE_MS:
                yield Fault(
                    f"{where}.rt", f"{act.rt:g} ms, and onset and time_elapsed say {act.time_elapsed - act.onset:g}"
                )
        acts += own
        firsts += own[:1]
        yield from _order_faults(own)
    misplaced = list(_order_faults(firsts))
    # The same fault in other words would be found again among all acts.
    yield from misplaced or _order_faults(sorted(acts))


def _follow_one_another(session: Session) -> bool:
    """Whether the times of a run, as of nearly all, have none of the faults: said without looking for words."""
    end = -TOLERANCE_MS
    for trial in session.trials:
        if trial.revisions or trial.rt is None or trial.onset is None or trial.time_elapsed is None:
            return False
        if not trial.onset >= end or not abs(trial.time_elapsed - trial.onset - trial.rt) <= TOLERANCE_MS:
            return False
        end = trial.time_elapsed - TOLERANCE_MS
    return True


def _order_faults(acts: list[_Act]) -> Iterator[Fault]:
    for earlier, later in pairwise(acts):
        if later.onset < earlier.end - TOLERANCE_MS:
            yield Fault(
                f"{later.where}.onset", f"{later.onset:g} ms, before the response {earlier.where} at {earlier.end:g} ms"
            )
