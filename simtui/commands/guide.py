"""`simtui guide`: how to do things with simtui, read where it is installed."""

from __future__ import annotations

import difflib
import os
import sys

import click

from simtui.commands.options import examples
from simtui.errors import SimtuiError, printable


@click.command("guide", epilog=examples("simtui guide", "simtui guide start"))
@click.argument("topic", metavar="[TOPIC]", default="")
def command(topic: str) -> None:
    """Show a guide to simtui; without TOPIC, the list of guides.

    On a terminal, a guide longer than the window opens in the pager, which q leaves. In a pipe it is plain text.
    """
    from simtui import guides
    from simtui.guides.rendering import render
    from simtui.terminal.detection import detect, window_size

    topic = topic.lower()
    if topic and topic not in guides.TOPICS:
        nearest = difflib.get_close_matches(topic, guides.TOPICS, n=1, cutoff=0)[0]
        raise SimtuiError(f"There is no guide “{printable(topic, 40)}”; the nearest name is {nearest}.")
    watched = sys.stdout.isatty()
    columns, rows = (window_size(sys.stdout) if watched else None) or (80, 24)
    if not topic:
        click.echo(_contents(columns))
        return
    terminal = detect(os.environ, sys.stdout.encoding, (columns, rows))
    text = render(
        guides.read(topic),
        columns,
        color=watched and not terminal.own_colors,
        unicode=terminal.unicode or not watched,
    )
    if watched and text.count("\n") + 2 > rows:
        click.echo_via_pager(text)
    else:
        click.echo(text)


def _contents(columns: int) -> str:
    from simtui import guides

    formatter = click.HelpFormatter(width=columns)
    formatter.write_dl([(topic, guides.title(topic)) for topic in guides.TOPICS])
    formatter.write_paragraph()
    formatter.write_text("simtui guide TOPIC shows one of them.")
    return formatter.getvalue().rstrip("\n")
