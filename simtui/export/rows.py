"""The rows of the tables, one session after another: nothing is kept of a session whose rows are made.

What is the same in many rows (of a run, a terminal, a pair) is made into cells once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from simtui.export.columns import Column, Level, Place, Table
from simtui.session.environment import Resumption
from simtui.session.model import Session, Trial
from simtui.session.quality import measure
from simtui.study.model import Study

Cell = Callable[[Column], Callable[[Any], Any]]
"""What makes the cells of a column out of its values."""

Measured = Mapping[str, Mapping[str, float | None]]
"""By pair id, the covariates of the pair and its similarities, each by its column."""


class Rows:
    """Makes the rows of one table. cell: what makes cells of the values of a column."""

    def __init__(self, table: Table, cell: Cell) -> None:
        self._parts: list[tuple[Level, list[tuple[Callable[[Place], Any], Callable[[Any], Any]]]]] = [
            (level, [(column.get, cell(column)) for column in columns])
            for level, columns in groupby(table.columns, lambda column: column.level)
        ]
        self._kept: dict[tuple[int, object], list[Any]] = {}

    def row(self, place: Place, keys: Mapping[Level, object]) -> list[Any]:
        """The cells of a row. keys: of each level whose cells may be kept, what they are kept under."""
        cells: list[Any] = []
        for number, (level, columns) in enumerate(self._parts):
            key = keys.get(level)
            if key is None:
                cells += [cell(get(place)) for get, cell in columns]
                continue
            kept = self._kept.get((number, key))
            if kept is None:
                kept = self._kept[number, key] = [cell(get(place)) for get, cell in columns]
            cells += kept
        return cells

    def forget(self) -> None:
        """Let go of what was kept of runs and terminals, of which there may be any number."""
        passing = {number for number, (level, _) in enumerate(self._parts) if level != "pair"}
        for key in [key for key in self._kept if key[0] in passing]:
            del self._kept[key]


class Maker:
    """Makes the rows of all tables of a study."""

    def __init__(self, study: Study, made: Mapping[str, Table], cell: Cell, measured: Measured | None = None) -> None:
        self.study = study
        self._rows = {name: Rows(table, cell) for name, table in made.items()}
        self._pairs = {pair.id: pair for pair in study.every_pair()}
        self._measured = measured or {}

    def pairs(self) -> Iterator[list[Any]]:
        """The rows of the table of pairs."""
        study = self.study
        kinds = (("practice", study.practice_pairs), ("main", study.pairs), ("catch", study.catch_pairs))
        for kind, pairs in kinds:
            for pair in pairs:
                place = Place(study, pair=pair, pair_kind=kind, measured=self._measured.get(pair.id, {}))
                yield self._rows["pairs"].row(place, {})

    def session(self, session: Session, site: str = "") -> dict[str, list[list[Any]]]:
        """The rows that a session has in the tables of people, by table."""
        study, trials, revisions = self.study, self._rows["trials"], self._rows["revisions"]
        place = Place(study, session, quality=measure(session, study), environment=session.environment, site=site)
        people = [self._rows["participants"].row(place, {})]
        answers, taken_back = [], []
        for resumption, group in _by_environment(session):
            place.resumption = resumption
            place.environment = resumption.environment if resumption else session.environment
            for trial in group:
                place.trial, place.pair = trial, self._pairs[trial.pair_id]
                keys: dict[Level, object] = {"run": 0, "environment": id(place.environment), "pair": trial.pair_id}
                if trial.response is not None:
                    answers.append(trials.row(place, keys))
                    place.first.setdefault(trial.pair_id, trial.trial_index)
                for number, revision in enumerate(trial.revisions, start=1):
                    place.revision, place.revision_number = revision, number
                    taken_back.append(revisions.row(place, {"run": 0}))
        for rows in (trials, revisions):
            rows.forget()
        return {"trials": answers, "participants": people, "revisions": taken_back}


def _by_environment(session: Session) -> Iterator[tuple[Resumption | None, Sequence[Trial]]]:
    """The trials of a session with the resumption after which they were answered, in their order."""
    starts = sorted(session.resumptions, key=lambda resumption: resumption.trial_index)
    if not starts:
        yield None, session.trials
        return
    for number in range(len(starts) + 1):
        since = starts[number - 1] if number else None
        low = since.trial_index if since else -1
        high = starts[number].trial_index if number < len(starts) else None
        found = [
            trial for trial in session.trials if trial.trial_index >= low and (high is None or trial.trial_index < high)
        ]
        if found:
            yield since, found
