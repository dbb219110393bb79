"""`simtui status`: who has rated how much, and how well."""

from __future__ import annotations

import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from simtui.commands.options import (
    FILE,
    examples,
    json_option,
    sessions_option,
    site_option,
    study_argument,
)
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from simtui.session.overview import Watcher
    from simtui.session.people import Sites

PERIOD_S = 2.0


@click.command(
    "status",
    epilog=examples(
        "simtui status study.json --watch",
        guide="researchers",
    ),
)
@study_argument
@click.argument("paths", metavar="[SESSION or FOLDER]...", nargs=-1, type=FILE)
@sessions_option
@site_option
@click.option("--watch", is_flag=True, help="Look again every 2 seconds, until Ctrl+C.")
@json_option
def command(
    study_path: Path, paths: tuple[Path, ...], sessions: Path, sites: Sites, watch: bool, as_json: bool
) -> None:
    """Show the participants of STUDY.json: progress, median response time, last activity, conspicuous runs.

    Sessions are looked for in ./sessions unless files or folders are named; in folders, their sub-folders too.

    All of it is read from the session files; nothing is locked or written, and nobody is disturbed.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.session import overview
    from simtui.study import file as study_file

    if watch and as_json:
        raise SimtuiError("--watch is for people and --json for programs: use one of them.")
    if watch and not sys.stdout.isatty():
        raise SimtuiError("--watch needs a terminal to draw on: leave it out to print the table once.")
    study = study_file.load(study_path)
    named = click.get_current_context().get_parameter_source("sessions") is not ParameterSource.DEFAULT
    places = [*paths, *(folder for _, folder in sites)]
    for path in places:
        if not path.exists():
            raise SimtuiError(f"There is no file or folder {printable(path)}: check the path.")
    watcher = overview.Watcher(study, *places, *([sessions] if named or not places else []), sites=sites)
    if watch:
        _watch(watcher)
        return
    with progress_bar("Sessions"):
        found = watcher.look()
    click.echo(overview.as_json(found) if as_json else "\n".join(overview.as_lines(found, datetime.now(UTC))))


def _watch(watcher: Watcher) -> None:
    """Draw over the last table until Ctrl+C; the screen above it stays."""
    from simtui.session import overview

    drawn = 0
    try:
        while True:
            size = shutil.get_terminal_size()
            lines = overview.as_lines(watcher.look(), datetime.now(UTC))
            if len(lines) >= size.lines:
                hidden = len(lines) - max(size.lines - 3, 1)
                lines = [*lines[: -hidden - 1], f"… {hidden} more lines", lines[-1]]
            up = f"\x1b[{drawn}F" if drawn else ""
            click.echo(f"{up}\x1b[J" + "\n".join(line[: size.columns - 1] for line in lines))
            drawn = len(lines)
            time.sleep(PERIOD_S)
    except KeyboardInterrupt:
        click.echo()
