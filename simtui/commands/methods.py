"""`simtui methods`: what a study will do and how it will be tested, to be registered before the data."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import (
    FiniteRange,
    checkpoint_option,
    examples,
    exclude_option,
    lapses_option,
    layer_option,
    reliability_option,
    seed_option,
    study_argument,
)

if TYPE_CHECKING:
    from simtui.session.exclusion import Rule

TRUE_R = (0.3, 0.5, 0.7)
SIMULATIONS = 2000


@click.command(
    "methods",
    epilog=examples(
        "simtui methods study.json --participants 24 --exclude 'catch<0.8' > methods.md",
        guide="researchers",
    ),
)
@study_argument
@click.option(
    "--participants",
    type=click.IntRange(1, 10_000),
    metavar="K",
    default=20,
    show_default=True,
    help="How many people.",
)
@click.option(
    "--r",
    "true_r",
    type=FiniteRange(-1, 1),
    multiple=True,
    help="True correlation to work out the power for; repeatable. [default: 0.3, 0.5, 0.7]",
)
@layer_option
@checkpoint_option
@exclude_option
@reliability_option
@lapses_option
@seed_option("the simulation of power")
def command(
    study_path: Path,
    participants: int,
    true_r: tuple[float, ...],
    layer: str,
    checkpoint: Path | None,
    rules: tuple[Rule, ...],
    reliability: float,
    lapses: float,
    seed: int,
) -> None:
    """Print, as Markdown, what STUDY.json will do: design, counterbalancing, exclusions, the planned test, its power
    with so many people, and the checksums that identify the study and the network.

    It is written from the study alone, before anybody has rated it.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import require_installed
    from simtui.network import container
    from simtui.study import file as study_file

    require_installed("simtui methods", ("scipy",))
    study = study_file.load(study_path)
    network = None
    if layer != "pixels":
        path = checkpoint or container.default_checkpoint()
        network = (path.name, hashlib.sha256(container.read(path)).hexdigest())
    with progress_bar("Simulating") as move:
        from simtui.reporting import markdown
        from simtui.reporting.preregistration import preregistration
        from simtui.simulation.engines import ALONE, compute
        from simtui.simulation.power import grid_of, job_of_study, pairs_of_digits

        power, pairs = None, pairs_of_digits(study)
        if pairs:
            job = job_of_study(
                study,
                true_r or TRUE_R,
                pairs=pairs,
                raters=[participants],
                reliability=reliability,
                lapses=lapses,
                simulations=SIMULATIONS,
                seed=seed,
            )
            power = grid_of(job, compute(job, ALONE, move))
        blocks = list(preregistration(study, participants, [str(rule) for rule in rules], layer, network, power))
    click.echo(markdown.render(blocks), nl=False)
