"""Ratings collected elsewhere: a table of them becomes session files, all or none.

Before the first of them is written, a manifest in the folder says which sessions are to come. A process that is
killed on the way leaves it there, and the next import of the same table goes on from it.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from simtui import __version__
from simtui.errors import SimtuiError, printable, storable
from simtui.session import file as session_file
from simtui.session.environment import Environment
from simtui.session.model import Session, Trial, new_session
from simtui.session.shapes import Given
from simtui.session.store import SessionStore
from simtui.session.table import Table, TableError, read_table
from simtui.storage.json_file import read_json
from simtui.study.model import Study
from simtui.study.schedule import PlannedTrial, Schedule
from simtui.words import counted

_FORMAT = "simtui.import", 1


class _Manifest(Struct, frozen=True, kw_only=True):
    """What an import is to write. sessions: the session id of each participant."""

    format: str = _FORMAT[0]
    version: int = _FORMAT[1]
    table: str
    sessions: dict[str, str]


_MANIFEST = msgspec.json.Decoder(_Manifest)


def import_ratings(study: Study, csv_path: Path, sessions_root: Path, *, resume: bool = False) -> list[Path]:
    """Write one complete session for each participant of a table of ratings; return the files.

    csv_path: see `read_table`. resume: go on with an import of the same table that was interrupted.
    Raises TableError, listing every fault with its row and column, also where a participant has a session of this
    study already; and SimtuiError where a file cannot be read or written, where an import of this table was
    interrupted and `resume` is not given, or none was and it is. Nothing has been written then.
    """
    table = read_table(study, csv_path)
    store = SessionStore(sessions_root, study.id)
    name = f".import-{hashlib.sha256(f'{study.sha256} {table.sha256}'.encode()).hexdigest()[:16]}.json"
    manifest = _interrupted(store.folder / name)
    if manifest is None and resume:
        raise SimtuiError(
            f"No import of {printable(csv_path)} into {printable(store.folder)} was interrupted: leave out --resume."
        )
    done = _written(store, manifest.sessions) if manifest is not None else set()
    if manifest is not None and not resume:
        raise SimtuiError(
            f"An import of {printable(csv_path)} was interrupted when {len(done)} of "
            f"{counted(len(table.ratings), 'participant')} were there: give --resume to go on."
        )
    _require_free(store, csv_path, [participant for participant in table.ratings if participant not in done])
    try:
        if manifest is None:
            manifest = _Manifest(
                table=storable(csv_path.name), sessions={who: str(uuid.uuid4()) for who in table.ratings}
            )
            store.put_beside(name, msgspec.json.encode(manifest))
        _write(store, study, table, manifest, done)
    except BaseException as error:
        if not resume and manifest is not None:
            # Half an import is worse than none: the next try would be refused for the half that is there.
            for participant in _written(store, manifest.sessions):
                with contextlib.suppress(OSError):
                    store.path(participant, 1).unlink()
            store.remove_beside(name)
        if isinstance(error, SimtuiError):
            raise SimtuiError(f"{printable(csv_path)} was not imported: {error}") from None
        raise
    store.remove_beside(name)
    return [store.path(participant, 1) for participant in table.ratings]


def _interrupted(path: Path) -> _Manifest | None:
    if not path.exists():
        return None
    return read_json(path, "the manifest of an import", _MANIFEST, _FORMAT)[0]


def _written(store: SessionStore, sessions: dict[str, str]) -> set[str]:
    """The participants whose session of an import is there."""
    there = set()
    for participant, session_id in sessions.items():
        with contextlib.suppress(SimtuiError):
            if session_file.load(store.path(participant, 1)).session_id == session_id:
                there.add(participant)
    return there


def _require_free(store: SessionStore, csv_path: Path, participants: Sequence[str]) -> None:
    """Raises TableError where one of them has a session of this study."""
    faults = [
        f"column {participant}: there is a session of {participant} already, {printable(store.path(participant, 1))}"
        for participant in participants
        if store.next_run(participant) > 1
    ]
    if faults:
        raise TableError(csv_path, faults)


def _write(store: SessionStore, study: Study, table: Table, manifest: _Manifest, done: set[str]) -> None:
    for participant, ratings in table.ratings.items():
        if participant not in done:
            with store.hold(participant) as hold:
                session = _session(study, participant, ratings, manifest.table)
                hold.create(msgspec.structs.replace(session, session_id=manifest.sessions[participant]))


def _session(study: Study, participant: str, ratings: Sequence[Given], file: str) -> Session:
    """What was rated, and nothing that the table does not say; the plan is of what is there."""
    plan = Schedule(
        seed=0,
        order=[given.pair.id for given in ratings],
        trials=[PlannedTrial(trial_type="main", pair_id=given.pair.id) for given in ratings],
    )
    session = new_session(
        study_id=study.id,
        study_sha256=study.sha256,
        participant_id=participant,
        run=1,
        schedule=plan,
        # Nothing is known of the screen, not even its polarity.
        environment=Environment(simtui=__version__, polarity=""),
    )
    trials = [
        Trial(
            trial_index=i,
            trial_type="main",
            pair_id=given.pair.id,
            stimulus_left=given.pair.left,
            stimulus_right=given.pair.right,
            swapped=False,
            response=given.rating,
            key="",
            rt=given.rt,
            onset=None,
            time_elapsed=None,
            timestamp=given.timestamp,
        )
        for i, given in enumerate(ratings)
    ]
    return msgspec.structs.replace(
        session, imported_from=file, status="complete", finished_at=session.started_at, trials=trials
    )
