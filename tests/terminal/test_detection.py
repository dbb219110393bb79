"""What the environment says of a terminal, rule by rule, and what Textual then makes of it."""

from __future__ import annotations

import io
import os
import pty
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.terminal.cells import Look, paper
from simtui.terminal.detection import detect, require_tty, textual_environment
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession


def seen(environ: dict[str, str], *, encoding: str = "utf-8", colors: str | None = None) -> tuple[str, bool]:
    terminal = detect({"LANG": "C.UTF-8"} | environ, encoding, (80, 24), colors)
    assert terminal.why
    return terminal.depth, terminal.own_colors


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "gnome-terminal"}, "16"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/tmux-0/default,1,0"}, "truecolor"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "STY": "1.pts-0"}, "256"),
        ({"TERM": "screen", "COLORTERM": "truecolor", "STY": "1.pts-0"}, "16"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm-direct"}, "256"),
        ({"TERM": "alacritty"}, "256"),
        ({"TERM": "foot"}, "256"),
        ({"TERM": "foot-extra"}, "256"),
        ({"TERM": "wezterm"}, "256"),
        ({"TERM": "xterm-kitty"}, "256"),
        ({"TERM": "xterm-ghostty"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "never-heard-of"}, "16"),
        ({"TERM": "footless"}, "16"),
        ({"TERM": "linux"}, "ascii"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "ascii"),
        ({"TERM": "linux-16color"}, "ascii"),
        ({"TERM": "vt100"}, "ascii"),
        ({"TERM": "vt220"}, "ascii"),
        ({"TERM": "dumb"}, "ascii"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "ascii"),
        ({"TERM": ""}, "ascii"),
        ({}, "ascii"),
        ({"TERM": "../../etc/passwd"}, "16"),
        ({"TERM": "xterm-256color", "LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"TERM": "xterm-256color", "LANG": "de_DE.utf8@euro"}, "256"),
        ({"TERM": "xterm-256color", "LC_ALL": "C"}, "ascii"),
        ({"TERM": "xterm-256color", "LC_ALL": "en_GB.UTF-8", "LANG": "C"}, "256"),
        ({"TERM": "xterm-256color", "LANG": ""}, "256"),
        # Python has set LC_CTYPE itself; the person's own choice is what the terminal was set up for.
        ({"TERM": "xterm-256color", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, "ascii"),
        ({"TERM": "xterm-256color", "LANG": "", "LC_CTYPE": "C.UTF-8"}, "256"),
    ],
    ids=str,
)
def test_the_depth_follows_the_environment(environ: dict[str, str], depth: str) -> None:
    assert seen(environ)[0] == depth


def test_an_encoding_other_than_utf8_has_ascii_alone() -> None:
    assert seen({"TERM": "xterm-256color"}, encoding="latin-1") == ("ascii", False)
    assert seen({"TERM": "xterm-256color"}, encoding="latin-1", colors="24") == ("ascii", False)
    assert not detect({"TERM": "xterm"}, "latin-1", (80, 24)).unicode


@pytest.mark.parametrize(("colors", "depth"), [("24", "truecolor"), ("256", "256"), ("16", "16"), ("ascii", "ascii")])
def test_the_user_has_the_last_word(colors: str, depth: str) -> None:
    assert seen({"TERM": "xterm", "COLORTERM": "truecolor"}, colors=colors) == (depth, False)
    assert seen({"TERM": "xterm", "NO_COLOR": "1"}, colors=colors)[0] == depth


def test_no_color_leaves_glyphs_in_the_terminals_own_colours() -> None:
    assert seen({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}) == ("glyphs", True)
    assert seen({"TERM": "linux", "NO_COLOR": "1"}) == ("ascii", True)
    assert seen({"TERM": "xterm-256color", "NO_COLOR": ""}) == ("256", False)


@pytest.mark.parametrize("polarity", ["dark-on-light", "light-on-dark"])
@pytest.mark.parametrize("environ", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "vt100"}, {"TERM": "xterm"}])
def test_ink_is_as_dark_as_wanted_also_where_the_terminal_is_light(environ: dict[str, str], polarity: str) -> None:
    dark = detect(environ, "utf-8", (80, 24), polarity=polarity)
    papers = [paper(terminal.look("half-block")) for terminal in (dark, replace(dark, light=True))]

    # Of a terminal's own two colours 1 is the foreground, which a light terminal has darker than its background.
    own = [int(polarity == "dark-on-light"), int(polarity == "light-on-dark")]
    assert papers == (own if dark.own_colors else [papers[0]] * 2)


def test_a_terminal_without_colours_gets_none() -> None:
    assert seen({"TERM": "vt100"}) == ("ascii", True)
    assert seen({"TERM": "dumb"}) == ("ascii", True)
    assert seen({"TERM": "linux"}) == ("ascii", False)


def entry(colors: int, *, wide: bool) -> bytes:
    """A compiled terminfo entry, see term(5)."""
    names, booleans = b"mine|a test\x00", bytes(3)
    numbers = [-1] * 13 + [colors]
    head = struct.pack("<6h", 0o1036 if wide else 0o432, len(names), len(booleans), len(numbers), 0, 0)
    padding = b"\x00" * ((len(names) + len(booleans)) % 2)
    return head + names + booleans + padding + struct.pack(f"<{len(numbers)}{'i' if wide else 'h'}", *numbers)


@pytest.mark.parametrize("initial", ["m", "6d"])
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(("colors", "depth"), [(256, "256"), (16_777_216, "256"), (8, "16"), (-1, "glyphs")])
def test_the_terminal_database_is_asked(tmp_path: Path, initial: str, wide: bool, colors: int, depth: str) -> None:
    (tmp_path / initial).mkdir()
    (tmp_path / initial / "mine").write_bytes(entry(min(colors, 2**15 - 1) if not wide else colors, wide=wide))
    for environ in ({"TERMINFO": str(tmp_path)}, {"TERMINFO_DIRS": f"/nowhere:{tmp_path}"}):
        assert seen({"TERM": "mine"} | environ)[0] == depth


