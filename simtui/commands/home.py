"""`simtui` without a command: the home screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click


def open_home(root: Path = Path("sessions")) -> None:
    """Run the app. root: the folder of studies made in it and of all sessions."""
    from simtui.roundtrip import RoundTrip
    from simtui.terminal import prepare

    terminal = prepare()

    # Only now: Textual reads the colours of the terminal from the environment when it is imported.
    with RoundTrip(timeout_s=0.3 if terminal.ssh else 0.0) as trip:
        from simtui.tui import appearance
        from simtui.tui.app import SimtuiApp
        from simtui.tui.screens.home import HomeScreen
        from simtui.tui.screens.host import Host

    terminal = replace(terminal, round_trip_ms=trip.ms)
    app = SimtuiApp(lambda: Host(lambda: HomeScreen(terminal, root)))
    appearance.suit(app, terminal.depth)
    app.run()
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)
