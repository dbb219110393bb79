"""`simtui withdraw`: a participant withdraws after the run."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FOLDER, examples, study_argument
from simtui.errors import printable
from simtui.words import counted


@click.command(
    "withdraw",
    epilog=examples(
        "simtui withdraw study.json sessions P07",
        guide="researchers",
    ),
)
@study_argument
@click.argument("sessions", metavar="SESSIONS", type=FOLDER)
@click.argument("participant", metavar="ID")
def command(study_path: Path, sessions: Path, participant: str) -> None:
    """Mark all runs of the participant ID of STUDY.json, in the folder SESSIONS, as withdrawn.

    No analysis, report or export uses them from then on, and the participant cannot go on. The answers stay in the
    files, with the time of the withdrawal: whoever must not keep them deletes the files.
    """
    from simtui.session.withdrawal import withdraw
    from simtui.study import file as study_file

    marked = withdraw(study_file.load(study_path), sessions, participant)
    are = "is" if len(marked) == 1 else "are"
    runs = counted(len(marked), "run")
    click.echo(f"{runs} of {participant} {are} withdrawn and no longer used: {printable(marked[0].parent, 300)}")
