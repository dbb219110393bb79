"""`simtui rename`: a mistyped participant id is corrected."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FOLDER, examples, study_argument
from simtui.errors import printable
from simtui.words import counted


@click.command(
    "rename",
    epilog=examples(
        "simtui rename study.json sessions P70 P07",
        guide="researchers",
    ),
)
@study_argument
@click.argument("sessions", metavar="SESSIONS", type=FOLDER)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
def command(study_path: Path, sessions: Path, old: str, new: str) -> None:
    """Give all runs of the participant OLD of STUDY.json, in the folder SESSIONS, to NEW.

    The id under which a run was rated stays in its file, as renamed_from. Nothing is overwritten: NEW must not have
    rated yet.
    """
    from simtui.session.renaming import rename
    from simtui.study import file as study_file

    renamed = rename(study_file.load(study_path), sessions, old, new)
    are = "is" if len(renamed) == 1 else "are"
    runs = counted(len(renamed), "run")
    click.echo(f"{runs} of {printable(old, 40)} {are} now {new}'s: {printable(renamed[0].parent, 300)}")
