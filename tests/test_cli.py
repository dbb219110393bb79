"""The command line as a process: what it imports, what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.in_process import simtui

HEAVY = ("torch", "torchvision", "scipy", "pandas", "plotext")


def process(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simtui", *arguments]
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )


def modules_after(code: str, cwd: Path) -> set[str]:
    """The top-level names in sys.modules after running `code` in a fresh interpreter."""
    script = f"{code}\nimport sys; print(' '.join({{m.partition('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


def test_help_imports_nothing_heavier_than_click(tmp_path: Path) -> None:
    code = "from simtui.cli import app\napp.main(['--help'], standalone_mode=False)"
    loaded = modules_after(code, tmp_path)
    assert not loaded & {*HEAVY, "textual", "numpy", "PIL", "msgspec", "rich"}
    assert "click" in loaded


def test_the_rating_path_imports_nothing_of_the_analysis(tmp_path: Path) -> None:
    """Everything that `simtui rate` can come to use: its command, the whole flow and all of its screens."""
    names = ("commands.rate", "session.store", "rating.run", "tui.app", "tui.participant.flow", "rating.environment")
    code = "\n".join(f"import simtui.{name}" for name in names)
    assert not modules_after(code, tmp_path) & set(HEAVY)


def test_new_makes_a_study_and_says_how_to_rate_it(tmp_path: Path) -> None:
    done = process(tmp_path, "new", "study.json", "--digit", "3", "--digit", "8", "--pairs", "5")
    assert done.returncode == 0, done.stderr
    assert "10 pairs" in done.stdout
    assert "drawn digits, not MNIST" in done.stdout
    assert "simtui rate study.json" in done.stdout
    document = json.loads((tmp_path / "study.json").read_bytes())
    assert [p["digit"] for p in document["pairs"]] == [3] * 5 + [8] * 5
    assert document["source"]["note"] == "drawn digits, not MNIST"


def test_the_same_arguments_give_the_same_bytes_whatever_the_file_is_called(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        assert simtui(tmp_path, "new", name, "--pairs", "3", "--seed", "7").returncode == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_new_uses_the_real_mnist(tmp_path: Path, shared: Path) -> None:
    done = simtui(tmp_path, "new", "study.json", "--source", "mnist", "--data", str(shared / "mnist"))
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "study.json").read_bytes())
    assert document["source"]["split"] == "test"
    assert len(document["source"]["sha256"]) == 64
    assert all(name.startswith("mnist-test-") for name in document["images"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["new", "study.json", "--digit", "12"], "“12” is no digit that can be drawn"),
        (["new", "study.json", "--pairs", "6000"], "too many"),
        (["new", "study.json", "--source", "nowhere"], "neither drawn nor mnist nor a folder"),
        (["new", "study.json", "--source", "mnist", "--data", "."], "t10k-images-idx3-ubyte"),
        (["new", "none/study.json"], "could not be written"),
        (["rate", "none.json"], "There is no file none.json"),
        (["rate", "none.json", "--participant", "../x"], "There is no file none.json"),
        (["frobnicate"], "No such command"),
        (["new"], "Missing argument"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    run = process if arguments[0] == "rate" else simtui
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_existing_study_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text("mine")
    done = simtui(tmp_path, "new", "study.json")
    assert (done.returncode, (tmp_path / "study.json").read_text()) == (2, "mine")
    assert "is there already and was left alone" in done.stderr


def test_rating_without_a_terminal_is_refused(tmp_path: Path) -> None:
    assert simtui(tmp_path, "new", "study.json", "--pairs", "3").returncode == 0
    done = process(tmp_path, "rate", "study.json", "--participant", "P01")
    assert done.returncode == 2
    assert "terminal" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*_run-*.json"))


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("--question", "   ", "--question is empty"),
        ("--question", "Is it long? " * 40, "480 characters"),
        ("--title", "two\nlines", "cannot be shown"),
        ("--title", "\x1b[2J", "cannot be shown"),
    ],
)
def test_what_cannot_be_shown_beside_a_pair_is_refused(tmp_path: Path, option: str, text: str, sentence: str) -> None:
    done = simtui(tmp_path, "new", "study.json", option, text)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert sentence in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.posix("a full disk", "/dev/full")
def test_output_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    assert simtui(tmp_path, "new", "study.json", "--pairs", "3").returncode == 0
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "simtui", "validate", "study.json"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "simtui: the output could not be written: No space left on device.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "x.json", "--pairs", "0"], "Invalid value for '--pairs'"),
        (["rate"], "Missing argument 'STUDY.json'"),
        (["frobnicate"], "No such command 'frobnicate'"),
    ],
)
def test_a_mistake_in_the_command_line_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = process(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"simtui: {said}")
    assert done.stderr.count("\n") == 1
    assert "--help` tells more." in done.stderr


@pytest.mark.parametrize(("argument", "code"), [("--version", 0), ("frobnicate", 2)])
def test_a_process_with_torch_ends_like_any_other_and_takes_nothing_down(argument: str, code: int) -> None:
    script = (
        "import atexit, sys\n"
        "from simtui import cli\n"
        "class Library:\n"
        "    def __del__(self): print('taken down')\n"
        "sys.modules['torch'] = Library()\n"
        "sys.argv = ['simtui', sys.argv[1]]\n"
        "main = cli.main\n"
        "cli.main = lambda: (atexit.register(print, 'others first'), main())\n"
        "cli.run()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, argument], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("others first" in done.stdout, "taken down" in done.stdout) == (True, False)
    assert ("simtui" in done.stdout, "No such command" in done.stderr) == (code == 0, code == 2)
