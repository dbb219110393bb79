"""What a session file says of the program and the terminal it was made on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from simtui import __version__
from simtui.session import Environment
from simtui.terminal import Terminal


def environment(terminal: Terminal) -> Environment:
    """Programs and terminal; no user, no host, no address."""
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
    )
