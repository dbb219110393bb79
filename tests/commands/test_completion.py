"""The Tab key completes commands and options in bash, zsh and fish: one line for each, as the guide has them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from simtui import guides
from simtui.cli import COMMANDS
from tests.conftest import REPOSITORY
from tests.terminal_session import SIMTUI, TerminalSession

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


def line_in(shell: str, tmp_path: Path) -> list[str]:
    """The shell with nothing but the guide's line in its file; skips where it is not here."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"needs {shell}, which is not here")
    (tmp_path / "bin").mkdir()
    own = tmp_path / "bin" / "simtui"
    own.write_text(f'#!/bin/sh\nexec {shlex.join(SIMTUI)} "$@"\n')
    own.chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "eights.json").write_text("{}")
    match shell:
        case "bash":
            (tmp_path / "rc").write_text(f"{lines()['bash']}\nPS1='ready> '\n")
            return [found, "--noprofile", "--rcfile", str(tmp_path / "rc")]
        case "zsh":
            (tmp_path / ".zshrc").write_text(f"{lines()['zsh']}\nPS1='ready> '\n")
            return [found, "-d"]
        case _:
            (tmp_path / "fish").mkdir()
            prompt = "function fish_prompt\n    echo 'ready> '\nend\n"
            (tmp_path / "fish" / "config.fish").write_text(f"set fish_greeting\n{prompt}{lines()['fish']}\n")
            return [found]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_tab_key_completes_in_the_shell_itself(tmp_path: Path, shell: str) -> None:
    variables = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "ZDOTDIR": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "TERM": "xterm",
        "PYTHONPATH": str(REPOSITORY),
    }
    argv = line_in(shell, tmp_path)
    with TerminalSession(argv, cwd=tmp_path / "work", columns=100, environment=variables) as terminal:
        terminal.wait_for("ready>", timeout=60)
        for typed, completed in (
            ("simtui analyz", "simtui analyze "),
            ("simtui analyze --checkp", "simtui analyze --checkpoint "),
            ("simtui analyze eig", "simtui analyze eights.json "),
        ):
            terminal.send(f"{typed}\t")
            # The x shows that there is a blank before it, where nothing else would.
            terminal.wait_for(completed.rstrip(), timeout=60)
            terminal.send("x")
            terminal.wait_for(f"{completed}x", timeout=60)
            terminal.send("\x15")
            terminal.press_until("\x0c", lambda text: text.count("ready>") == 1)
