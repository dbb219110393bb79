"""Overview: how far the runs of a study are, from their files alone. Nothing is locked or written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from simtui.errors import printable
from simtui.session.faults import name_fault
from simtui.session.file import read_any
from simtui.session.folders import walk
from simtui.session.model import Session, Status
from simtui.session.quality import Quality, flags, measure
from simtui.storage.json_file import json_text
from simtui.study.model import Study
from simtui.words import natural_order


class RunRow(Struct, frozen=True, kw_only=True):
    """One run. answered, total: trials, practice apart, as on the screen.

    quality: None for a run of another study file. rt: median of the main trials, ms. flags: what is conspicuous about
    it.
    """

    participant_id: str
    run: int
    status: Status
    answered: int
    total: int
    rt: float | None
    started_at: str
    updated_at: str
    simulated: bool
    flags: tuple[str, ...]
    quality: Quality | None
    file: str


class Damaged(Struct, frozen=True, kw_only=True):
    """A file in the study's folder that is no session."""

    file: str
    reason: str


class Overview(Struct, frozen=True, kw_only=True):
    """All runs of a study, participants in natural order, P2 before P10."""

    format: str = "simtui.status"
    version: int = 1
    study_id: str
    study_sha256: str
    sessions: tuple[RunRow, ...]
    damaged: tuple[Damaged, ...]


class Watcher:
    """Makes overviews of one study again and again, reading only the files that have changed."""

    def __init__(self, study: Study, root: Path) -> None:
        self._study = study
        self._folder = root / study.id
        self._known: dict[Path, tuple[tuple[int, int, int], RunRow | Damaged]] = {}

    def look(self) -> Overview:
        """The overview at this moment; of no runs where there is no folder yet."""
        found: dict[Path, tuple[tuple[int, int, int], RunRow | Damaged]] = {}
        if self._folder.is_symlink():
            entries = [(self._folder, "a symbolic link, which is not followed")]
        else:
            entries = list(walk(self._folder)) if self._folder.exists() else []
        rows: list[RunRow] = []
        damaged: list[Damaged] = []
        for path, reason in entries:
            try:
                status = path.lstat()
            except OSError:
                continue  # gone since the folder was listed
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            known = self._known.get(path)
            if reason:
                known = (stamp, Damaged(file=str(path), reason=reason))
            elif known is None or known[0] != stamp:
                known = (stamp, self._row(path))
            found[path] = known
            if isinstance(known[1], RunRow):
                rows.append(known[1])
            else:
                damaged.append(known[1])
        self._known = found
        rows.sort(key=lambda row: (natural_order(row.participant_id), row.run, row.file))
        study = self._study
        return Overview(study_id=study.id, study_sha256=study.sha256, sessions=tuple(rows), damaged=tuple(damaged))

    def _row(self, path: Path) -> RunRow | Damaged:
        file = read_any(path)
        if file.fault is not None:
            where = f"{file.fault.where}: " if file.fault.where else ""
            return Damaged(file=str(path), reason=where + file.fault.what)
        if file.session is None:
            return Damaged(file=str(path), reason="no session file")
        wrong = name_fault(file.session, path.name)
        if wrong:
            return Damaged(file=str(path), reason=wrong)
        return _run_row(path, file.session, self._study)


def _run_row(path: Path, session: Session, study: Study) -> RunRow:
    same = session.study_sha256 == study.sha256
    quality = measure(session, study) if same else None
    notes = () if same else ("of another study file",)
    return RunRow(
        participant_id=session.participant_id,
        run=session.run,
        status=session.status,
        answered=session.answered,
        total=session.planned,
        rt=quality.rt if quality else None,
        started_at=session.started_at,
        updated_at=session.updated_at,
        simulated=session.simulated,
        flags=notes + (("simulated",) if session.simulated else ()) + (flags(quality, study.scale) if quality else ()),
        quality=quality,
        file=str(path),
    )


def as_json(overview: Overview) -> str:
    """One JSON object."""
    return json_text(overview)


def as_lines(overview: Overview, now: datetime) -> list[str]:
    """The overview as a table, with a line below that sums up; safe to print."""
    head = ("participant", "run", "answered", "status", "median rt", "last activity", "flags")
    body = [
        (
            printable(row.participant_id, 32),
            printable(row.run, 6),
            f"{row.answered}/{row.total}",
            row.status.replace("_", " "),
            "" if row.rt is None else f"{row.rt / 1000:.2f} s",
            _ago(row.updated_at, now),
            "; ".join(row.flags),
        )
        for row in overview.sessions
    ]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    right = {1, 2, 4}
    lines = [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in ([head, *body] if body else [])
    ]
    lines += [f"{printable(file.file, 300)}: {file.reason}" for file in overview.damaged]
    return [*lines, _sum(overview)]


def _sum(overview: Overview) -> str:
    people = {row.participant_id for row in overview.sessions}
    if not people and not overview.damaged:
        return f"{overview.study_id}: nobody has rated it here yet"
    counts = [
        (len(people), "participant" if len(people) == 1 else "participants"),
        *((sum(row.status == status for row in overview.sessions), status.replace("_", " ")) for status in _STATUSES),
        (len(overview.damaged), "damaged"),
    ]
    return f"{overview.study_id}: " + ", ".join(f"{count} {name}" for count, name in counts if count)


_STATUSES: tuple[Status, ...] = ("complete", "in_progress", "withdrawn")


def _ago(timestamp: str, now: datetime) -> str:
    """How long ago, in the largest fitting unit. A clock that is set wrong gives times to come: those are “now”."""
    try:
        seconds = (now - datetime.fromisoformat(timestamp).astimezone(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return "?"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "now"
