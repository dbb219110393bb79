"""`simtui import`: a table of ratings as session files."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, examples, sessions_option, study_argument
from simtui.errors import printable


@click.command(
    "import",
    epilog=examples(
        "simtui import study.json ratings.csv",
        "simtui import study.json tables --sessions elsewhere",
        guide="researchers",
    ),
)
@study_argument
@click.argument("table", metavar="RATINGS.csv or FOLDER", type=FILE)
@sessions_option
@click.option("--resume", is_flag=True, help="Go on with an import of the same table that was interrupted.")
def command(study_path: Path, table: Path, sessions: Path, resume: bool) -> None:
    """Turn RATINGS.csv into one complete session a participant.

    A row a pair, its number (from 1) or id first and then a column for each participant; or a row a person, as Google
    Forms and Qualtrics give it; or a row a rating, with columns participant, pair and rating, and perhaps rt and
    timestamp. An empty cell is a missing rating. Every fault in the table has its row and column, and with one nothing
    is written. All sessions are written or none; what a killed import has left is gone on with by --resume.

    A folder that `simtui export` made as csv or psych-ds is read back too, with everything that it says of the runs.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.export.reading import exported_folder
    from simtui.export.restoring import import_export
    from simtui.session.importing import import_ratings
    from simtui.study import file as study_file

    study, folder = study_file.load(study_path), exported_folder(table)
    with progress_bar("Sessions") as move:
        if folder is not None:
            written = import_export(study, folder, sessions, on_progress=move)
        else:
            written = import_ratings(study, table, sessions, resume=resume)
    are = "participant of {} is" if len(written) == 1 else "participants of {} are"
    click.echo(f"{len(written)} {are.format(printable(table))} in {printable(written[0].parent)}")
