"""`simtui export`: a study and its sessions in the formats of the field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import FILE, checked_weights, examples, exclude_option, force_option, study_argument
from simtui.commands.session_options import pooled

if TYPE_CHECKING:
    from simtui.session.exclusion import Rule
    from simtui.session.pool import Choice


def _known_format(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001
    from simtui.export.write import check_format

    return check_format(value)


@click.command(
    "export",
    epilog=examples(
        "simtui export study.json --to tables",
        "simtui export study.json sessions --to archive --format psych-ds",
        guide="data",
    ),
)
@study_argument
@pooled
@click.option("--to", type=FILE, required=True, metavar="OUT", help="The folder to make.")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="csv",
    show_default=True,
    callback=_known_format,
    help="What to make: csv or parquet tables, a psych-ds or bids dataset, or rdm, for rsatoolbox.",
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=FILE,
    callback=checked_weights,
    help="Weights of a network whose similarity of every pair, in every layer, is exported too.",
)
@click.option(
    "--pseudonyms",
    is_flag=True,
    help="Replace ids and clock times; a table beside OUT, for your eyes only, tells who is who.",
)
@exclude_option
@force_option
def command(
    study_path: Path,
    sessions: tuple[Path, ...],
    to: Path,
    form: str,
    checkpoint: Path | None,
    pseudonyms: bool,
    rules: tuple[Rule, ...],
    choice: Choice,
    force: bool,
) -> None:
    """Write the study and its sessions into the new folder OUT, as tables that other programs read.

    Sessions are looked for in ./sessions unless files or folders are named. Those are exported that `simtui analyze`
    uses; what is left out is listed with its reason. The same input gives the same bytes.
    """
    from simtui import api
    from simtui.commands.output import output_look
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import printable
    from simtui.reporting.provenance import unused_files
    from simtui.reporting.text import render

    study = api.load_study(study_path)
    with progress_bar("Export") as move:
        made = study.export(
            to,
            *sessions,
            format=form,
            checkpoint=checkpoint,
            exclude=rules,
            choice=choice,
            pseudonyms=pseudonyms,
            force=force,
            on_progress=move,
        )
    click.echo(f"{printable(to)}: {made}")
    if made.pseudonyms is not None:
        click.echo(f"Who is who stands in {printable(made.pseudonyms)}: keep it apart from the export.")
    for note in made.notes:
        click.echo(f"Note: {note}")
    if made.skipped:
        click.echo("\n" + render(list(unused_files(made.skipped, "brief")), *output_look()).rstrip())
