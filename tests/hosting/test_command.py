"""The command line of `simtui host`: what cannot be is one sentence and exit code 2."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.hosting.running import PAIRS, Hosted, need, start
from tests.terminal_session import SIMTUI, TerminalSession


def refused(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [*SIMTUI, "host", "study.json", *options], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--ssh", "lab"], "is no ADDRESS:PORT"),
        (["--ssh", "127.0.0.1:99999"], "is no ADDRESS:PORT"),
        (["--ssh", "203.0.113.1:2222"], "SSH cannot listen on 203.0.113.1:2222"),
        (["--web", "203.0.113.1:8022"], "The web cannot listen on 203.0.113.1:8022"),
        (["--access", "keys"], "has no keys"),
        (["--access", "keys", "--web", "127.0.0.1:0"], "is of SSH"),
        (["--access-code", "x"], "is of --access code"),
        (["--authorized-keys", "x"], "is of --access keys"),
        (["--id-from", "qualtrics"], "--id-from takes"),
        (["--cert", "x"], "go together"),
        (["--cert", "study.json", "--key", "study.json", "--web", "127.0.0.1:0"], "are no certificate and its key"),
        (["--base-url", "lab"], "takes a whole address"),
        (["--participants", "none"], "none"),
        (["--completion-code", " "], "--completion-code"),
        (["--sessions", "study.json/below"], "study.json/below cannot be written"),
    ],
)
def test_what_cannot_be_is_a_sentence(tmp_path: Path, options: list[str], sentence: str) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    assert sentence in refused(tmp_path, *options)


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert "give another --ssh" in refused(tmp_path, "--ssh", str(port))


def test_on_a_terminal_a_line_tells_who_is_there(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    argv = [*SIMTUI, "host", "study.json", "--ssh", "0", "--grace", "0", "--sessions", "sessions"]
    with TerminalSession(argv, cwd=tmp_path, columns=120) as terminal:
        terminal.wait_for("0 connected, 0 finished, load")
        terminal.send("\x03")
        assert terminal.exited(30.0)
        assert terminal.status == 0
        assert "Closed: every answer is on disk." in terminal.text


def test_only_those_listed_come_in_and_the_code_is_given_at_the_end(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=1), tmp_path)
    (tmp_path / "people").write_text("P01\nP02\n")
    with Hosted(tmp_path, "--participants", "people", "--completion-code", "each") as host:
        done = subprocess.run(
            host.ssh_command("P03", "-o", "LogLevel=INFO"), input="", capture_output=True, text=True, check=False
        )
        assert done.returncode == 255
        assert "P03" in done.stderr
        with host.ssh("P01") as terminal:
            start(terminal)
            terminal.wait_for("Pair 1 of 1")
            terminal.press_until("5", lambda text: "Thank you!" in text)
            shown = terminal.text.partition("code: ")[2].split()[0]
            terminal.send("\r")
            assert terminal.exited(30.0)
            assert f"Your completion code: {shown}" in terminal.text
        with host.ssh("P02") as terminal:
            start(terminal)
            terminal.wait_for("Pair 1 of 1")
            terminal.press_until("q", lambda text: "Stop here?" in text)
            terminal.send("y")
            terminal.wait_for("Stopped")
            terminal.send("\r")
            assert terminal.exited(30.0)
            assert "Your completion code" not in terminal.text
