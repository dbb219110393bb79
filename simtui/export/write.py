"""Exporting: one study and its sessions into a folder of files, in one of several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from simtui.errors import SimtuiError, printable, require_installed
from simtui.export.columns import Table
from simtui.export.folder import new_folder
from simtui.export.rows import Measured
from simtui.export.tables import by_name, tables
from simtui.progress import Progress, untold
from simtui.session.model import Session
from simtui.study import file as study_file
from simtui.study.model import Study

FORMATS = {
    "csv": "csv_folder",
    "parquet": "parquet",
    "psych-ds": "psych_ds",
    "bids": "bids",
    "rdm": "rdm",
}
"""Every format, and the module of this package whose `write` writes it."""

_NEEDS = {"parquet": ("pyarrow",)}

LABELLED = ("psych-ds", "bids")
"""Formats in whose file names participants stand."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be exported. sessions: gives them with their sites, and anew each time; count: how many.

    folder: an empty one, to write into. data: the bytes of the study's file. measured: what is known of the pairs.
    told: called with every session done.
    """

    study: Study
    sessions: Callable[[], Iterator[tuple[Session, str]]]
    count: int
    folder: Path
    tables: Mapping[str, Table]
    data: bytes
    measured: Measured = field(default_factory=dict)
    told: Progress = untold

    def each(self) -> Iterator[tuple[Session, str]]:
        """The sessions with their sites, telling how far it is."""
        for done, (session, site) in enumerate(self.sessions()):
            self.told(done, self.count, session.participant_id)
            yield session, site
        self.told(self.count, self.count)


def check_format(form: str) -> str:
    """The format itself. Raises SimtuiError where there is none of that name, or what it needs is not installed."""
    if form not in FORMATS:
        raise SimtuiError(f"There is no format {printable(form)!r}: choose from {', '.join(FORMATS)}.")
    require_installed(f"The format {form}", _NEEDS.get(form, ()), extra="parquet")
    return form


def export(
    study: Study,
    sessions: Callable[[], Iterator[tuple[Session, str]]],
    count: int,
    to: Path,
    form: str = "csv",
    *,
    measured: Measured | None = None,
    data: bytes | None = None,
    force: bool = False,
    on_progress: Progress = untold,
) -> list[Path]:
    """Write an export into the new folder `to`; its files, in order.

    data: the bytes of the study's file, where it was read from one: its sha256 is of these.
    The same input gives the same bytes. Raises SimtuiError where there is no such format or the folder is taken (by
    an earlier export, unless `force`), and WriteFailedError where it cannot be written; nothing has been written then.
    """
    check_format(form)
    known = tuple(dict.fromkeys(name for values in (measured or {}).values() for name in values))
    writer = import_module(f"simtui.export.{FORMATS[form]}")
    with new_folder(to, force=force) as folder:
        made = by_name(tables(study, known))
        file = data or study_file.encode(study)
        job = Job(study, sessions, count, folder, made, file, measured or {}, on_progress)
        writer.write(job)
    return sorted(path for path in to.rglob("*") if path.is_file())
