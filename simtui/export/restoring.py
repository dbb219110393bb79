"""Sessions out of what an export wrote of them: the same records, down to the last digit, all or none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from simtui.errors import SimtuiError, printable, storable
from simtui.export.columns import Table
from simtui.export.participants import ANSWER, ANSWERED_AT
from simtui.export.reading import Faults, Row, Values, read, table_files
from simtui.export.sources import labels
from simtui.export.tables import by_name, tables
from simtui.progress import Progress, untold
from simtui.session import file as session_file
from simtui.session.environment import Environment, Resumption
from simtui.session.faults import session_faults
from simtui.session.model import Answer, Consent, Revision, Session, Trial
from simtui.session.outside import Outside
from simtui.session.store import SessionStore
from simtui.study.model import Study
from simtui.study.schedule import PlannedTrial, Schedule, plan

S = TypeVar("S", bound=Struct)

_Key = tuple[str, int]
"""Participant and run."""


def import_export(study: Study, folder: Path, root: Path, *, on_progress: Progress = untold) -> list[Path]:
    """Write the sessions that the csv or psych-ds export of this study in `folder` holds; return their files.

    A session that is there already, the same to the last byte, is left as it is: after an interruption the same
    import goes on. Raises SimtuiError, listing up to twenty faults with file, row and column, where the tables are
    damaged, of another study or not an export's, and where another session of a participant is there; nothing is
    written then.
    """
    faults = Faults()
    sessions = list(restored(study, folder, faults))
    store = SessionStore(root, study.id)
    waiting: list[Session] = []
    for session in sessions:
        if store.has(session):
            continue
        if store.next_run(session.participant_id) > 1 or store.path(session.participant_id, session.run).exists():
            faults.add(f"there is a session of {session.participant_id} already, in {printable(store.folder)}")
        waiting.append(session)
    if not sessions and not faults.count:
        faults.add("it holds no session")
    faults.refuse(folder)
    _write(store, waiting, on_progress)
    return [store.path(session.participant_id, session.run) for session in sessions]


def restored(study: Study, folder: Path, faults: Faults) -> Iterator[Session]:
    """The sessions of an export; what is wrong goes to `faults`. Raises SimtuiError where a file cannot be read."""
    files = table_files(folder)
    made = by_name(tables(study))
    people = _by_run(read(made["participants"], files["participants"], folder, faults))
    trials = _by_run(read(made["trials"], files["trials"], folder, faults))
    revisions = _by_run(read(made["revisions"], files["revisions"], folder, faults))
    if faults.count:
        return
    for key in sorted({*trials, *revisions} - {*people}):
        first = (trials.get(key) or revisions[key])[0]
        faults.add(f"{first.where}: {printable(key[0], 40)}, run {key[1]}, is not in the table participants")
    called = dict(zip(people, labels([who for who, _ in people]), strict=True))
    for key, (row, *others) in people.items():
        for other in others:
            faults.add(f"{other.where}: {printable(key[0], 40)}, run {key[1]}, is there in {row.where} already")
        if row.values["study_sha256"] != study.sha256:
            faults.add(f"{row.where}: of the study {printable(row.values['study_id'], 70)}, or of another file of it")
            continue
        maker = _Maker(study, made, folder)
        session = maker.session(called[key], row.values, trials.get(key, []), revisions.get(key, []))
        found = False
        for fault in session_faults(session, study):
            found = True
            faults.add(f"{row.where}: {printable(key[0], 40)}, {f'{fault.where}: ' if fault.where else ''}{fault.what}")
        if not found:
            yield session


def _by_run(rows: Iterator[Row]) -> dict[_Key, list[Row]]:
    found: dict[_Key, list[Row]] = {}
    for row in rows:
        who, run = row.values["participant_id"], row.values["run"]
        if isinstance(who, str) and isinstance(run, int):
            found.setdefault((who, run), []).append(row)
    return found


class _Maker:
    """Makes the session of one run out of its rows."""

    def __init__(self, study: Study, made: Mapping[str, Table], folder: Path) -> None:
        self._study = study
        self._tables = made
        self._folder = folder

    def session(self, name: str, person: Values, trials: Sequence[Row], revisions: Sequence[Row]) -> Session:
        """The session. name: the participant's id in it. person: the row of the participant."""
        rows = [row.values for row in trials]
        taken_back = {
            index: [self._struct(Revision, "revisions", row.values) for row in group]
            for index, group in groupby(revisions, lambda row: row.values["trial_index"])
        }
        answered = [
            self._struct(Trial, "trials", row, revisions=taken_back.get(row["trial_index"], [])) for row in rows
        ]
        environments = [self._struct(Environment, "trials", row) for row in rows]
        first = next((i for i, row in enumerate(rows) if row["resumed_at"] is None), 0)
        # Whoever exported under pseudonyms left out the seed, which tells the id; the plan cannot be checked then.
        known = person["schedule_seed"] is not None
        planned = [
            PlannedTrial(trial_type=trial.trial_type, pair_id=trial.pair_id, swapped=trial.swapped)
            for trial in answered
        ]
        if known and person["status"] == "in_progress" and person["imported_from"] is None:
            first_id = person["renamed_from"] or person["participant_id"]
            planned = plan(self._study, first_id, person["run"], person["list"]).trials
        return self._struct(
            Session,
            "participants",
            person,
            participant_id=name,
            imported_from=person["imported_from"] or (None if known else storable(self._folder.name)),
            simulation=None if person["simulation"] is None else session_file.decode_simulation(person["simulation"]),
            environment=environments[first] if environments else Environment(simtui="", polarity=""),
            resumptions=list(_resumptions(rows, environments)),
            consent=_consent(person),
            outside=_outside(person),
            list_index=person["list"],
            schedule=Schedule(
                seed=person["schedule_seed"] or 0,
                order=[trial.pair_id for trial in planned if trial.trial_type != "practice"],
                trials=planned,
            ),
            trials=answered,
            answers=list(_answers(self._study, person)),
        )

    def _struct(self, struct: type[S], table: str, values: Values, **more: object) -> S:
        fields = {
            column.field: column.unknown if values[column.name] is None else values[column.name]
            for column in self._tables[table].columns
            if column.struct is struct and column.field not in more
        }
        return struct(**fields, **more)


