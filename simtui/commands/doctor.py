"""`simtui doctor`: what this terminal can show, and what to change."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import (
    colors_option,
    examples,
    most_option,
    polarity_option,
    renderer_option,
    sessions_option,
)
from simtui.errors import SimtuiError, printable
from simtui.storage.system import require_posix

if TYPE_CHECKING:
    from simtui.terminal.detection import Terminal


@click.command(
    "doctor",
    epilog=examples("simtui doctor", "simtui doctor --colors 24", "simtui doctor --host --max 60", guide="terminals"),
)
@colors_option
@polarity_option
@renderer_option
@sessions_option
@click.option("--host", is_flag=True, help="Look at what `simtui host` takes instead: ports, files, memory, clock.")
@most_option
def command(colors: str | None, polarity: str, renderer: str, sessions: Path, host: bool, most: int) -> None:
    """Show what this terminal can show and this machine can do, and what to change.

    Nothing is left behind. Exit code 2 where the rating screen cannot run.
    """
    if host:
        _examine_for_hosting(most)
        return
    from simtui.stimuli import drawn
    from simtui.terminal import doctor
    from simtui.terminal.charset import spelled
    from simtui.terminal.image_lines import ascii_pair

    found = doctor.examine(os.environ, sessions, colors, polarity, renderer)
    terminal, seen = found.terminal, sys.stdout.isatty()

    def tell(text: str, indent: int = 0) -> None:
        lines = textwrap.wrap(text, max(20, terminal.columns) if seen else sys.maxsize, subsequent_indent=" " * indent)
        click.echo("\n".join(lines) if terminal.unicode else spelled("\n".join(lines)))

    for name, value in doctor.findings(found):
        tell(f"{name:10}{value}", 10)
    left, right = (tuple(bytes(row) for row in image) for image in drawn.load((8,), 2, seed=0).pixels[:2])
    pair = (left, right)
    if not seen or terminal.mute:
        pictures = [("A pair as rate --plain prints it:", ascii_pair(*pair))]
    else:
        pictures = list(doctor.test_pattern(terminal, pair))
    for title, lines in pictures:
        click.echo()
        tell(title)
        click.echo("\n".join(lines))
    sentences = doctor.advice(found)
    if sentences:
        click.echo()
    for sentence in sentences:
        tell(f"* {sentence}", 2)
    if found.refusal:
        raise SimtuiError(found.refusal)
    # Who answers questions has a screen, and most likely somebody before it.
    blocks = terminal.unicode and terminal.depth != "ascii"
    if seen and blocks and terminal.round_trip_ms is not None and found.layout is not None:
        _ask_which_is_whole(terminal)


def _ask_which_is_whole(terminal: Terminal) -> None:
    """Show the same picture in each way of drawing, and keep which one looks whole on this terminal."""
    from simtui.storage import remembered
    from simtui.terminal import seams
    from simtui.terminal.detection import terminal_name

    click.echo()
    for line in seams.pattern(terminal):
        click.echo(line)
    click.echo(f"{seams.QUESTION} ", nl=False)
    answer = seams.asked(sys.__stdin__)
    if answer is None:
        click.echo("Nothing is kept: simtui draws as it did.")
        return
    name, renderer = terminal_name(os.environ), seams.WAYS[answer]
    others = {known: way for known, way in remembered.load().renderers.items() if known != name}
    where = remembered.write(renderers=others if renderer is None else {**others, name: renderer})
    click.echo(f"Kept for this terminal in {printable(where)}; --renderer overrules it.")


def _examine_for_hosting(most: int) -> None:
    """Raises SimtuiError where so many people cannot be hosted here."""
    require_posix("A host")
    from simtui.hosting import readiness

    found = list(readiness.examine(most))
    for finding in found:
        click.echo(f"{finding.name:12}{finding.value}")
    advice = [finding.advice for finding in found if finding.advice]
    if advice:
        raise SimtuiError(f"{most} people cannot be hosted here as it is. {' '.join(advice)}")
