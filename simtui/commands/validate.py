"""`simtui validate`: whether study and session files are what they claim to be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import FILE, examples
from simtui.commands.session_options import site_option

if TYPE_CHECKING:
    from simtui.session.people import Sites


@click.command(
    "validate",
    epilog=examples(
        "simtui validate sessions study.json",
        guide="researchers",
    ),
)
@click.argument("paths", metavar="FILE or FOLDER...", nargs=-1, type=FILE)
@site_option
def command(paths: tuple[Path, ...], sites: Sites) -> None:
    """Check study and session files, by themselves and against each other: one line a fault.

    The study of a session is looked for among the files named and in the folders around the session. The exit
    code is 1 if there is any fault. Warnings (how well a participant worked, for example) are no faults. A folder
    that `simtui export` made is checked against its own codebook.
    """
    if not paths and not sites:
        raise click.UsageError("Name the files or folders to check.")
    from simtui.commands.progress_bar import progress_bar
    from simtui.export import checking
    from simtui.session.validation import check

    exported = [path for path in paths if checking.is_export(path)]
    others = [*(path for path in paths if path not in exported), *(folder for _, folder in sites)]
    faulty = False
    for path in exported:
        with progress_bar("Export"):
            form, faults = checking.check(path)
        for line in checking.lines(path, form, faults):
            click.echo(line)
        faulty = faulty or bool(faults.count)
    if others:
        with progress_bar("Files"):
            checked = check(others, sites)
        for finding in checked.findings:
            click.echo(finding)
        click.echo(checked.summary())
        faulty = faulty or bool(checked.faults)
    if faulty:
        raise click.exceptions.Exit(1)
