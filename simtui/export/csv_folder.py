"""The format csv: a table a file, and the codebook beside them. Written as it is made: memory does not grow."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from simtui.export import codebook
from simtui.export.csv_text import cell, line
from simtui.export.rows import Maker

if TYPE_CHECKING:
    from simtui.export.write import Job

CODEBOOK = "codebook.csv"


def write(job: Job) -> None:
    """Write the tables and the codebook into the job's folder. Raises OSError."""
    maker = Maker(job.study, job.tables, cell, job.measured)
    with ExitStack() as stack:
        files = {
            name: stack.enter_context((job.folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            for name in job.tables
        }
        for name, table in job.tables.items():
            files[name].write(line(column.name for column in table.columns))
        files["pairs"].writelines(map(line, maker.pairs()))
        for session, site in job.each():
            for name, rows in maker.session(session, site).items():
                files[name].writelines(map(line, rows))
    made = tuple(job.tables.values())
    (job.folder / CODEBOOK).write_text(codebook.as_csv(made), encoding="utf-8", newline="")
    (job.folder / "codebook.md").write_text(codebook.as_markdown(job.study, made), encoding="utf-8", newline="")
