"""`simtui plan`: what the plans of many participants add up to, and what has come of them."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, SESSIONS_HELP, examples, json_option, study_argument
from simtui.commands.session_options import simulated_option
from simtui.errors import SimtuiError

MAX_PARTICIPANTS = 10_000


@click.command(
    "plan",
    epilog=examples(
        "simtui plan study.json --participants 40",
        "simtui plan study.json sessions",
        guide="researchers",
    ),
)
@study_argument
@click.argument("paths", metavar="[SESSION or FOLDER]...", nargs=-1, type=FILE)
@click.option("--sessions", "folder", metavar="DIR", type=FILE, help=SESSIONS_HELP)
@click.option(
    "--participants",
    type=click.IntRange(1, MAX_PARTICIPANTS),
    default=40,
    show_default=True,
    help="How many participants: P01, P02 and so on.",
)
@simulated_option
@json_option
def command(
    study_path: Path,
    paths: tuple[Path, ...],
    folder: Path | None,
    participants: int,
    simulated: bool,
    as_json: bool,
) -> None:
    """Show how STUDY.json would be planned for many participants: how often each pair comes in which third of
    the run and on which side, and how far apart repeats and catch trials are.

    With sessions it audits what has happened instead: who got which list and whether the lists balance, whether
    anything is missing of what a complete run has, and the same tables of the runs that are complete.

    The number at the end of a participant's id decides where in the balanced design they stand. Six in a row (P01
    to P06, P07 to P12, ...) see every pair about twice in each third of the run, once on each side; with several
    lists, six of each list. Ids without a number are balanced by chance.
    """

    from simtui.session import collected as happened
    from simtui.storage.json_file import json_text
    from simtui.study import file as study_file
    from simtui.study.audit import as_lines, audit, participants_of_list

    study = study_file.load(study_path)
    places = [*paths, *([folder] if folder is not None else [])]
    what = happened.collected(study, places, simulated=simulated) if places else None
    lists = study.design.lists
    if what is not None:
        audits = list(what.audits)
    elif participants < lists:
        raise SimtuiError(f"The study has {lists} lists: ask for at least {lists} participants, one a list.")
    else:
        audits = [audit(study, participants_of_list(participants, lists, k), k) for k in range(lists)]
    if as_json:
        document = {"format": "simtui.plan", "version": 1, "study_id": study.id, "study_sha256": study.sha256}
        if what is not None:
            document["collected"] = {name: getattr(what, name) for name in what.__struct_fields__ if name != "audits"}
        click.echo(json_text(document | {"lists": audits}))
        return
    lines = [] if what is None else [*happened.as_lines(study, what), ""]
    lines += [line for one in audits for line in as_lines(study, one)]
    click.echo("\n".join(lines).rstrip())
