"""`simtui report`: the analysis as one HTML or Markdown file, to hand in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import (
    FILE,
    cache_option,
    centre_option,
    checkpoint_option,
    examples,
    exclude_option,
    force_option,
    layer_option,
    seed_option,
    study_argument,
    zscore_option,
)
from simtui.commands.session_options import pooled

if TYPE_CHECKING:
    from simtui.reporting.document import Pictures
    from simtui.session.exclusion import Rule
    from simtui.session.pool import Choice


@click.command(
    "report",
    epilog=examples(
        "simtui report eights.json --out report.html",
        "simtui report eights.json --layer conv2 --out conv2.md --pictures files",
        guide="start",
    ),
)
@study_argument
@pooled
@click.option(
    "--out",
    type=FILE,
    required=True,
    metavar="FILE",
    help="The file to write; its name ends in .html or .md.",
)
@click.option(
    "--pictures",
    type=click.Choice(["inline", "files"]),
    default="inline",
    show_default=True,
    help="Of Markdown: pictures inside it, or as files in a folder beside it, which code hosts show.",
)
@layer_option
@checkpoint_option
@click.option(
    "--notes",
    "notes_path",
    type=FILE,
    metavar="FILE",
    help="Your own words, in Markdown. [default: <study id>.notes.md beside the sessions]",
)
@seed_option("the resampling")
@zscore_option
@centre_option
@exclude_option
@cache_option
@force_option
def command(
    study_path: Path,
    sessions: tuple[Path, ...],
    out: Path,
    pictures: Pictures,
    layer: str,
    checkpoint: Path | None,
    notes_path: Path | None,
    seed: int,
    zscore: bool,
    centre: bool,
    rules: tuple[Rule, ...],
    choice: Choice,
    cache: bool,
    force: bool,
) -> None:
    """Write the analysis of STUDY.json as one file that needs nothing else: pairs, plot, tables, methods, your notes.

    Sessions are looked for in ./sessions unless files or folders are named. The same inputs give the same bytes.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import SimtuiError, printable, require_installed
    from simtui.study import file as study_file

    require_installed("simtui report")
    from simtui.reporting import document, notes
    from simtui.session.folders import NOTES_SUFFIX

    document.check_target(out, pictures, force=True)
    study = study_file.load(study_path)

    if notes_path is not None and not notes_path.is_file():
        raise SimtuiError(f"There is no file of notes {printable(notes_path)}.")
    file = notes_path or notes.find(sessions, study.id)
    own_words = "" if file is None else notes.answered(notes.read(file))
    if out.name == f"{study.id}{NOTES_SUFFIX}" or (file is not None and out.exists() and out.samefile(file)):
        raise SimtuiError(
            f"{printable(out)} is the file of your notes, which a report must not replace: give it another name."
        )
    document.check_target(out, pictures, force=force)
    with progress_bar("Network") as move:
        from simtui import api
        from simtui.reporting import content

        ratings = api.ratings_of(study, sessions, choice, rules)
        report = api.analyze(
            study, ratings, checkpoint, [layer], seed=seed, zscore=zscore, centre=centre, cache=cache, on_progress=move
        )
        blocks = content.full(report, study, ratings, layer, own_words)
        document.save(blocks, study, out, pictures, force=force)
    click.echo(f"Wrote {printable(out, 300)}{f', with the notes in {printable(file, 300)}' if own_words else ''}.")
    if not own_words:
        file = file or _begun(notes.place_for(sessions, study.id))
        if file is not None:
            click.echo(
                f"Problem 2 is yours: answer its questions in {printable(file, 300)}, and run this again with --force."
            )


def _begun(file: Path) -> Path | None:
    """The notes with the homework's questions in them; None where they cannot be put there, which spoils no report."""
    from simtui.errors import SimtuiError
    from simtui.reporting import notes

    try:
        notes.begin(file)
    except SimtuiError:
        return None
    return file
