"""Renaming: the runs of a mistyped participant id are given to the right one, and the file says so."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from msgspec.structs import replace

from simtui.errors import SimtuiError, printable
from simtui.session.model import Session, check_participant_id
from simtui.session.store import SessionFile, SessionStore
from simtui.session.stored import StoredSession
from simtui.storage.atomic import write_failed
from simtui.study.model import Study


def rename(study: Study, folder: Path, old: str, new: str) -> list[Path]:
    """Give every run of `old` to `new`; the new files, first run first. The old id stays in them.

    folder: of all sessions, or of those of this study. A rename that was interrupted is gone on with.
    Raises SimtuiError where `old` has no run there or one that cannot be read, where `new` has one, or where one of
    them is being rated; and WriteFailedError.
    """
    check_participant_id(new)
    if old == new:
        raise SimtuiError(f"{old} and {new} are the same id: nothing was changed.")
    store = store_with(study, folder, old)
    with contextlib.ExitStack() as held:
        held.enter_context(store.hold(old))
        if old.casefold() != new.casefold():  # else they may be one lock
            held.enter_context(store.hold(new))
        runs = [_checked(store, run, old, new) for run in store.runs(old)]
        # All are there before the first of the old ones goes: an interruption leaves copies, and copies count once.
        for run, session in runs:
            _write(run, store.path(new, run.run), renamed_session(session, new))
        for run, _ in runs:
            _remove(run.path, store.path(new, run.run))
    return [store.path(new, run.run) for run, _ in runs]


def store_with(study: Study, folder: Path, participant_id: str) -> SessionStore:
    """The sessions of a study in a folder of all sessions, or of its own, which has some of this participant.

    Raises SimtuiError where it has none.
    """
    check_participant_id(participant_id)
    own = folder / study.id
    root = folder.parent if folder.name == study.id and not own.is_dir() else folder
    store = SessionStore(root, study.id)
    if store.next_run(participant_id) == 1:
        raise SimtuiError(
            f"There is no session of {participant_id} of the study {study.id} in {printable(store.folder)}."
        )
    return store


def renamed_session(session: Session, new: str) -> Session:
    """The session under its new id; the first id stays in it, unless it is the new one."""
    first = session.renamed_from or session.participant_id
    return replace(session, participant_id=new, renamed_from=None if first == new else first)


def _checked(store: SessionStore, run: StoredSession, old: str, new: str) -> tuple[StoredSession, Session]:
    """A run and its session. Raises SimtuiError where it cannot be renamed."""
    if run.session is None:
        raise SimtuiError(f"{printable(run.path)} cannot be read, so nothing was renamed: {run.fault}")
    if run.session.participant_id != old:
        who = printable(run.session.participant_id, 40)
        raise SimtuiError(f"{printable(run.path)} is of {who}, not of {old}: nothing was renamed.")
    path = store.path(new, run.run)
    if os.path.lexists(path) and not _are_one(run.path, path):
        there = next((other.session for other in store.runs(new) if other.run == run.run), None)
        if there is None or there.session_id != run.session.session_id:
            raise SimtuiError(
                f"{new} has rated already ({printable(path)}), and nothing is overwritten: choose an id that is free."
            )
    return run, run.session


def _write(run: StoredSession, path: Path, session: Session) -> None:
    """The session in its new file, with the permissions of the old one."""
    mode = stat.S_IMODE(run.path.stat().st_mode)
    if _are_one(run.path, path):
        # Only the case of a letter changes, where the file system does not tell the two names apart.
        SessionFile(run.path, run.data, mode).save(session)
        run.path.rename(path)
    elif not os.path.lexists(path):
        SessionFile(path, None, mode).save(session)


def _remove(old: Path, new: Path) -> None:
    if _are_one(old, new):
        return
    try:
        old.unlink()
    except OSError as error:
        raise write_failed(old, error) from None


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
