"""`simtui validate`: whether study and session files are what they claim to be."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, examples


@click.command(
    "validate",
    epilog=examples(
        "simtui validate sessions study.json",
        guide="researchers",
    ),
)
@click.argument("paths", metavar="FILE or FOLDER...", nargs=-1, required=True, type=FILE)
def command(paths: tuple[Path, ...]) -> None:
    """Check study and session files, by themselves and against each other: one line a fault.

    The study of a session is looked for among the files named and in the folders around the session. The exit
    code is 1 if there is any fault. Warnings (how well a participant worked, for example) are no faults.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.session.validation import check

    with progress_bar("Files"):
        checked = check(paths)
    for finding in checked.findings:
        click.echo(finding)
    click.echo(checked.summary())
    if checked.faults:
        raise click.exceptions.Exit(1)