@pytest.mark.parametrize("content", [b"", b"mine", entry(256, wide=False)[:30], b"\xff" * 100])
def test_a_damaged_database_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine").write_bytes(content)
    assert seen({"TERM": "mine", "TERMINFO": str(tmp_path)})[0] == "16"


def test_what_else_a_session_says() -> None:
    terminal = detect({"TERM": "xterm", "SSH_TTY": "/dev/pts/1"}, "UTF-8", (132, 43), None, "light-on-dark")
    assert (terminal.columns, terminal.rows, terminal.term, terminal.ssh) == (132, 43, "xterm", True)
    assert (terminal.renderer, terminal.unicode) == ("double-space", True)
    assert terminal.look("half-block") == Look("16", "half-block", "light-on-dark")
    assert detect({"TERM": "xterm"}, "UTF-8", (80, 24)).renderer == "half-block"
    assert not detect({"TERM": "xterm"}, "UTF-8", (80, 24)).ssh


def test_escape_sequences_in_names_are_shown_not_obeyed() -> None:
    terminal = detect({"TERM": "x\x1b[2J-256color", "LANG": "C.UTF-8"}, "utf-8", (80, 24))
    assert "\x1b" not in terminal.why


def test_other_choices_are_refused() -> None:
    with pytest.raises(SimtuiError, match="24, 256, 16, ascii"):
        detect({"TERM": "xterm"}, "utf-8", (80, 24), "8")
    with pytest.raises(SimtuiError, match="polarity"):
        detect({"TERM": "xterm"}, "utf-8", (80, 24), None, "sideways")


@pytest.mark.parametrize(
    ("environ", "colors", "system"),
    [
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, None, "TRUECOLOR"),
        ({"TERM": "alacritty"}, None, "EIGHT_BIT"),
        ({"TERM": "xterm-256color"}, "16", "STANDARD"),
        ({"TERM": "xterm"}, "24", "TRUECOLOR"),
        ({"TERM": "dumb"}, None, "STANDARD"),
    ],
    ids=str,
)
def test_textual_writes_the_same_colours(environ: dict[str, str], colors: str | None, system: str) -> None:
    terminal = detect({"LANG": "C.UTF-8"} | environ, "utf-8", (80, 24), colors)
    code = "from textual.app import App; print(App().console._color_system.name)"
    variables = dict(os.environ) | environ | textual_environment(terminal)
    assert subprocess.check_output([sys.executable, "-c", code], env=variables, text=True).strip() == system


def test_animations_are_off_over_ssh_alone() -> None:
    far = detect({"TERM": "xterm", "SSH_CONNECTION": "10.0.0.1 2 10.0.0.2 22"}, "utf-8", (80, 24))
    assert textual_environment(far)["TEXTUAL_ANIMATIONS"] == "none"
    assert "TEXTUAL_ANIMATIONS" not in textual_environment(detect({"TERM": "xterm"}, "utf-8", (80, 24)))


def test_the_screen_needs_a_terminal_at_both_ends() -> None:
    main, other = pty.openpty()
    with open(other, "r+b", buffering=0) as raw, io.TextIOWrapper(raw, write_through=True) as terminal:  # noqa: PTH123
        pipe = io.StringIO()
        require_tty(terminal, terminal)
        with pytest.raises(SimtuiError, match="standard input"):
            require_tty(pipe, terminal)
        with pytest.raises(SimtuiError, match="standard error output"):
            require_tty(terminal, pipe)
        pipe.close()
        with pytest.raises(SimtuiError, match="standard input"):
            require_tty(pipe, terminal)
    os.close(main)


def test_prepare_without_a_terminal_is_refused() -> None:
    code = (
        "from simtui.errors import SimtuiError\nfrom simtui.terminal.detection import prepare\n"
        "try: prepare()\nexcept SimtuiError as error: print(error)"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert "needs a terminal" in outcome.stdout


@pytest.mark.parametrize("variable", ["TEXTUAL_LOG", "TEXTUAL_SCREENSHOT_LOCATION"])
def test_no_variable_has_textual_write_a_file(tmp_path: Path, variable: str) -> None:
    saved(small_study(), tmp_path)
    elsewhere = tmp_path / "elsewhere"
    variables = {variable: str(elsewhere), "TEXTUAL_SCREENSHOT": "0", "TEXTUAL_PRESS": "q"}
    command = [*SIMTUI, "rate", "study.json", "--sessions", "sessions"]
    with TerminalSession(command, cwd=tmp_path, environment=variables) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Your participant id")
    assert not elsewhere.exists()


@pytest.mark.parametrize("command", ["rate", "kiosk"])
def test_a_name_that_is_not_utf8_is_rated_on_and_noted(tmp_path: Path, command: str) -> None:
    saved(small_study(), tmp_path)
    variables = {"TERM": os.fsdecode(b"xterm\xff")}
    argv = [*SIMTUI, command, "study.json", "--sessions", "sessions"]
    argv += ["--participant", "P1"] if command == "rate" else []
    with TerminalSession(argv, cwd=tmp_path, environment=variables) as terminal:
        if command == "kiosk":
            terminal.wait_for("Your participant id")
            terminal.send("P1")
            terminal.wait_for("P1 ")
            terminal.send("\r")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of")
    (path,) = tmp_path.glob("sessions/*/P1_run-1.json")
    assert session_file.load(path).environment.term == "xterm\\xff"
