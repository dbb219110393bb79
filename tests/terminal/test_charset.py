"""What is printed where not every character can be shown: the nearest of ASCII, or an escape, and never a traceback."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from simtui.terminal.charset import safe_stream, spelled, why_ascii


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“Größe” – 1…9", '"Grosse" - 1...9'),
        ("√ICC ≥ 0.5 × 2", "sqrt ICC >= 0.5 x 2"),
        ("数", "??"),
        ("plain", "plain"),
    ],
)
def test_sentences_are_spelled_as_on_a_typewriter(text: str, plain: str) -> None:
    assert spelled(text) == plain


@pytest.mark.parametrize(
    ("environ", "encoding", "reason"),
    [
        ({"LC_ALL": "POSIX"}, "utf-8", "the locale is POSIX, not UTF-8"),
        ({"LC_ALL": "de_DE.ISO-8859-1"}, "utf-8", "the locale is de_DE.ISO-8859-1, not UTF-8"),
        # Python's own doing where nobody chose a locale.
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8", ""),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "utf-8", "the locale is C, not UTF-8"),
        ({"LANG": "de_DE.UTF-8"}, "utf-8", ""),
        ({"LANG": "de_DE.UTF-8"}, "latin-1", "the text encoding is latin-1"),
    ],
)
def test_the_locale_counts_and_not_what_python_makes_of_it(environ: dict[str, str], encoding: str, reason: str) -> None:
    assert why_ascii(environ, encoding) == reason


def on_a_terminal(folder: Path, environ: dict[str, str], *arguments: str) -> tuple[int, str]:
    """The exit code, and all that came to the terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "simtui", *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environ},
    ) as process:
        os.close(theirs)
        told = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # all who could write have gone
                break
            if not part:
                break
            told += part
    os.close(ours)
    return process.returncode, told.decode()


def test_a_terminal_of_another_locale_gets_ascii(tmp_path: Path) -> None:
    posix = {"LC_ALL": "POSIX"}
    code, told = on_a_terminal(tmp_path, posix, "new", "Größe.json", "--pairs", "2")
    assert (code, told.isascii()) == (0, True)
    assert "Rate it with: simtui rate 'Grosse.json'" in told
    assert (tmp_path / "Größe.json").is_file()
    code, told = on_a_terminal(tmp_path, posix, "rate", "“é”.json")
    assert (code, told.strip()) == (2, 'simtui: There is no file "e".json: check the path to a study file.')
    code, told = on_a_terminal(tmp_path, {}, "rate", "“é”.json")
    assert (code, told.strip()) == (2, "simtui: There is no file “é”.json: check the path to a study file.")


def test_bytes_that_are_no_characters_are_shown_as_bytes(tmp_path: Path) -> None:
    # Without UTF-8 mode the name reaches Python undecoded.
    environ = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, told = on_a_terminal(tmp_path, environ, "rate", "é.json")
    assert (code, told.strip()) == (2, "simtui: There is no file \\xc3\\xa9.json: check the path to a study file.")


def test_a_pipe_of_another_encoding_gets_escapes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simtui", "new", "“é”.json", "--pairs", "2"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"\\u201c\xe9\\u201d.json: 2 pairs")


def test_a_pipe_in_utf8_is_left_alone() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert safe_stream(stream, {"LC_ALL": "POSIX"}) is stream
    stream.write("“é”")
    stream.flush()
    assert stream.buffer.getvalue() == "“é”".encode()
