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
    pooled,
    seed_option,
    study_argument,
    zscore_option,
)

if TYPE_CHECKING:
    from simtui.session.exclusion import Rule
    from simtui.session.pool import Choice

HTML, MARKDOWN = (".html", ".htm"), (".md", ".markdown")


@click.command(
    "report",
    epilog=examples(
        "simtui report eights.json --out report.html",
        "simtui report eights.json --layer conv2 --out conv2.md",
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
    if out.suffix.lower() not in (*HTML, *MARKDOWN):
        raise SimtuiError(f"{printable(out)} does not end in .html or .md: say which of the two it shall be.")
    study = study_file.load(study_path)

    from simtui.reporting import notes
    from simtui.session.folders import NOTES_SUFFIX
    from simtui.storage import atomic

    if notes_path is not None and not notes_path.is_file():
        raise SimtuiError(f"There is no file of notes {printable(notes_path)}.")
    file = notes_path or notes.find(sessions, study.id)
    own_words = "" if file is None else notes.read(file)
    if out.name == f"{study.id}{NOTES_SUFFIX}" or (file is not None and out.exists() and out.samefile(file)):
        raise SimtuiError(
            f"{printable(out)} is the file of your notes, which a report must not replace: give it another name."
        )
    if not force:
        atomic.require_free(out)
    with progress_bar("Network") as move:
        from simtui import api
        from simtui.reporting import content, html, markdown

        ratings = api.ratings_of(study, sessions, choice, rules)
        report = api.analyze(
            study, ratings, checkpoint, [layer], seed=seed, zscore=zscore, centre=centre, cache=cache, on_progress=move
        )
        blocks = content.full(report, study, ratings, layer, own_words)
        text = (html if out.suffix.lower() in HTML else markdown).render(blocks, study)
    atomic.write(out, text.encode(), force=force)
    click.echo(f"Wrote {printable(out, 300)}{'' if file is None else f', with the notes in {printable(file, 300)}'}.")
