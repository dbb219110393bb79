"""The README and the guides as programs: their blocks of code, and a newcomer who types them in."""

from __future__ import annotations

import re
import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from markdown_it import MarkdownIt

from simtui import guides
from tests.conftest import REPOSITORY
from tests.terminal_session import TerminalSession

DOCUMENTS = (
    REPOSITORY / "README.md",
    REPOSITORY / "sessions" / "README.md",
    REPOSITORY / "models" / "README.md",
    *(guides.path(topic) for topic in guides.TOPICS),
)

_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->", re.DOTALL)
_FILE_NAME = re.compile(r"# ([a-z]+\.py)\n")

PRELUDE = """
set -eE -o pipefail
trap 'printf "\\nFAILED: %s\\n" "$BASH_COMMAND"' ERR
simtui() { "$PYTHON" -m simtui "$@"; }
python() { "$PYTHON" "$@"; }
# Installing takes minutes and the internet: .ci/run does it, with the wheel and with the README's own command.
pip() { [ "$1" = install ]; }
# That would be this very run.
pytest() { :; }
# The other machine is a folder here. tests/faults has a real sshd.
ssh() {
    [ "$1" != -t ] || shift
    shift
    if [ $# -gt 0 ]; then (cd "$LAB" && "$@"); else cd "$LAB"; fi
}
scp() { cp "${@/#lab:/$LAB/}"; }
"""
"""What stands in for what no test can do, and why."""

GIVEN = "given"
"""The folder of what is on the other machine when a block begins."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. line: of its fence, from 1. not_run: the reason that the comment above it gives, or empty."""

    line: int
    language: str
    text: str
    not_run: str


def blocks(document: Path) -> Iterator[Block]:
    """The fenced blocks of a Markdown file, those in lists too."""
    before = ""
    for token in MarkdownIt().parse(document.read_text(encoding="utf-8")):
        if token.type == "fence":
            reason = _NOT_RUN.fullmatch(before)
            assert token.map is not None
            yield Block(token.map[0] + 1, token.info, token.content, reason[1] if reason else "")
        before = token.content.strip() if token.type == "html_block" else ""


def script(document: Path) -> str:
    """A bash script of a document's shell blocks, in their order, each from the same folder; then its Python.

    A Python block that begins with a file's name is that file, a table is ratings.csv, and TOML questions.toml.
    """
    shell, python = [PRELUDE], ""
    for block in blocks(document):
        if block.not_run:
            continue
        named = _FILE_NAME.match(block.text)
        if block.language == "sh":
            shell.append(f'rm -rf "$LAB" && cp -r {GIVEN} "$LAB"\n(\n{block.text})\n')
        elif block.language == "csv":
            shell.append(_written("ratings.csv", block.text))
        elif block.language == "toml":
            shell.append(_written("questions.toml", block.text))
        elif block.language == "python" and named:
            shell.append(_written(named[1], block.text))
        elif block.language == "python":
            python += f"{block.text}\n"
    if python:
        shell += [_written("blocks.py", python), "python blocks.py\n"]
    return "".join(shell)


def _written(name: str, text: str) -> str:
    return f"printf %s {shlex.quote(text)} > {name}\n"


class Newcomer:
    """Does on the screen what it asks for, without a hurry and without a thought."""

    def __init__(self, terminal: TerminalSession) -> None:
        self.terminal = terminal
        self._ratings = cycle("7352846190")
        self._home = iter("r")
        self._id = "K01"

    def go(self, timeout: float) -> None:
        """Until the program ends, which it must within `timeout` seconds."""
        end = time.monotonic() + timeout
        while not self.terminal.exited(0.0):
            if time.monotonic() > end:
                raise AssertionError(f"not at the end after {timeout} s:\n{self.terminal.text}")
            while self.terminal.pump(0.05):
                pass
            shown = self.terminal.text
            keys = self._keys(shown) if self._on_a_screen() else self._line(shown)
            if keys:
                self.terminal.send(keys)
                # A pair that has only just come takes no key yet: it is pressed again soon.
                again = time.monotonic() + (0.2 if keys.isdigit() else 5.0)
                while self.terminal.text == shown and time.monotonic() < again:
                    self.terminal.pump(0.05)

    def _on_a_screen(self) -> bool:
        """Whether the alternate screen is on, and not text that was printed."""
        return self.terminal.raw.rfind(b"\x1b[?1049h") > self.terminal.raw.rfind(b"\x1b[?1049l")

    def _keys(self, shown: str) -> str:
        if "Rate yourself now" in shown:
            return next(self._home, "")
        if "Your participant id" in shown:
            return f"{self._id}\r"
        if "Esc stops" in shown:
            return "y\r" if "( ) y" in shown else "1\r"
        if re.search(r"(Pair|Practice) \d+ of \d+", shown):
            return next(self._ratings)
        if "Thank you!" in shown:
            self._id = "finis"  # which is the word that closes the kiosk of the guide
        if any(words in shown for words in ("Which digit?", "Enter starts", "Enter goes on", "Thank you!")):
            return "\r"
        if "Scatter" in shown:
            self._home = iter("q")
            return "q"
        return ""

    def _line(self, shown: str) -> str:
        """The answer to what `rate --plain` asks at the end, which may be broken anywhere."""
        self._id = "K01"
        asked = shown.rstrip().replace("\n", "")
        if asked.endswith("q stop):"):
            return f"{next(self._ratings)}\r"
        if asked.rfind("Ctrl+C ends it.") > asked.rfind("Closed:"):
            return "\x03"
        return "\r" if asked.endswith(("Enter goes on:", "Enter keeps what is:")) else ""


def run(document: Path, folder: Path, environment: dict[str, str]) -> None:
    """Run all of a document in a folder, on a terminal.

    Raises AssertionError with the line that failed.
    """
    variables = {"PYTHON": sys.executable, "PYTHONPATH": str(REPOSITORY), "LAB": str(folder / "lab")} | environment
    with TerminalSession(["bash", "-c", script(document)], cwd=folder, environment=variables) as terminal:
        Newcomer(terminal).go(timeout=600)
        said = terminal.raw.decode("utf-8", "replace")
        assert terminal.status == 0, said[said.rfind("FAILED") - 2000 :]
