"""`simtui compare`: several networks against the same people, in one table."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import (
    FILE,
    centre_option,
    examples,
    exclude_option,
    json_option,
    seed_option,
    session_arguments,
    simulated_option,
    study_argument,
    zscore_option,
)


@click.command(
    "compare",
    epilog=examples(
        "simtui compare study.json --checkpoint mine.pt --checkpoint theirs.pt",
        "simtui compare study.json --network torchvision.models:resnet18 --layer avgpool \\",
        "    --preprocess size=224,channels=3",
    ),
)
@study_argument
@session_arguments
@click.option(
    "--checkpoint",
    "checkpoints",
    type=FILE,
    metavar="FILE",
    multiple=True,
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
@simulated_option
@json_option
def command(
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
    rules: tuple[str, ...],
    simulated: bool,
    as_json: bool,
) -> None:
    """Show which network, and which layer of it, predicts the people's ratings best.

    One table, sorted, with intervals, differences from the best, and the raw pixels and an untrained network as
    baselines. Sessions are looked for in ./sessions unless files or folders are named.
    """
    from simtui.commands.shared import check_checkpoints, output_look, progress_bar
    from simtui.errors import SimtuiError, require_installed
    from simtui.network.preprocess import parse
    from simtui.session.quality import parse_rule
    from simtui.study import file as study_file

    require_installed("simtui compare")
    check_checkpoints(checkpoints)
    entering = [parse(each) for each in preprocess or ("",)]
    if len(entering) not in (1, len(networks)):
        raise SimtuiError(
            f"There are {len(entering)} --preprocess for {len(networks)} --network: give one for all, or one for each."
        )
    if weights and len(weights) != len(networks):
        raise SimtuiError(
            f"There are {len(weights)} --weights for {len(networks)} --network: give one for each, or none."
        )
    excluding = [parse_rule(rule) for rule in rules]
    study = study_file.load(study_path)

    from simtui.analysis.ratings import collect

    ratings = collect(study, sessions, include_simulated=simulated).excluding(study, excluding)
    with progress_bar("Networks") as move:
        # Only now: they bring torch along, and that takes a while to watch.
        from simtui.analysis.candidates import candidates, load
        from simtui.analysis.comparison import compare
        from simtui.analysis.comparison_results import as_json as json_text
        from simtui.reporting.comparison import comparison_blocks
        from simtui.reporting.text import render

        chosen = load(checkpoints, networks, weights, layers, entering, seed=seed)
        found = candidates(
            study,
            chosen,
            centre=centre,
            on_progress=lambda done, total, name: move(done, total, name or "statistics"),
        )
        comparison = compare(
            study,
            ratings,
            found.candidates,
            found.pixels,
            found.untrained,
            seed=seed,
            zscore=zscore,
            centred=found.centred,
        )
    if as_json:
        click.echo(json_text(comparison))
        return
    width, color = output_look()
    click.echo(render(comparison_blocks(comparison, width), width, color))
