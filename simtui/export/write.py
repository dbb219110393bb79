"""Exporting: one study and its sessions into a folder of files, in one of several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from msgspec.structs import replace

from simtui.errors import SimtuiError, printable, require_installed
from simtui.export.columns import Table
from simtui.export.folder import new_folder
from simtui.export.rows import Measured
from simtui.export.tables import by_name, tables
from simtui.progress import Progress, untold
from simtui.session.model import Session
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
    """What is to be exported. sessions: gives them one after another, and anew each time; count: how many.

    labels: whether names of participants must be letters and digits alone, as parts of file names in a standard.
    folder: an empty one, to write into. measured: what is known of the pairs. told: called with every session done.
    """

    study: Study
    sessions: Callable[[], Iterator[Session]]
    count: int
    folder: Path
    tables: Mapping[str, Table]
    measured: Measured = field(default_factory=dict)
    told: Progress = untold
    labels: bool = False

    def each(self) -> Iterator[Session]:
        """The sessions, telling how far it is. Raises SimtuiError where two participants would get one label."""
        named: dict[str, str] = {}
        for done, session in enumerate(self.sessions()):
            name = session.participant_id
            self.told(done, self.count, name)
            label = "".join(filter(str.isalnum, name)) if self.labels else name
            if named.setdefault(label, name) != name:
                raise SimtuiError(
                    f"{printable(named[label], 60)} and {printable(name, 60)} are both {label} in this format: "
                    "tell their folders apart with --site NAME=FOLDER."
                )
            yield session if label == name else replace(session, participant_id=label)
        self.told(self.count, self.count)


def check_format(form: str) -> str:
    """The format itself. Raises SimtuiError where there is none of that name, or what it needs is not installed."""
    if form not in FORMATS:
        raise SimtuiError(f"There is no format {printable(form)!r}: choose from {', '.join(FORMATS)}.")
    require_installed(f"The format {form}", _NEEDS.get(form, ()), extra="parquet")
    return form


def export(
    study: Study,
    sessions: Callable[[], Iterator[Session]],
    count: int,
    to: Path,
    form: str = "csv",
    *,
    measured: Measured | None = None,
    force: bool = False,
    on_progress: Progress = untold,
) -> list[Path]:
    """Write an export into the new folder `to`; its files, in order.

    The same input gives the same bytes. Raises SimtuiError where there is no such format or the folder is taken (by
    an earlier export, unless `force`), and WriteFailedError where it cannot be written; nothing has been written then.
    """
    check_format(form)
    known = tuple(dict.fromkeys(name for values in (measured or {}).values() for name in values))
    writer = import_module(f"simtui.export.{FORMATS[form]}")
    with new_folder(to, force=force) as folder:
        job = Job(
            study, sessions, count, folder, by_name(tables(study, known)), measured or {}, on_progress, form in LABELLED
        )
        writer.write(job)
    return sorted(path for path in to.rglob("*") if path.is_file())
