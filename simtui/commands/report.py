"""`simtui report`: the analysis as one HTML or Markdown file, to hand in."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("report")
@click.argument("study_path", metavar="STUDY.json", type=click.Path(path_type=Path))
@click.argument("sessions", metavar="[SESSION or FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Ends in .html or .md, which it will be.",
)
@click.option("--layer", default="fc", show_default=True, help="fc, conv2, conv1, pool2, or pixels for no network.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The network's weights. [default: simtui's own]",
)
@click.option(
    "--notes",
    "notes_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own words, in Markdown. [default: <study id>.notes.md beside the sessions]",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the resampling.")
@click.option("--zscore", is_flag=True, help="Z-score each participant's ratings before they are averaged.")
@click.option("--centre", is_flag=True, help="Show the network copies with the centre of mass in the middle.")
@click.option("--simulated", is_flag=True, help="Use simulated sessions too.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
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
    simulated: bool,
    force: bool,
) -> None:
    """Write the analysis of STUDY.json as one file that needs nothing else: pairs, plot, tables, methods, your notes.

    Sessions are looked for in ./sessions unless files or folders are named. The same inputs give the same bytes.
    """
    from simtui import study as studies
    from simtui.commands.extras import check_checkpoints, progress_bar, require_analysis
    from simtui.errors import SimtuiError, printable
    from simtui.network.layers import check_layers

    require_analysis("simtui report")
    check_checkpoints([checkpoint])
    check_layers([layer])
    if out.suffix.lower() not in (".html", ".htm", ".md", ".markdown"):
        raise SimtuiError(f"{printable(out)} does not end in .html or .md: say which of the two it shall be.")
    study = studies.load(study_path)

    from simtui.analysis import notes
    from simtui.analysis.document.content import content
    from simtui.analysis.document.files import write
    from simtui.analysis.ratings import collect
    from simtui.analysis.report import analyze

    places = list(sessions or [Path("sessions")])
    ratings = collect(study, places, include_simulated=simulated)
    if notes_path is not None and not notes_path.is_file():
        raise SimtuiError(f"There is no file of notes {printable(notes_path)}.")
    file = notes_path or notes.find(places, study.id)
    own_words = "" if file is None else notes.read(file)
    with progress_bar("Network") as move:
        report = analyze(
            study,
            ratings,
            checkpoint,
            [layer],
            seed=seed,
            zscore=zscore,
            centre=centre,
            on_progress=lambda done, total: move(done, total, ""),
        )
    write(out, content(report, study, ratings, layer, own_words), force=force)
    click.echo(f"Wrote {printable(out, 300)}{'' if file is None else f', with the notes in {printable(file, 300)}'}.")
