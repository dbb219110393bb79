"""Usable: whether the ratings of one session can be used, and if not, why. Analysis, validation and export ask here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from simtui.errors import printable
from simtui.session.faults import name_fault, record_faults
from simtui.session.file import Fault
from simtui.session.model import Session
from simtui.session.trial_faults import TrialFaults
from simtui.study.model import Pair, Study
from simtui.study.schedule import list_of
from simtui.words import counted

DAMAGED = "damaged: "
"""Begins the reason where the answers are impossible."""


class Judge:
    """Judges sessions of one study; what it takes is looked up once for all of them."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._shown = {pair.id: (pair.left, pair.right) for pair in study.pairs}
        self._scale = study.scale.values
        self._trial_faults = TrialFaults(study)

    def why_not(self, session: Session) -> str | None:
        """Why a session cannot be used at all, after "is"; None where it can, if only for what is rated so far."""
        study = self.study
        if session.study_sha256 != study.sha256 and session.study_id == study.id:
            return f"of another file of the study {study.id}: that file differs from the one given"
        if session.study_sha256 != study.sha256:
            return f"of another study, {printable(session.study_id, 40)}"
        if session.status == "withdrawn":
            return "withdrawn by the participant"
        fault = next(self.impossible(session), None)
        return None if fault is None else f"{DAMAGED}{fault}"

    def doubts(self, session: Session, file_name: str) -> str:
        """What `simtui validate` finds in a session whose ratings can be used all the same; "" where it finds nothing.

        One fault and how many there are. Only validation rebuilds the plan, which says nothing about the ratings.
        """
        faults = list(record_faults(session, self._trial_faults))
        wrong_name = name_fault(session, file_name)
        if wrong_name is not None:
            faults.insert(0, Fault("", wrong_name))
        if not faults:
            return ""
        where, what = faults[0]
        first = f"{where}: {what}" if where else what
        return first if len(faults) == 1 else f"{counted(len(faults), 'fault')}, the first: {first}"

    def unfinished(self, session: Session) -> str | None:
        """Why a session that can be used does not count as complete; None where it does."""
        if session.complete:
            return None
        rated = sum(trial.response is not None for trial in session.trials if trial.trial_type == "main")
        return f"not complete: {rated} of {len(self._to_rate(session))} pairs rated"

    def impossible(self, session: Session) -> Iterator[str]:
        """What cannot be true of the answers of a session of this study."""
        rated: set[str] = set()
        answered, scale, complete = 0, self._scale, session.complete
        if session.simulation is not None and not session.simulated:
            yield "it says that nobody simulated it, and what did"
        for trial in session.trials:
            answered += trial.response is not None
            if trial.rt is not None and not 0 <= trial.rt < math.inf:
                yield f"{printable(trial.pair_id, 40)} has the response time {trial.rt:g} ms"
            main = trial.trial_type == "main"
            if main:
                shown = self._shown.get(trial.pair_id)
                if shown is None:
                    yield f"it rates {printable(trial.pair_id, 40)}, which is not a pair of this study"
                    continue
                if trial.pair_id in rated:
                    yield f"it rates {trial.pair_id} twice"
                rated.add(trial.pair_id)
                left, right = trial.stimulus_left, trial.stimulus_right
                if ((right, left) if trial.swapped else (left, right)) != shown:
                    yield f"its images of {trial.pair_id} are not those of the study"
            if trial.response not in scale and (trial.response is not None or (main and complete)):
                given = "no rating" if trial.response is None else f"the rating {trial.response}"
                yield f"{printable(trial.pair_id, 40)} has {given}, and the scale is {scale[0]} to {scale[-1]}"
        if not complete:
            return
        missing = [pair.id for pair in self._to_rate(session) if pair.id not in rated]
        if missing:
            yield f"it is called complete and has no rating of {_listed(missing)}"
        planned = len(session.schedule.trials)
        if planned and answered != planned:
            yield f"it is called complete, and {answered} of {planned} trials are answered"

    def _to_rate(self, session: Session) -> Sequence[Pair]:
        """The pairs that this participant was to rate: all, or those of one list; of a table, those that it has."""
        study = self.study
        if session.imported_from is not None:
            planned = {trial.pair_id for trial in session.schedule.trials}
            return [pair for pair in study.pairs if pair.id in planned]
        if study.design.lists == 1:
            return study.pairs
        return study.list_pairs(list_of(study, session.schedule.order))


def _listed(names: Sequence[str], limit: int = 5) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) > limit:
        return f"{', '.join(names[:limit])} and {len(names) - limit} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"
