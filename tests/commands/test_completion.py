"""The Tab key completes commands and options in bash, zsh and fish: one line for each, as the guide has them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from simtui import guides
from simtui.cli import COMMANDS
from tests.terminal_session import SIMTUI

SHELLS = ("bash", "zsh", "fish")


def asked(tmp_path: Path, **variables: str) -> str:
    done = subprocess.run(
        SIMTUI, env=dict(os.environ) | variables, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lines() -> dict[str, str]:
    """By shell, the line of the guide."""
    text = guides.read("start")
    rows = re.findall(r"^\| (\w+) \| `[^`]+` \| `(.+)` \|$", text, re.MULTILINE)
    return {shell: line.replace(r"\|", "|") for shell, line in rows if shell in SHELLS}


def test_the_guide_has_one_line_for_each_shell() -> None:
    assert set(lines()) == set(SHELLS)
    assert all(f"_SIMTUI_COMPLETE={shell}_source simtui" in line for shell, line in lines().items())


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_options_are_completed(tmp_path: Path, shell: str) -> None:
    instruction = {"_SIMTUI_COMPLETE": f"{shell}_complete"}

    def completions(words: str, last: int) -> set[str]:
        place = {"COMP_CWORD": words.rsplit(" ", maxsplit=1)[-1]} if shell == "fish" else {"COMP_CWORD": str(last)}
        said = asked(tmp_path, **instruction, COMP_WORDS=words, **place)
        return set(re.split(r"[\s,\n]", said))

    assert "analyze" in completions("simtui ana", 1)
    assert "rate" not in completions("simtui ana", 1)
    assert "--checkpoint" in completions("simtui analyze --ch", 2)
    assert set(COMMANDS) <= completions("simtui ", 1)


@pytest.mark.parametrize("shell", SHELLS)
def test_what_the_line_reads_is_a_script_of_that_shell(tmp_path: Path, shell: str) -> None:
    script = asked(tmp_path, _SIMTUI_COMPLETE=f"{shell}_source")
    assert "_SIMTUI_COMPLETE" in script
    found = shutil.which(shell)
    if found is not None:
        subprocess.run([found, "-n"], input=script, text=True, check=True, cwd=tmp_path)


def test_bash_registers_it_by_the_line_of_the_guide(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash, which is not here")
    own = tmp_path / "simtui"
    own.write_text(f'#!/bin/sh\nexec {" ".join(SIMTUI)} "$@"\n')
    own.chmod(0o755)
    done = subprocess.run(
        [bash, "--norc", "-c", f"{lines()['bash']}; complete -p simtui"],
        env=dict(os.environ) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "simtui" in done.stdout