def _resumptions(rows: Sequence[Values], environments: Sequence[Environment]) -> Iterator[Resumption]:
    before = None
    for row, environment in zip(rows, environments, strict=True):
        if row["resumed_at"] is not None and row["resumed_at"] != before:
            yield Resumption(timestamp=row["resumed_at"], trial_index=row["trial_index"], environment=environment)
        before = row["resumed_at"]


def _consent(person: Values) -> Consent | None:
    if person.get("consent") is None:
        return None
    return Consent(
        text_sha256=person["consent_text_sha256"] or "", timestamp=person["consent_at"] or "", answer=person["consent"]
    )


def _outside(person: Values) -> Outside | None:
    study, session = (person.get(name) or "" for name in ("outside_study", "outside_session"))
    return Outside(study=study, session=session) if study or session else None


def _answers(study: Study, person: Values) -> Iterator[Answer]:
    for page in study.question_pages:
        for question in page.questions:
            timestamp = person[f"{ANSWERED_AT}{question.id}"]
            if timestamp is not None:
                yield Answer(
                    question_id=question.id,
                    when=page.when,
                    kind=question.kind,
                    text=question.text,
                    options=question.options,
                    answer=person[f"{ANSWER}{question.id}"],
                    timestamp=timestamp,
                )


def _write(store: SessionStore, sessions: Sequence[Session], on_progress: Progress) -> None:
    written: list[Path] = []
    try:
        for done, session in enumerate(sessions):
            on_progress(done, len(sessions), session.participant_id)
            with store.hold(session.participant_id) as hold:
                hold.create(session)
            written.append(store.path(session.participant_id, session.run))
    except BaseException as error:
        # Half an import is worse than none.
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        if isinstance(error, SimtuiError):
            raise SimtuiError(f"Nothing was imported: {error}") from None
        raise
    on_progress(len(sessions), len(sessions))
