"""`simtui show`: the pairs of a study, before or after anybody has rated them."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import FILE, checkpoint_option, examples, force_option, study_argument
from simtui.commands.session_options import simulated_option
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from simtui.study.model import Study


@click.command(
    "show",
    epilog=examples(
        "simtui show eights.json",
        "simtui show eights.json --layer fc sessions",
        "simtui show eights.json --out pairs.pdf",
        "simtui show eights.json --form --out form.pdf --paper letter",
        guide="start",
    ),
)
@study_argument
@click.argument("sessions", metavar="[SESSION or FOLDER]...", nargs=-1, type=FILE)
@click.option(
    "--layer", metavar="LAYER", help="Add the network's similarity in this layer: fc, conv2, conv1, pool2 or pixels."
)
@checkpoint_option
@click.option(
    "--out", metavar="FILE", type=FILE, help="Write a sheet to print instead, as FILE.pdf, or FILE.png a page."
)
@click.option("--form", is_flag=True, help="With --out: a blank sheet to be rated with a pen.")
@click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="Size of the sheet."
)
@simulated_option
@force_option
def command(
    study_path: Path,
    sessions: tuple[Path, ...],
    layer: str | None,
    checkpoint: Path | None,
    out: Path | None,
    form: bool,
    paper: str,
    simulated: bool,
    force: bool,
) -> None:
    """Show the pairs of STUDY.json, in the terminal or on a sheet to print.

    Session files or folders add the mean rating of people to each pair. What was marked on a --form is typed into a
    table, a row a pair and a column a participant, and `simtui import` takes it.
    """
    from simtui.study import file as studies

    if form and out is None:
        raise SimtuiError("--form makes a sheet for the pen: say where to write it with --out FILE.pdf.")
    if form and (layer or sessions):
        raise SimtuiError("--form is blank: leave --layer and the sessions out.")
    study = studies.load(study_path)
    scores = {} if form else _scores(study, sessions, layer, checkpoint, simulated=simulated)
    if out is None:
        from simtui.commands.output import picture_look
        from simtui.terminal.image_lines import image_grid

        tiles = [
            ([study.image(pair.left), study.image(pair.right)], "  ".join(filter(None, (pair.id, scores[pair.id]))))
            for pair in study.pairs
        ]
        click.echo("\n".join(image_grid(tiles, picture_look(), shutil.get_terminal_size().columns)))
        return
    from simtui.reporting.contact_sheet import Sheet, save

    for file in save(Sheet(study, scores, form, paper), out, force=force):
        click.echo(f"{printable(file)} was written.")
    if form:
        click.echo(
            "Type the answers into a table, the pairs' numbers in its first column and a column for each participant; "
            f"then: simtui import {printable(shlex.quote(str(study_path)))} TABLE.csv"
        )


def _scores(
    study: Study, sessions: tuple[Path, ...], layer: str | None, checkpoint: Path | None, *, simulated: bool
) -> dict[str, str]:
    """By pair id, what the network and people say of the pair."""
    said: dict[str, list[str]] = {pair.id: [] for pair in study.pairs}
    if layer is not None:
        from simtui.commands.progress_bar import progress_bar
        from simtui.errors import require_installed

        require_installed("simtui show --layer", ("torch",))
        with progress_bar("Network") as move:
            from simtui.analysis import similarity_cache

            found = similarity_cache.similarities(study, checkpoint, [layer], on_progress=move)
        for pair, value in zip(study.pairs, found.layers[layer], strict=True):
            said[pair.id].append(f"{layer} {value:.3f}")
    if sessions:
        import numpy as np

        from simtui.analysis.ratings import collect
        from simtui.session.pool import Choice

        ratings = collect(study, sessions, Choice(simulated=simulated))
        for pair, column in zip(study.pairs, ratings.matrix.T, strict=True):
            given = column[~np.isnan(column)]
            said[pair.id].append(f"people {given.mean():.2f}" if given.size else "not rated")
    return {pair_id: "  ".join(parts) for pair_id, parts in said.items()}
