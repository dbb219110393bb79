"""`simtui analyze`: the network against the people, as text or JSON."""

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
    json_option,
    layer_option,
    seed_option,
    study_argument,
    zscore_option,
)
from simtui.commands.session_options import pooled
from simtui.errors import SimtuiError, printable, require_installed

if TYPE_CHECKING:
    from textual.screen import Screen

    from simtui.session.exclusion import Rule
    from simtui.session.pool import Choice
    from simtui.terminal.detection import Terminal


@click.command(
    "analyze",
    epilog=examples(
        "simtui analyze eights.json",
        "simtui analyze eights.json --layer conv2 --full",
        "simtui analyze eights.json --plot scatter.png",
        'simtui analyze study.json sessions --exclude "catch<0.8" --json',
        guide="analysis",
    ),
)
@study_argument
@pooled
@layer_option
@checkpoint_option
@seed_option("the resampling")
@zscore_option
@centre_option
@exclude_option
@cache_option
@click.option("--full", is_flag=True, help="Print everything: every layer, person and pair, and the notes.")
@click.option("--screen", is_flag=True, help="Open the analysis screen instead of printing.")
@click.option(
    "--plot", "plot_path", type=FILE, metavar="FILE", help="Write the scatter plot too, as FILE.svg or FILE.png."
)
@force_option
@json_option
def command(
    study_path: Path,
    sessions: tuple[Path, ...],
    layer: str,
    checkpoint: Path | None,
    seed: int,
    zscore: bool,
    centre: bool,
    rules: tuple[Rule, ...],
    choice: Choice,
    cache: bool,
    full: bool,
    screen: bool,
    plot_path: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Show how well the network's similarity predicts the people's, for the pairs of STUDY.json.

    Sessions are looked for in ./sessions unless files or folders are named. Only complete runs of this very
    study are used; what is left out is listed with its reason.
    """
    from simtui.commands.output import open_screen, output_look, picture_look
    from simtui.commands.progress_bar import progress_bar
    from simtui.reporting import plot_file
    from simtui.study import file as studies

    if screen and as_json:
        raise SimtuiError("--screen shows the analysis and --json prints it: leave one of the two out.")
    if screen and plot_path is not None:
        raise SimtuiError("--plot writes a file and --screen opens the screen: leave one of the two out.")
    require_installed("simtui analyze")
    if plot_path is not None:
        plot_file.check_target(plot_path, force=force)
    study = studies.load(study_path)

    if screen:

        def analysis(terminal: Terminal) -> Screen[None]:
            from simtui.analysis.report import Settings
            from simtui.tui.analysis.screen import AnalysisScreen

            settings = Settings(
                layer=layer, seed=seed, zscore=zscore, centre=centre, rules=rules, cache=cache, choice=choice
            )
            return AnalysisScreen(study, sessions, terminal, checkpoint, simulated=choice.simulated, settings=settings)

        open_screen(analysis)
        return

    with progress_bar("Network") as move:
        from simtui import api
        from simtui.analysis.report import as_json as json_text
        from simtui.reporting import figures
        from simtui.reporting.pictures import drawing
        from simtui.reporting.text import as_short_text, as_text
        from simtui.terminal.cells import BRAILLE

        ratings = api.ratings_of(study, sessions, choice, rules)
        report = api.analyze(
            study, ratings, checkpoint, [layer], seed=seed, zscore=zscore, centre=centre, cache=cache, on_progress=move
        )
        look = picture_look()
        braille = look is not None and look.depth in BRAILLE
        if as_json:
            said = json_text(report)
        elif full:
            said = as_text(report, layer, *output_look(), drawing(study, look), braille=braille)
        else:
            said = as_short_text(report, layer, *output_look(), braille=braille)
        if plot_path is not None:
            plot_file.save(figures.scatter(report, layer), plot_path, force=force)
    click.echo(said.removesuffix("\n"))
    if plot_path is not None:
        click.echo(f"{printable(plot_path, 300)} was written.", err=as_json)
