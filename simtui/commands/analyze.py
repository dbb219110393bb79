"""`simtui analyze`: the network against the people, as text or JSON."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click


@click.command("analyze")
@click.argument("study_path", metavar="STUDY.json", type=click.Path(path_type=Path))
@click.argument("sessions", metavar="[SESSION or FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--layer", default="fc", show_default=True, help="fc, conv2, conv1, pool2, or pixels for no network.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The network's weights. [default: simtui's own]",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the resampling.")
@click.option("--zscore", is_flag=True, help="Z-score each participant's ratings before they are averaged.")
@click.option("--centre", is_flag=True, help="Show the network copies with the centre of mass in the middle.")
@click.option(
    "--exclude",
    "rules",
    metavar="RULE",
    multiple=True,
    help="Leave sessions out by a rule: catch<0.8, rt<400, fast>0.1, retest<0.3, sd=0 … It says who went and why.",
)
@click.option("--simulated", is_flag=True, help="Use simulated sessions too.")
@click.option("--screen", is_flag=True, help="Open the analysis screen instead of printing.")
@click.option("--json", "as_json", is_flag=True, help="Print every number as one JSON object, and nothing else.")
def command(
    study_path: Path,
    sessions: tuple[Path, ...],
    layer: str,
    checkpoint: Path | None,
    seed: int,
    zscore: bool,
    centre: bool,
    rules: tuple[str, ...],
    simulated: bool,
    screen: bool,
    as_json: bool,
) -> None:
    """Show how well the network's similarity predicts the people's, for the pairs of STUDY.json.

    Sessions are looked for in ./sessions unless files or folders are named. Only complete runs of this very
    study are used; what is left out is listed with its reason.
    """
    from simtui import study as studies
    from simtui.checks.quality import parse_rule
    from simtui.commands.extras import check_checkpoints, progress_bar, require_analysis
    from simtui.network.layers import check_layers

    require_analysis("simtui analyze")
    check_checkpoints([checkpoint])
    check_layers([layer])
    parsed = [parse_rule(rule) for rule in rules]
    study = studies.load(study_path)

    if screen:
        from simtui.commands.home import open_analysis

        open_analysis(study, sessions or (Path("sessions"),), checkpoint, simulated=simulated)
        return

    from simtui.analysis.ratings import collect
    from simtui.analysis.report import analyze
    from simtui.analysis.report import as_json as json_text
    from simtui.analysis.text import as_text

    ratings = collect(study, sessions or [Path("sessions")], include_simulated=simulated).excluding(study, parsed)
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
    if as_json:
        click.echo(json_text(report))
    else:
        watched = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if watched else 80
        click.echo(as_text(report, layer, width, color=watched and "NO_COLOR" not in os.environ))
