"""Ctrl+Z and fg in a real shell: a clean terminal for the shell, and the whole screen and a flagged trial after it."""

from __future__ import annotations

import shutil
import sys
import termios
from pathlib import Path

import pytest

from simtui.session import file as session_file
from tests.builders import saved, small_study
from tests.conftest import REPOSITORY
from tests.terminal_session import TerminalSession

PROMPT = "ready>"
ENTERS, LEAVES = b"\x1b[?1049h", b"\x1b[?1049l"
"""The alternate screen, which holds the app: a terminal clears it on entering, and pyte does not know it."""


class Shell(TerminalSession):
    """An interactive bash, and what is on the alternate screen where the app has entered it."""

    def wait_for_entering(self, times: int) -> None:
        self.wait_for(lambda _: self.raw.count(ENTERS) >= times)

    def clear_as_a_terminal_does(self) -> None:
        """Forget everything before the last time the alternate screen was entered."""
        self.pump()
        self.screen.reset()
        self._parsed = self.raw.rindex(ENTERS) + len(ENTERS)

    def wait_for_pair(self) -> str:
        """The screen with the first pair and all around it, once nothing more comes."""
        self.wait_for(lambda text: "Pair 1 of 3" in text and "most similar" in text and text.count("▀") > 300)
        while self.pump(0.3):
            continue
        return self.text

    def at_its_prompt(self) -> bool:
        return self.raw.rstrip().endswith(PROMPT.encode())

    def modes(self) -> list[int]:
        return termios.tcgetattr(self.fd)[:4]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash for job control")
    saved(small_study(pairs=3), tmp_path)
    environment = {"PS1": f"{PROMPT} ", "PYTHONPATH": str(REPOSITORY), "HISTFILE": ""}
    # A shell that edits no lines leaves the terminal's own settings in force, where they can be compared.
    return Shell([bash, "--norc", "--noprofile", "--noediting", "-i"], cwd=tmp_path, environment=environment)


def test_ctrl_z_and_fg_while_rating(shell: Shell, tmp_path: Path) -> None:
    with shell:
        shell.wait_for(PROMPT)
        before = shell.modes()
        shell.send(f"{sys.executable} -m simtui rate study.json --participant P01\n")
        shell.wait_for("Enter starts")
        assert shell.modes() != before
        shell.send("\r")
        shell.clear_as_a_terminal_does()
        pair = shell.wait_for_pair()

        shell.press_until("\x1a", lambda text: "Stopped" in text)
        shell.wait_for(lambda _: shell.at_its_prompt())
        assert shell.raw.rfind(LEAVES) > shell.raw.rfind(ENTERS)
        assert shell.raw.rfind(b"\x1b[?25h") > shell.raw.rfind(b"\x1b[?25l"), "the cursor is hidden"
        assert shell.raw.rfind(b"\x1b[?2004l") > shell.raw.rfind(b"\x1b[?2004h"), "pasted text is still bracketed"
        assert shell.raw.rfind(b"\x1b[<u") > shell.raw.rfind(b"\x1b[>"), "keys are still reported in another way"
        assert shell.modes() == before
        shell.send("echo all''right\n")
        shell.wait_for("allright")

        shell.send("fg\n")
        shell.wait_for_entering(2)
        shell.clear_as_a_terminal_does()
        assert shell.wait_for_pair() == pair
        shell.press_until("7", lambda text: "Pair 2 of 3" in text)
        shell.press_until("q", lambda text: "Stop here?" in text)
        shell.send("y")
        shell.wait_for("Stopped")
        shell.send("\r")
        shell.wait_for(lambda _: shell.at_its_prompt())
        shell.send("echo the''end\n")
        shell.wait_for("theend")
        assert shell.modes() == before
    (path,) = tmp_path.glob("sessions/*/*.json")
    first = session_file.load(path).trials[0]
    assert (first.response, first.interruptions) == (7, 1)
    assert first.rt is not None
    assert first.onset is not None


def test_ctrl_z_under_a_dialog_and_on_a_page(shell: Shell) -> None:
    with shell:
        shell.wait_for(PROMPT)
        shell.send(f"{sys.executable} -m simtui rate study.json --participant P01\n")
        entered = 1
        for key, sign in (("", "Enter starts"), ("\r", "Pair 1 of 3"), ("?", "Any key closes")):
            if key:
                shell.press_until(key, lambda text, s=sign: s in text)  # type: ignore[misc]
            shell.wait_for(sign)
            stops = shell.raw.count(LEAVES)
            shell.press_until("\x1a", lambda _, n=stops: shell.raw.count(LEAVES) > n)  # type: ignore[misc]
            shell.wait_for(lambda _: shell.at_its_prompt())
            entered += 1
            shell.send("fg\n")
            shell.wait_for_entering(entered)
            shell.clear_as_a_terminal_does()
            shell.wait_for(sign)
