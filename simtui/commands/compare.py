"""`simtui compare`: several networks against the same people, in one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.engine_options import engine_options, part_done
from simtui.commands.options import (
    FILE,
    centre_option,
    checked_weights,
    examples,
    exclude_option,
    json_option,
    seed_option,
    study_argument,
    zscore_option,
)
from simtui.commands.session_options import pooled

if TYPE_CHECKING:
    from simtui.session.exclusion import Rule
    from simtui.session.pool import Choice
    from simtui.simulation.engines import How


@click.command(
    "compare",
    epilog=examples(
        "simtui compare study.json --checkpoint mine.pt --checkpoint theirs.pt",
        "simtui compare study.json --network torchvision.models:resnet18 --layer avgpool \\",
        "    --preprocess size=224,channels=3",
        guide="networks",
    ),
)
@study_argument
@pooled
@click.option(
    "--checkpoint",
    "checkpoints",
    type=FILE,
    metavar="FILE",
    multiple=True,
    callback=checked_weights,
    help="Weights of the homework's network; repeatable. [default: simtui's own, if there is no --network]",
)
@click.option(
    "--network",
    "networks",
    metavar="MODULE:FACTORY",
    multiple=True,
    help="A Python module and what in it makes a torch.nn.Module; repeatable. This runs that module's code.",
)
@click.option(
    "--weights",
    type=FILE,
    metavar="FILE",
    multiple=True,
    help="A state dict for each --network, in their order; without, its own (random ones are drawn from --seed).",
)
@click.option(
    "--layer", "layers", metavar="NAME", multiple=True, help="A layer to take, by its module's name; repeatable."
)
@click.option(
    "--preprocess",
    metavar="KEY=VALUE,...",
    multiple=True,
    help="How images enter the networks: once for all, or once for each --network, in their order. "
    "[default: size=28,channels=1,mean=0.1307,std=0.3081]",
)
@seed_option("the resampling, and of random weights")
@zscore_option
@centre_option
@exclude_option
@engine_options()
@json_option
def command(
    how: How,
    study_path: Path,
    sessions: tuple[Path, ...],
    checkpoints: tuple[Path, ...],
    networks: tuple[str, ...],
    weights: tuple[Path, ...],
    layers: tuple[str, ...],
    preprocess: tuple[str, ...],
    seed: int,
    zscore: bool,
    centre: bool,
    rules: tuple[Rule, ...],
    choice: Choice,
    as_json: bool,
) -> None:
    """Show which network, and which layer of it, predicts the people's ratings best.

    One table, sorted, with intervals, differences from the best, and the raw pixels and an untrained network as
    baselines. Sessions are looked for in ./sessions unless files or folders are named.
    """
    from simtui.commands.output import output_look
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import require_installed
    from simtui.network.preprocess import for_networks
    from simtui.study import file as studies

    require_installed("simtui compare")
    entering = for_networks(preprocess, len(networks), len(weights))
    study = studies.load(study_path)

    with progress_bar("Networks") as move:
        from simtui import api
        from simtui.analysis.comparison_results import as_json as json_text
        from simtui.reporting.comparison import comparison_blocks
        from simtui.reporting.text import MIN_WIDTH, render
        from simtui.simulation.engines import ALONE

        if how.part.of > 1:
            api.compute_part(
                study,
                checkpoints,
                networks,
                weights=weights,
                layers=layers,
                preprocess=entering,
                seed=seed,
                centre=centre,
                how=how,
                on_progress=move,
            )
            click.echo(part_done(how))
            return
        ratings = api.ratings_of(study, sessions, choice, rules)
        comparison = api.compare(
            study,
            ratings,
            checkpoints,
            networks,
            weights=weights,
            layers=layers,
            preprocess=entering,
            seed=seed,
            zscore=zscore,
            centre=centre,
            how=None if how == ALONE else how,
            on_progress=move,
        )
    if as_json:
        click.echo(json_text(comparison))
        return
    width, color = output_look()
    click.echo(render(comparison_blocks(comparison, width), max(width, MIN_WIDTH), color))
