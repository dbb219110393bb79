"""Options and arguments that several commands take: one wording, one type and one default for all of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simtui.errors import printable

if TYPE_CHECKING:
    from click.decorators import FC

    from simtui.session.exclusion import Rule

FILE = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


class FiniteRange(click.FloatRange):
    """A number in a range. click's own takes nan for one: it lies neither below nor above anything."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def examples(*lines: str, guide: str = "") -> str:
    """The end of a command's help: command lines to copy, each as it is typed, and the guide that tells more."""
    # The first character tells click to leave the lines as they are.
    return "\n".join(
        ("\b", "Examples:", *(f"  {line}" for line in lines), *([f"\nGuide: simtui guide {guide}"] if guide else []))
    )


# ---------------------------------------------------------------------- what is read


def _or_the_only_study(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Where a folder has one study, nobody has to name it."""
    if value is not None or ctx.resilient_parsing:
        return value
    from simtui.study.at_hand import studies_at_hand

    found = studies_at_hand((Path(), Path("sessions")))
    if len(found) == 1:
        click.echo(f"simtui: {printable(found[0], 300)}, the only study here.", err=True)
        return found[0]
    several = f"{', '.join(printable(path, 60) for path in found[:3])} and others are" if len(found) > 3 else ""
    several = several or f"{' and '.join(printable(path, 60) for path in found)} are"
    why = f"{several} here: name one." if found else "There is no study here."
    raise click.MissingParameter(why, ctx, param, param_type="argument")


study_argument = click.argument(
    "study_path", metavar="STUDY.json", type=FILE, required=False, callback=_or_the_only_study
)


def _remembered(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:  # noqa: ARG001
    """Where MNIST is has to be said once."""
    if value is not None:
        from simtui.stimuli import mnist

        mnist.remember(value)
    return value


data_option = click.option(
    "--data",
    metavar="DIR",
    type=FILE,
    callback=_remembered,
    help="Where MNIST's files are; remembered. [default: $SIMTUI_DATA, where they were last, or your own data folder]",
)


def checked_weights(ctx: click.Context, param: click.Parameter, value: Any) -> Any:  # noqa: ARG001
    """What is no checkpoint, or carries code, is refused before torch is imported: that takes seconds and 600 MB."""
    from simtui.network import container

    for path in value if isinstance(value, tuple) else filter(None, [value]):
        container.read(path)
    return value


checkpoint_option = click.option(
    "--checkpoint",
    metavar="FILE",
    type=FILE,
    callback=checked_weights,
    help="The network's weights. [default: simtui's own]",
)


def _known_layer(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001
    from simtui.network.layers import check_layers

    return check_layers([value])[0]


layer_option = click.option(
    "--layer",
    callback=_known_layer,
    metavar="LAYER",
    default="fc",
    show_default=True,
    help="The network's layer: fc, conv2, conv1 or pool2; or pixels, for no network.",
)

SESSIONS_HELP = "The folder of session files; those of a study are in one below it, named after the study's id."

sessions_option = click.option(
    "--sessions", metavar="DIR", type=FOLDER, default=Path("sessions"), show_default=True, help=SESSIONS_HELP
)

participants_option = click.option(
    "--participants",
    "participants_path",
    metavar="FILE",
    type=FILE,
    help="Who may take part: an id a line, and its pair list behind it, from 0, if it is to have a certain one.",
)

completion_code_option = click.option(
    "--completion-code",
    metavar="CODE|each",
    help="Given to those who have answered everything: the same code for all, or each for one a person.",
)

# ---------------------------------------------------------------------- what is made of it


def seed_option(of: str) -> Callable[[FC], FC]:
    """--seed, a whole number from 0. of: what is random and follows from it."""
    return click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help=f"Seed of {of}.")


zscore_option = click.option(
    "--zscore", is_flag=True, help="Z-score each participant's ratings before they are averaged."
)

centre_option = click.option(
    "--centre", is_flag=True, help="Show the network copies with the centre of mass in the middle."
)


def _as_rules(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[Rule, ...]:  # noqa: ARG001
    from simtui.session.exclusion import parse_rule

    return tuple(parse_rule(text) for text in value)


exclude_option = click.option(
    "--exclude",
    "rules",
    metavar="RULE",
    multiple=True,
    callback=_as_rules,
    help='Leave sessions out by a rule: catch<0.8, rt<400, fast>0.1, sd=0 …, participant=S001:"reason". It says who '
    "went and why.",
)

cache_option = click.option(
    "--no-cache", "cache", is_flag=True, default=True, flag_value=False, help="Run the network anew, and keep nothing."
)

reliability_option = click.option(
    "--reliability",
    type=FiniteRange(0, 1),
    default=0.4,
    show_default=True,
    help="Mean r of one rater with another.",
)

lapses_option = click.option(
    "--lapses",
    type=FiniteRange(0, 1),
    default=0.02,
    show_default=True,
    help="Share of the trials in which a rater presses any key.",
)

# ---------------------------------------------------------------------- what is shown and written

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print everything as one JSON object, and nothing else."
)

force_option = click.option("--force", is_flag=True, help="Replace the file if it is there already.")

colors_option = click.option(
    "--colors",
    type=click.Choice(["24", "256", "16", "ascii"]),
    help="Use these instead of what the terminal says it has.",
)

polarity_option = click.option(
    "--polarity",
    type=click.Choice(["dark-on-light", "light-on-dark"]),
    default="dark-on-light",
    show_default=True,
    help="How the ink is shown.",
)


renderer_option = click.option(
    "--renderer",
    type=click.Choice(["auto", "spaces", "upper", "lower"]),
    default="auto",
    show_default=True,
    help="Draw with spaces or one kind of half blocks only; auto: spaces where they fit, and what doctor was told.",
)


def _permissions(ctx: click.Context, param: click.Parameter, value: str) -> int:  # noqa: ARG001
    """Octal permissions of reading and writing alone, the owner's included."""
    if not re.fullmatch(r"0?6[0246][0246]", value):
        raise click.BadParameter(f"{printable(value, 20)!r} is not 600, 640, 660 or the like (octal).")
    return int(value, 8)


most_option = click.option(
    "--max", "most", type=click.IntRange(1, 5000), default=200, show_default=True, help="People at once, at most."
)

idle_option = click.option(
    "--idle-minutes",
    metavar="N",
    type=click.IntRange(0, 24 * 60),
    default=10,  # a choice: time enough for a break
    show_default=True,
    help="After so long without a key a run is closed, saved as it is, and others can come; 0 for never.",
)

mode_option = click.option(
    "--mode",
    metavar="OCTAL",
    default="600",
    show_default=True,
    callback=_permissions,
    help="Permissions of the session files.",
)
