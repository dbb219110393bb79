"""What a session file says of the program and the terminal it was made on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from simtui import __version__
from simtui.session import Environment
from simtui.terminal import Terminal


def environment(terminal: Terminal) -> Environment:
    """Programs and terminal of the rating screen; no user, no host, no address."""
    return Environment(
        simtui=__version__,
        python=platform.python_version(),
        textual=version("textual"),
        term=terminal.term,
        color_depth=terminal.depth,
        renderer=terminal.renderer,
        columns=terminal.columns,
        rows=terminal.rows,
        ssh=terminal.ssh,
        polarity=terminal.polarity,
        terminal_round_trip_ms=terminal.round_trip_ms,
    )


def plain_environment(terminal: Terminal | None, *, ssh: bool) -> Environment:
    """The same for ratings in lines of text. terminal: None where they are written into a pipe.

    The ink is in whatever colour the reader's terminal or paper has: the polarity is unknown.
    """
    return Environment(
        simtui=__version__,
        python=platform.python_version(),
        term=terminal.term if terminal else "",
        color_depth="ascii",
        renderer="plain",
        columns=terminal.columns if terminal else 0,
        rows=terminal.rows if terminal else 0,
        ssh=ssh,
        polarity="",
    )
