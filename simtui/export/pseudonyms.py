"""Exporting under pseudonyms: ids and clock times are replaced, and a table that is kept apart says by what.

A pseudonym is random, so that nobody can find it by trying ids. The table belongs to a study and stands beside the
exports; as long as it is there, everybody keeps their pseudonym, in every format. Clock times count from the start of
the run, which is put at the beginning of the year 1900: how long everything took stays true.
"""

from __future__ import annotations

import csv
import io
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from simtui.errors import SimtuiError, printable
from simtui.export.csv_text import text_line
from simtui.export.participants import WITHHELD
from simtui.session.model import Answer, Session, is_participant_id
from simtui.storage import untrusted
from simtui.storage.atomic import write_failed
from simtui.storage.folder import Folder
from simtui.study.model import Study

ZERO = datetime(1900, 1, 1, tzinfo=UTC)
MODE = 0o600
MAX_BYTES = 64 * 2**20
HEADER = ("participant_id", "run", "session_id", "pseudonym", "session_pseudonym", "started_at")
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No two of them look alike."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run in the table: whose it is, and by what its ids are replaced."""

    participant_id: str
    run: int
    session_id: str
    pseudonym: str
    session_pseudonym: str
    started_at: str


def table_path(study: Study, to: Path) -> Path:
    """The table of a study's pseudonyms, beside the folder of an export."""
    return to.parent / f"{study.id}.pseudonyms.csv"


class Pseudonyms:
    """The pseudonyms of a study, those that the table has and new ones for everybody else."""

    def __init__(self, path: Path, sessions: Iterable[tuple[str, int, str, str]]) -> None:
        """sessions: participant_id, run, session_id and started_at of everything that is exported.

        Raises SimtuiError where there is a table already that cannot be read.
        """
        self.path = path
        self._entries = {entry.session_id: entry for entry in _read(path)} if path.exists() else {}
        self._known = len(self._entries)
        names = {entry.participant_id: entry.pseudonym for entry in self._entries.values()}
        taken = set(names.values())
        for participant_id, run, session_id, started_at in sessions:
            if session_id in self._entries:
                continue
            if participant_id not in names:
                names[participant_id] = _new(taken)
                taken.add(names[participant_id])
            self._entries[session_id] = Entry(
                participant_id, run, session_id, names[participant_id], str(uuid.uuid4()), started_at
            )

    def save(self) -> None:
        """Write the table, readable by its owner alone, if it has got new entries. Raises WriteFailedError."""
        if len(self._entries) == self._known:
            return
        entries = sorted(self._entries.values(), key=lambda entry: (entry.participant_id, entry.run, entry.session_id))
        rows = (
            (e.participant_id, str(e.run), e.session_id, e.pseudonym, e.session_pseudonym, e.started_at)
            for e in entries
        )
        data = "".join((text_line(HEADER), *map(text_line, rows))).encode()
        try:
            with Folder(self.path.parent) as folder:
                folder.put(self.path.name, data, replace=True, mode=MODE)
        except OSError as error:
            raise write_failed(self.path, error) from None

    def name(self, session_id: str) -> str:
        """The pseudonym of whose run it is."""
        return self._entries[session_id].pseudonym

    def apply(self, session: Session) -> Session:
        """The session with every id and clock time replaced, and without what would tell them."""
        entry = self._entries[session.session_id]
        shift = _Shift(session.started_at)
        consent = session.consent
        return replace(
            session,
            participant_id=entry.pseudonym,
            session_id=entry.session_pseudonym,
            started_at=shift(session.started_at),
            updated_at=shift(session.updated_at),
            finished_at=None if session.finished_at is None else shift(session.finished_at),
            renamed_from=None,
            outside=None,
            imported_from=None if session.imported_from is None else "a table",
            # It follows from the id: whoever guesses one could see whether it is this.
            schedule=replace(session.schedule, seed=WITHHELD),
            consent=None if consent is None else replace(consent, timestamp=shift(consent.timestamp)),
            answers=[_answer(answer, shift) for answer in session.answers],
            resumptions=[replace(each, timestamp=shift(each.timestamp)) for each in session.resumptions],
            trials=[
                replace(
                    trial,
                    timestamp=trial.timestamp and shift(trial.timestamp),
                    revisions=[replace(each, timestamp=shift(each.timestamp)) for each in trial.revisions],
                )
                for trial in session.trials
            ],
        )


class _Shift:
    """Moves clock times so that the run starts at ZERO. An empty time stays empty."""

    def __init__(self, started_at: str) -> None:
        self._start = _parsed(started_at)

    def __call__(self, timestamp: str) -> str:
        if not timestamp:
            return timestamp
        moved = ZERO + (_parsed(timestamp) - self._start)
        return moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parsed(timestamp: str) -> datetime:
    try:
        moment = datetime.fromisoformat(timestamp)
        # A table may give none: what is moved must not depend on where that is done.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise SimtuiError(
            f"“{printable(timestamp, 40)}” in a session is no time: `simtui validate` says where."
        ) from None


def _answer(answer: Answer, shift: _Shift) -> Answer:
    timestamp = None if answer.timestamp is None else shift(answer.timestamp)
    return replace(answer, timestamp=timestamp, revisions=[])


def _new(taken: set[str]) -> str:
    while True:
        name = "X" + "".join(secrets.choice(_LETTERS) for _ in range(7))
        if name not in taken:
            return name


def _read(path: Path) -> list[Entry]:
    data = untrusted.read(path, "a table of pseudonyms", MAX_BYTES, follow=False)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline="")))
    damaged = SimtuiError(f"{printable(path)} is no table of pseudonyms, or damaged: move it away to begin a new one.")
    if not rows or tuple(rows[0]) != HEADER:
        raise damaged
    entries = []
    for row in rows[1:]:
        if len(row) != len(HEADER) or not row[1].isdecimal() or not is_participant_id(row[3]):
            raise damaged
        entries.append(Entry(row[0], int(row[1]), row[2], row[3], row[4], row[5]))
    return entries
