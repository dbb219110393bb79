"""`simtui` without a command: the home screen; and the analysis screen alone, for `simtui analyze --screen`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from textual.screen import Screen

    from simtui.analysis.report import Settings
    from simtui.study.model import Study
    from simtui.terminal.detection import Terminal


def open_home(root: Path = Path("sessions")) -> None:
    """Run the app. root: the folder of studies made in it and of all sessions."""

    def home(terminal: Terminal) -> Screen[Any]:
        from simtui.tui.home.screen import HomeScreen

        return HomeScreen(terminal, root)

    _open(home)


def open_analysis(
    study: Study, sessions: Sequence[Path], checkpoint: Path | None, settings: Settings, *, simulated: bool
) -> None:
    """Run the app with the analysis screen alone."""

    def analysis(terminal: Terminal) -> Screen[Any]:
        from simtui.tui.analysis.screen import AnalysisScreen

        return AnalysisScreen(study, sessions, terminal, checkpoint, simulated=simulated, settings=settings)

    _open(analysis)


def _open(first: Callable[[Terminal], Screen[Any]]) -> None:
    from simtui.terminal.detection import prepare

    terminal = prepare()

    # Only now: Textual reads the colours of the terminal from the environment when it is imported.
    from simtui.tui.app import SimtuiApp
    from simtui.tui.screens import BottomScreen

    app = SimtuiApp(lambda: BottomScreen(lambda: first(terminal)), terminal.depth)
    app.run_or_tell()
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)
