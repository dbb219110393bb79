"""`simtui doctor`, on real terminals of every kind and on none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.stimuli import drawn
from simtui.terminal.image_lines import ascii_pair
from tests.benchmarks.line import Line
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession

DOCTOR = [*SIMTUI, "doctor"]


def doctor(
    folder: Path,
    *options: str,
    columns: int = 80,
    rows: int = 60,
    answers: bool = False,
    whole: str = "",
    variables: dict[str, str] | None = None,
) -> TerminalSession:
    """The command at its end, on a terminal that answers or does not."""
    argv = [*DOCTOR, *options]
    kind = Line if answers else TerminalSession
    with kind(argv, cwd=folder, columns=columns, rows=rows, environment=variables) as terminal:
        if whole:
            terminal.wait_for("keeps what is:")
            terminal.send(whole)
        assert terminal.exited(20)
        assert terminal.text
    return terminal


@pytest.mark.parametrize(
    ("variables", "colours", "advised"),
    [
        ({"COLORTERM": "truecolor"}, "24-bit: every grey exactly (COLORTERM=truecolor)", ""),
        ({}, "256 colours: 30 greys (TERM=xterm-256color)", "rate with --colors 24"),
        ({"TERM": "xterm"}, "16 colours", "rate with --colors 256"),
        ({"NO_COLOR": "1"}, "no colours", "Unset NO_COLOR"),
        ({"TERM": "linux"}, "ASCII characters (TERM=linux has few characters)", "Use a terminal in a window system"),
        ({"TERM": "dumb"}, "ASCII characters (TERM=dumb)", "or rate with --plain"),
        ({"LC_ALL": "C"}, "the locale is C, not UTF-8", "Set a UTF-8 locale, such as LANG=C.UTF-8"),
    ],
)
def test_what_the_terminal_shows_and_what_to_change(
    tmp_path: Path, variables: dict[str, str], colours: str, advised: str
) -> None:
    terminal = doctor(tmp_path, variables=variables)
    assert terminal.status == 0
    text = " ".join(terminal.text.split())
    assert "Size 80 × 60" in text or "Size 80 x 60" in text
    assert colours in text
    assert advised in text
    assert ("* " in terminal.text) == bool(advised)
    if "LC_ALL" in variables:
        assert terminal.raw.isascii()
    if variables.get("TERM") == "dumb":
        assert b"\x1b" not in terminal.raw
    assert list(tmp_path.iterdir()) == []


def test_the_round_trip_is_measured(tmp_path: Path) -> None:
    text = doctor(tmp_path, answers=True, whole="\r").text
    (line,) = (line for line in text.splitlines() if line.startswith("Answers"))
    assert line.endswith("ms (median of 9)")
    assert 0 < float(line.split()[2]) < 1000


def test_what_looks_whole_is_kept_for_this_terminal_and_used_where_people_rate(tmp_path: Path) -> None:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    shown = doctor(tmp_path, answers=True, whole="2\r", variables=home)
    assert "Kept for this terminal" in shown.text
    again = doctor(tmp_path, answers=True, whole="\r", variables=home)
    assert "a lower half block a pixel (as you chose)" in " ".join(again.text.split())
    assert "Nothing is kept" in again.text
    other = doctor(tmp_path, answers=True, whole="0\r", variables=home | {"TERM": "screen-256color"})
    assert "as you chose" not in other.text
    saved(small_study(), tmp_path)
    for options, renderer in (((), "lower-half-block"), (("--renderer", "upper"), "upper-half-block")):
        rate = [*SIMTUI, "rate", "study.json", "--participant", renderer[:5], *options]
        with TerminalSession(rate, cwd=tmp_path, environment=home) as terminal:
            terminal.wait_for("Enter starts")
            terminal.press_until("\r", lambda text: "1 of 4" in text)
            glyphs = {"▀", "▄"} & set(terminal.text)
            assert glyphs == ({"▄"} if renderer.startswith("lower") else {"▀"})
            terminal.send("q")
        (path,) = tmp_path.glob(f"sessions/*/{renderer[:5]}_run-1.json")
        assert session_file.load(path).environment.renderer == renderer


def test_spaces_need_a_larger_window_and_say_so(tmp_path: Path) -> None:
    assert "Make the window 116 × 31" in doctor(tmp_path, "--renderer", "spaces").text


def test_a_mute_terminal(tmp_path: Path) -> None:
    assert "Answers   not within 2 s" in doctor(tmp_path).text
    assert "will not be known" in " ".join(doctor(tmp_path, variables={"SSH_CONNECTION": "::1 1 ::1 22"}).text.split())


@pytest.mark.parametrize(
    ("columns", "rows", "size"),
    [(80, 60, "28 × 14 characters"), (120, 70, "56 × 28 characters"), (62, 40, "28 × 14 characters")],
)
def test_the_sample_is_as_large_as_while_rating_and_fits(tmp_path: Path, columns: int, rows: int, size: str) -> None:
    terminal = doctor(tmp_path, columns=columns, rows=rows)
    assert f"A digit   {size}" in terminal.text
    background = terminal.screen.buffer[0][0].bg
    painted = [y for y in range(rows) if terminal.screen.buffer[y][40].bg != background]
    assert len(painted) >= int(size.split(" ")[2])


def test_a_window_too_small_for_a_pair(tmp_path: Path) -> None:
    text = " ".join(doctor(tmp_path, columns=40).text.split())
    assert "Make the window 62 × 16 characters or larger" in text
    assert "while rating" not in text


def test_colours_can_be_tried(tmp_path: Path) -> None:
    terminal = doctor(tmp_path, "--colors", "24")
    assert "--colors 24" in terminal.text
    assert b"48;2;" in terminal.raw


def test_without_a_terminal_it_says_what_it_can_and_refuses(tmp_path: Path) -> None:
    done = subprocess.run(
        DOCTOR, check=False, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "the standard input is not one" in done.stderr
    assert "TERM xterm-256color" in done.stdout
    assert "simtui rate STUDY.json --plain" in done.stdout
    left, right = (tuple(map(bytes, image)) for image in drawn.load((8,), 2, seed=0).pixels[:2])
    assert "\n".join(ascii_pair(left, right)) in done.stdout
    assert "\x1b" not in done.stdout


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    # Nobody, not even root, can make files there.
    folder = "/dev/fd/sessions"
    text = " ".join(doctor(tmp_path, "--sessions", folder).text.split())
    assert f"{folder}: cannot be written" in text
    assert "Name a folder that you may write to" in text


def test_what_is_missing_for_analyses_is_told(tmp_path: Path) -> None:
    """In a process that sees no torch, as where only the rating station is installed."""
    script = (
        "import sys, pathlib, importlib.machinery as m\n"
        "find = m.PathFinder.find_spec\n"
        "m.PathFinder.find_spec = classmethod(lambda c, n, *a: None if n == 'torch' else find(n, *a))\n"
        "from simtui.terminal import doctor\n"
        "found = doctor.examine({'TERM': 'xterm'}, pathlib.Path('sessions'))\n"
        "print(dict(doctor.findings(found))['Analysis'], doctor.advice(found))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.startswith("not installed: torch [")
    assert "pip install 'simtui[analysis]'" in done.stdout
