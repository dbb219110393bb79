"""`simtui codebook`: what the columns of a study's tables mean, before there are any data."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import examples, study_argument


@click.command("codebook", epilog=examples("simtui codebook study.json > codebook.md", guide="data"))
@study_argument
def command(study_path: Path) -> None:
    """Print what `simtui export` writes of STUDY.json: every table and every column, in Markdown.

    Nothing is read but the study: a codebook can be published before the first participant comes.
    """
    from simtui.export.codebook import as_markdown
    from simtui.export.measures import names
    from simtui.export.tables import tables
    from simtui.study import file as study_file

    study = study_file.load(study_path)
    click.echo(as_markdown(study, tables(study, names())), nl=False)
