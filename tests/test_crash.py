"""A mistake in the app itself: one sentence and exit code 1 for people, the whole traceback for developers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.terminal_session import TerminalSession

IN_ON_MOUNT = "from simtui.tui.app import SimtuiApp\nSimtuiApp.on_mount = mistake"
IN_A_SCREEN = "from simtui.tui.participant.page import Page\nPage.compose = mistake"
IN_A_WORKER = "from simtui.tui.participant import flow\nasync def rate(*_):\n    mistake(None)\nflow.rate = rate"
IN_THE_INPUT = "from simtui.tui._posix_driver import SturdyDriver\nSturdyDriver.run_input_thread = mistake"


def rating_with(mistake: str, folder: Path, *flags: str, **environ: str) -> TerminalSession:
    script = (
        "import sys\nfrom simtui.cli import main\n"
        "def mistake(self, *_):\n    answer = 'her answer'\n    raise KeyError('oops')\n"
        f"{mistake}\n"
        "sys.argv = ['simtui', 'rate', 'study.json', '--participant', 'P1']\nmain()"
    )
    saved(small_study(), folder)
    return TerminalSession([sys.executable, *flags, "-c", script], cwd=folder, environment=environ)


@pytest.mark.parametrize("mistake", [IN_ON_MOUNT, IN_A_SCREEN, IN_A_WORKER, IN_THE_INPUT])
def test_a_mistake_ends_in_a_sentence_and_exit_code_1(mistake: str, tmp_path: Path) -> None:
    with rating_with(mistake, tmp_path) as terminal:
        assert terminal.exited(20)
        told = " ".join(terminal.text.split())
        assert terminal.status == 1, told
        assert "simtui: A mistake in the program ended it (KeyError in <string>, line 5)" in told
        assert "SIMTUI_DEBUG=1" in "".join(terminal.text.splitlines())
        assert "Traceback" not in told
        assert "her answer" not in told


@pytest.mark.parametrize(("flags", "environ"), [((), {"SIMTUI_DEBUG": "1"}), (("-X", "dev", "-W", "ignore"), {})])
def test_developers_see_the_traceback(flags: tuple[str, ...], environ: dict[str, str], tmp_path: Path) -> None:
    with rating_with(IN_ON_MOUNT, tmp_path, *flags, **environ) as terminal:
        assert terminal.exited(20)
        assert terminal.status == 1
        assert "KeyError: 'oops'" in terminal.text
        assert b"Traceback" in terminal.raw
