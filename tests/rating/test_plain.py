"""`simtui rate --plain`: through pipes and through a terminal that can do nothing but lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from simtui.session import file as session_file
from simtui.session import model as sessions
from simtui.stimuli import drawn
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.terminal.image_lines import PAIR_COLUMNS, PAIR_GAP, ascii_pair
from simtui.terminal.ink import FULL, INK
from tests.builders import saved, small_study
from tests.commands import in_process
from tests.terminal_session import SIMTUI, TerminalSession

PAIRS = 4
PLAIN = [*SIMTUI, "rate", "study.json", "--plain"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=PAIRS), tmp_path)
    return tmp_path


def piped(folder: Path, lines: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PLAIN, *options],
        check=False,
        input=lines,
        cwd=folder,
        env=dict(os.environ) | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def prompt(number: int) -> Callable[[str], bool]:
    """Whether the whole question about a pair is on the screen; an answer sent before could be flushed."""
    return lambda text: f"Pair {number} of {PAIRS}." in text and text.rstrip().endswith("stop):")


def only_session(folder: Path) -> sessions.Session:
    (path,) = folder.glob("sessions/*/*.json")
    return session_file.load(path)


def test_a_whole_run_through_a_pipe(folder: Path) -> None:
    done = piped(folder, "5\n10\n0\n1\n", "--participant", "P01")
    assert done.returncode == 0, done.stderr
    assert "How similar do these two images look to you?" in done.stdout
    assert "Pair 3 of 4. 1 least similar … 10 most similar. Your rating (b back, q stop):" in done.stdout
    assert "4 answers were saved to sessions/" in done.stdout
    session = only_session(folder)
    assert session.complete
    assert [t.response for t in session.trials] == [5, 10, 10, 1]
    assert [t.key for t in session.trials] == ["5", "10", "0", "1"]
    assert all(t.rt is not None and t.rt >= 0 for t in session.trials)
    assert session.environment.renderer == "plain"
    assert session.environment.polarity == ""
    assert (session.environment.columns, session.environment.textual) == (0, "")


def test_every_pair_is_printed_as_it_is_in_the_study(folder: Path) -> None:
    done = piped(folder, "5\n" * PAIRS, "--participant", "P01")
    study, session = study_file.load(folder / "study.json"), only_session(folder)
    for trial in session.trials:
        lines = ascii_pair(study.image(trial.stimulus_left), study.image(trial.stimulus_right))
        assert "\n".join(lines) in done.stdout
        assert len(lines) == 14
        assert max(map(len, lines)) <= PAIR_COLUMNS


def test_the_picture_shows_the_pixels() -> None:
    images = drawn.load((3, 8), 10, seed=1)
    found, stored = [], []
    for index in range(0, 20, 2):
        left, right = images.pixels[index], images.pixels[index + 1]
        lines = ascii_pair(tuple(bytes(row) for row in left), tuple(bytes(row) for row in right))
        rows = [line.ljust(PAIR_COLUMNS) for line in lines]
        for at, image in ((0, left), (28 + PAIR_GAP, right)):
            glyphs = [INK[c] for row in rows for c in row[at : at + 28]]
            halves = np.array([[g.upper for g in glyphs], [g.lower for g in glyphs]]).reshape(2, 14, 28)
            found.append(halves.transpose(1, 0, 2).reshape(28, 28) / FULL * 255)
            stored.append(image.astype(float))
    r = np.corrcoef(np.ravel(found), np.ravel(stored))[0, 1]
    assert r > 0.96


def test_wrong_lines_are_told_in_a_sentence_and_asked_again(folder: Path) -> None:
    wrong = ["11", "0x5", "-1", "5.5", "", "05", "٣", "\x1b[2J", "b", "9" * 5000]
    done = piped(folder, "\n".join([*wrong, "5", "5", "5", "5"]) + "\n", "--participant", "P01")
    assert done.returncode == 0
    assert done.stdout.count("is none of the numbers from 1 to 10.") == len(wrong) - 1
    assert "This is the first pair." in done.stdout
    assert "\x1b" not in done.stdout
    assert [t.response for t in only_session(folder).trials] == [5, 5, 5, 5]


def test_back_changes_an_answer_or_keeps_it(folder: Path) -> None:
    done = piped(folder, "5\n6\nb\n7\nb\n\n1\n2\n", "--participant", "P01")
    assert done.stdout.count("You answered") == 2
    trials = only_session(folder).trials
    assert [t.response for t in trials] == [5, 7, 1, 2]
    assert [[r.response for r in t.revisions] for t in trials] == [[], [6], [], []]


@pytest.mark.parametrize("last", ["", "q\n"])
def test_stopping_or_the_end_of_the_input_saves_and_the_next_call_goes_on(folder: Path, last: str) -> None:
    done = piped(folder, "5\n6\n" + last, "--participant", "P01")
    assert done.returncode == 0
    assert "2 of 4 answers were saved to sessions/" in done.stdout
    assert [t.response for t in only_session(folder).trials] == [5, 6]
    done = piped(folder, "maybe\ny\n7\n8\n", "--participant", "P01")
    assert done.stdout.count("P01 stopped after 2 of 4. Go on from there? (Yes/No):") == 2
    session = only_session(folder)
    assert [t.response for t in session.trials] == [5, 6, 7, 8]
    assert [r.environment.renderer for r in session.resumptions] == ["plain"]


def test_who_has_been_here_before_is_asked_before_anything_else(folder: Path) -> None:
    piped(folder, "5\n6\n", "--participant", "P01")
    done = piped(folder, "y\n7\n8\n", "--participant", "P01")
    assert done.stdout.startswith("P01 stopped after 2 of 4. Go on from there? (Yes/No):")
    assert "2 of 4 pairs are left" in done.stdout
    done = piped(folder, "n\n", "--participant", "P01")
    assert done.stdout.startswith("P01 has already finished this study.")
    assert done.stdout.endswith("P01 has finished this study: the answers are saved, and nothing else is to be done.\n")
    assert "How similar" not in done.stdout


def test_the_end_of_the_input_at_the_question_does_not_deny_the_answers_on_disk(folder: Path) -> None:
    piped(folder, "5\n6\n", "--participant", "P01")
    done = piped(folder, "", "--participant", "P01")
    assert done.returncode == 2
    assert "no answer was stored" not in done.stderr
    assert "the answers that P01 gave earlier are saved, and none was added" in done.stderr
    assert [t.response for t in only_session(folder).trials] == [5, 6]


def test_a_reply_that_is_neither_yes_nor_no_is_explained(folder: Path) -> None:
    piped(folder, "5\n6\n", "--participant", "P01")
    done = piped(folder, "vielleicht\nN\n", "--participant", "P01")
    assert "“vielleicht” is neither Yes nor No: type one of them, or y or n." in done.stdout
    assert "Nothing was changed: 2 of 4 answers are saved, and P01 can go on later." in done.stdout


def test_practice_is_not_counted_and_that_is_said(tmp_path: Path) -> None:
    saved(small_study(pairs=PAIRS, practice=2), tmp_path)
    done = piped(tmp_path, "5\n", "--participant", "P01")
    assert "0 of 4 answers were saved to" in done.stdout
    assert "\nPractice is not counted.\n" in done.stdout
    done = piped(tmp_path, "y\n6\n7\n", "--participant", "P01")
    assert done.stdout.startswith("Practice is not counted. P01 stopped after 0 of 4. Go on from there? (Yes/No):")
    assert "1 of 4 answers were saved to" in done.stdout
    done = piped(tmp_path, "y\n8\n9\n1\n", "--participant", "P01")
    assert "4 answers were saved to" in done.stdout


def test_a_finished_study_is_rated_again_only_if_one_wants_to(folder: Path) -> None:
    piped(folder, "5\n" * PAIRS, "--participant", "P01")
    done = piped(folder, "n\n", "--participant", "P01")
    assert done.returncode == 0
    assert "already finished" in done.stdout
    assert only_session(folder).run == 1
    piped(folder, "y\n" + "6\n" * PAIRS, "--participant", "P01")
    assert len(list(folder.glob("sessions/*/P01_run-2.json"))) == 1


def test_the_participant_is_asked_for_until_the_id_is_one(folder: Path) -> None:
    done = piped(folder, "../../etc\n\nP01\n" + "5\n" * PAIRS)
    assert done.stdout.count("cannot be a participant id") == 2
    assert only_session(folder).participant_id == "P01"


def test_no_input_at_all_stores_nothing(folder: Path) -> None:
    done = piped(folder, "")
    assert done.returncode == 2
    assert "no answer was stored" in done.stderr
    assert not list(folder.glob("sessions/*/*.json"))


def asking(study: Study) -> Study:
    texts = {"consent": "You may stop at any time.\n\n\x1b[31mNothing is kept of those who decline.", "debrief": "Ta."}
    return msgspec.structs.replace(study, texts=texts)


def test_consent_is_asked_for_and_declining_stores_nothing(tmp_path: Path) -> None:
    saved(asking(small_study(pairs=PAIRS)), tmp_path)
    done = piped(tmp_path, "n\n", "--participant", "P01")
    assert done.returncode == 0
    assert "You may stop at any time.\n\n\\x1b[31mNothing is kept" in done.stdout
    assert "nothing was stored" in done.stdout
    assert not [path for path in tmp_path.glob("sessions/**/*") if path.is_file()], "not even the id"
    done = piped(tmp_path, "y\n" + "5\n" * PAIRS, "--participant", "P01")
    assert "Ta." in done.stdout
    assert only_session(tmp_path).complete


def test_an_output_that_is_ascii_alone(folder: Path) -> None:
    done = piped(folder, "x\n" + "5\n" * PAIRS, "--participant", "P01", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert '"x" is none of the numbers' in done.stdout
    assert "1 least similar ... 10 most similar" in done.stdout


def test_a_write_that_fails_keeps_the_pair_and_enter_tries_again(folder: Path) -> None:
    """The folder becomes a file while the second answer is given."""
    script = (
        "import sys, pathlib\n"
        "from simtui.study import file as study_file\n"
        "from simtui.rating.plain import rate_plain\n"
        "from simtui.session.store import SessionStore\n"
        "made = study_file.load(pathlib.Path('study.json'))\n"
        "store = SessionStore(pathlib.Path('sessions'), made.id)\n"
        "moved = store.folder.with_name('moved')\n"
        "class Lines:\n"
        "    steps = iter([None, 'block', 'restore', None, None])\n"
        "    lines = iter([b'5\\n', b'6\\n', b'\\n', b'7\\n', b'8\\n'])\n"
        "    def isatty(self): return False\n"
        "    def readline(self, limit):\n"
        "        step = next(self.steps, None)\n"
        "        if step == 'block': store.folder.rename(moved); store.folder.write_text('')\n"
        "        if step == 'restore': store.folder.unlink(); moved.rename(store.folder)\n"
        "        return next(self.lines)\n"
        "sys.exit(rate_plain(made, store, store.hold('P01'), Lines()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "could not be written" in done.stdout
    assert "Enter goes on:" in done.stdout
    assert [t.response for t in only_session(folder).trials] == [5, 6, 7, 8]


def test_nothing_of_the_app_is_imported(folder: Path) -> None:
    script = (
        "import sys; sys.argv[1:] = ['rate', 'study.json', '--plain', '--participant', 'P01']\n"
        "from simtui.cli import main\n"
        "try: main()\n"
        "finally: print([m for m in ('textual', 'rich', 'torch', 'scipy', 'pandas') if m in sys.modules])\n"
    )
    lines = "5\n" * PAIRS
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, cwd=folder, input=lines, capture_output=True, text=True
    )
    assert done.stdout.endswith("[]\n"), done.stdout + done.stderr


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_on_a_terminal_with_typing_ahead_and_ctrl_c(folder: Path, term: str) -> None:
    with TerminalSession([*PLAIN, "--participant", "P01"], cwd=folder, environment={"TERM": term}) as terminal:
        terminal.wait_for(prompt(1))
        terminal.send("6\n7\n7\n7\n")
        terminal.wait_for(prompt(2))
        terminal.send("8\n")
        terminal.wait_for(prompt(3))
        terminal.send("\x03")
        assert terminal.exited()
        assert terminal.status == 130
        assert "2 of 4 answers were saved to" in terminal.text
        assert b"\x1b" not in terminal.raw
    session = only_session(folder)
    assert [t.response for t in session.trials] == [6, 8]
    assert (session.environment.columns, session.environment.rows, session.environment.term) == (80, 24, term)
    assert all(t.rt is not None and 0 < t.rt < 20_000 for t in session.trials)


def test_a_kill_costs_no_answer(folder: Path) -> None:
    with TerminalSession([*PLAIN, "--participant", "P01"], cwd=folder) as terminal:
        terminal.wait_for(prompt(1))
        terminal.send("6\n")
        terminal.wait_for(prompt(2))
        terminal.kill(signal.SIGKILL)
        assert terminal.exited()
    assert [t.response for t in only_session(folder).trials] == [6]


def test_a_window_too_narrow_for_a_pair_is_told(folder: Path) -> None:
    with TerminalSession([*PLAIN, "--participant", "P01"], cwd=folder, columns=50) as terminal:
        terminal.wait_for("Enter goes on:")
        assert "Pair 1 of" not in terminal.text
        terminal.resize(80, 24)
        terminal.send("\n")
        terminal.wait_for(prompt(1))


def test_what_it_wrote_is_valid(folder: Path) -> None:
    piped(folder, "10\n0\nb\n3\n1\n2\n", "--participant", "P01")
    checked = in_process.simtui(folder, "validate", "study.json", "sessions")
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout


def test_a_break_waits_for_a_line(tmp_path: Path) -> None:
    made = small_study(pairs=PAIRS)
    saved(msgspec.structs.replace(made, design=msgspec.structs.replace(made.design, break_every=2)), tmp_path)
    done = piped(tmp_path, "5\n6\n\n7\n8\n", "--participant", "P01")
    assert done.stdout.count("Time for a short break: 2 of 4 pairs are done.") == 1
    assert [t.response for t in only_session(tmp_path).trials] == [5, 6, 7, 8]
    done = piped(tmp_path, "y\n5\n6\nq\n", "--participant", "P01")
    assert "2 of 4 answers were saved" in done.stdout
