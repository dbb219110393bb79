"""`simtui plan`: what the plans of many participants add up to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import examples, json_option, study_argument
from simtui.errors import SimtuiError

if TYPE_CHECKING:
    pass

MAX_PARTICIPANTS = 10_000


@click.command(
    "plan",
    epilog=examples(
        "simtui plan study.json --participants 40",
        guide="researchers",
    ),
)
@study_argument
@click.option(
    "--participants",
    type=click.IntRange(1, MAX_PARTICIPANTS),
    default=40,
    show_default=True,
    help="How many participants: P01, P02 and so on.",
)
@json_option
def command(study_path: Path, participants: int, as_json: bool) -> None:
    """Show how STUDY.json would be planned for many participants: how often each pair comes in which third of
    the run and on which side, and how far apart repeats and catch trials are.

    The number at the end of a participant's id decides where in the balanced design they stand. Six in a row (P01
    to P06, P07 to P12, ...) see every pair about twice in each third of the run, once on each side; with several
    lists, six of each list. Ids without a number are balanced by chance.
    """

    from simtui.study import file as study_file
    from simtui.study.audit import as_lines, audit, participants_of_list

    study = study_file.load(study_path)
    lists = study.design.lists
    if participants < lists:
        raise SimtuiError(f"The study has {lists} lists: ask for at least {lists} participants, one a list.")
    audits = [audit(study, participants_of_list(participants, lists, k), k) for k in range(lists)]
    if as_json:
        document = {
            "format": "simtui.plan",
            "version": 1,
            "study_id": study.id,
            "study_sha256": study.sha256,
            "lists": audits,
        }
        from simtui.storage.json_file import json_text

        click.echo(json_text(document))
        return
    click.echo("\n".join(line for one in audits for line in as_lines(study, one)))
