"""`simtui kiosk` as the next person meets it: nothing of the last one, and no way out, whatever is pressed."""

from __future__ import annotations

import random
import signal
import sys
import time
from pathlib import Path

import msgspec
import pytest

from simtui.session import file as session_file
from simtui.session import model as sessions
from simtui.study import file as study_file
from tests.builders import complete_run, saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession

PAIRS = 3
PROMPT = "Your participant id"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=PAIRS), tmp_path)
    return tmp_path


def kiosk(folder: Path, *options: str) -> TerminalSession:
    return TerminalSession([*SIMTUI, "kiosk", "study.json", "--sessions", "sessions", *options], cwd=folder)


def give_id(terminal: TerminalSession, text: str) -> None:
    terminal.wait_for(PROMPT)
    terminal.send(text)
    terminal.wait_for(f"▊ {text} ")
    terminal.send("\r")


def rate(terminal: TerminalSession, numbers: range) -> None:
    for number in numbers:
        terminal.wait_for(f"Pair {number} of {PAIRS}")
        terminal.press_until(str(number), lambda text, n=number: f"Pair {n} of" not in text)  # type: ignore[misc]


def session(folder: Path, participant: str) -> sessions.Session:
    (path,) = folder.glob(f"sessions/*/{participant}_run-1.json")
    return session_file.load(path)


def stop(terminal: TerminalSession) -> None:
    terminal.kill(signal.SIGTERM)
    assert terminal.exited(2.0)
    assert terminal.status == 128 + signal.SIGTERM
    assert "Traceback" not in terminal.text


def test_one_after_another_without_a_trace_of_the_one_before(folder: Path) -> None:
    with kiosk(folder) as terminal:
        for participant in ("P01", "P02"):
            give_id(terminal, participant)
            terminal.wait_for("Enter starts")
            terminal.send("\r")
            rate(terminal, range(1, PAIRS + 1))
            text = terminal.wait_for("Thank you!")
            assert "3 of 3 answers were saved." in text
            assert "sessions" not in text
            terminal.send("\r")
            text = terminal.wait_for(PROMPT)
            assert participant not in text
        stop(terminal)
    assert session(folder, "P01").complete
    assert session(folder, "P02").complete
    assert session(folder, "P02").environment.columns == 80


def test_who_has_finished_sees_nothing_of_it(folder: Path) -> None:
    study = study_file.load(folder / "study.json")
    complete_run(study, folder / "sessions", "P01", {})
    with kiosk(folder) as terminal:
        give_id(terminal, "P01")
        text = terminal.wait_for("This id has finished the study")
        assert "P01" not in text
        assert str(PAIRS) not in text.replace("1 to 32", "")
        assert "sessions" not in text
        give_id(terminal, "P02")
        terminal.wait_for("Enter starts")
        stop(terminal)
    assert len(list(folder.glob("sessions/*/*.json"))) == 1


def test_an_interrupted_run_goes_on_and_shows_no_answer_of_before(folder: Path) -> None:
    with kiosk(folder) as terminal:
        give_id(terminal, "P01")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        rate(terminal, range(1, 3))
        terminal.press_until("q", lambda text: "Stop here?" in text)
        terminal.send("y")
        assert "2 of 3 answers were saved." in terminal.wait_for("Stopped")
        terminal.send("\r")
        give_id(terminal, "P01")
        terminal.wait_for("Go on from there?")
        terminal.send("y")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 3 of 3")
        terminal.send("\x7f\x7f")
        terminal.press_until("?", lambda text: "Any key closes this list" in text)
        terminal.press_until(" ", lambda text: "Any key closes" not in text)
        assert "Pair 3 of 3" in terminal.text
        stop(terminal)
    assert len(session(folder, "P01").trials) == 2


def test_leaving_the_welcome_frees_the_id(folder: Path) -> None:
    with kiosk(folder) as terminal:
        for _ in range(2):
            give_id(terminal, "P01")
            terminal.wait_for("Enter starts")
            terminal.send("q")
        terminal.wait_for(PROMPT)
        stop(terminal)
    assert not list(folder.glob("sessions/*/*.json"))


EVERY_CONTROL_KEY = [bytes([code]) for code in range(0x20) if code not in (0x0A, 0x0D)] + [b"\x7f"]
NASTY = [
    *EVERY_CONTROL_KEY,
    *(b"\x1b" + bytes([code]) for code in range(0x20, 0x7F) if code not in b"[]OPX^_"),
    *(b"\x1bO" + bytes([code]) for code in b"ABCDEFHPQRS"),
    *(b"\x1b[%d~" % number for number in range(1, 35)),
    *(b"\x1b[1;%d%c" % (modifier, letter) for modifier in range(2, 9) for letter in b"ABCDFHPQRS"),
    *(b"\x1b[%d;%du" % (code, modifier) for code in (3, 17, 26, 28, 27, 99, 113, 122) for modifier in (1, 5, 7)),
    b"\x1b[<0;10;10M\x1b[<0;10;10m",
    b"\x1b[M !!",
    b"\x1b[I\x1b[O",
    b"\x1b[200~../../etc/passwd\n;sh\r\x1b[201~",
    b"\x1b[200~" + b"x" * 20_000 + b"\x1b[201~",
    b"\x1b]52;c;c2g=\x07\x1b]0;sh\x07\x1bPq\x1b\\\x1b_x\x1b\\",
    b"\x1b[24;80R\x1b[?62;22c\x1b[?2026;2$y\x1b[4;600;800t\x1b[48;24;80;480;1280t",
    b"\xff\xfe\xe9\xc3(\xf0\x9f",
    b"\xe2\x80\xae\xf0\x9f\x98\x80",
    b"q",
]


def storm(terminal: TerminalSession, seed: int) -> None:
    """All of it in another order, with the window changing its size meanwhile."""
    chance = random.Random(seed)
    for number, keys in enumerate(chance.sample(NASTY, len(NASTY))):
        terminal.write(keys)
        if number % 40 == 0:
            terminal.resize(chance.randint(1, 300), chance.randint(1, 100))
        if number % 10 == 0:
            terminal.pump(0.01)
    terminal.resize(80, 24)
    terminal.write(b"\x1b[201~\x1b\\")


def give_id_after_a_storm(terminal: TerminalSession, text: str) -> None:
    """The storm may not be over: keys sent before are still being worked off, and some led somewhere."""
    end = time.monotonic() + 60
    while f"▊ {text} " not in terminal.text:
        assert time.monotonic() < end, terminal.text
        back_to_the_prompt(terminal)
        terminal.send(text)
        patience = time.monotonic() + 1.0
        while f"▊ {text} " not in terminal.text and time.monotonic() < patience:
            terminal.pump(0.05)
    terminal.send("\r")


def back_to_the_prompt(terminal: TerminalSession) -> None:
    """Leave whatever is on the screen, by the keys that everybody has, to an empty prompt."""
    ways = {
        "Stop here?": "y",
        "Go on from there?": "n",
        "Any key closes": " ",
        "Enter starts": "q",
        "Enter closes": "\r",
        "Pair": "q",
        PROMPT: "\x1b[F\x15",
    }

    def there(text: str) -> bool:
        return PROMPT in text and "1 to 32 letters" in text

    end = time.monotonic() + 60
    while not there(terminal.text):
        assert time.monotonic() < end, terminal.text
        assert not terminal.exited(0)
        before = terminal.text
        terminal.send(next((key for sign, key in ways.items() if sign in before), "q"))
        patience = time.monotonic() + 1.0
        while terminal.text == before and time.monotonic() < patience:
            terminal.pump(0.05)


def test_no_key_paste_or_resize_leads_out_of_it(folder: Path) -> None:
    with kiosk(folder) as terminal:
        terminal.wait_for(PROMPT)
        for seed in range(2):
            storm(terminal, seed)
            back_to_the_prompt(terminal)
        assert not terminal.exited(0)
        give_id_after_a_storm(terminal, "P01")
        terminal.wait_for("Enter starts")
        stop(terminal)
    assert {path.name for path in folder.iterdir()} == {"study.json", "sessions"}
    assert not list(folder.glob("sessions/*/*.json"))


def test_no_key_leads_out_of_the_rating(folder: Path) -> None:
    with kiosk(folder) as terminal:
        give_id(terminal, "P01")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 3")
        storm(terminal, 3)
        assert not terminal.exited(0)
        give_id_after_a_storm(terminal, "P02")
        terminal.wait_for("Enter starts")
        stop(terminal)


@pytest.mark.parametrize("name", ["INT", "QUIT", "TSTP", "CONT", "USR1", "USR2", "ALRM", "WINCH"])
def test_signals_change_nothing(folder: Path, name: str) -> None:
    with kiosk(folder) as terminal:
        terminal.wait_for(PROMPT)
        for _ in range(3):
            terminal.kill(getattr(signal, f"SIG{name}"))
        give_id(terminal, "P01")
        terminal.wait_for("Enter starts")
        stop(terminal)


def test_ctrl_c_while_it_starts_gives_nobody_a_shell(folder: Path) -> None:
    """In a kiosk that reads its study for as long as there is a file that says so."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "sys.argv[1:] = ['kiosk', 'study.json', '--sessions', 'sessions']\n"
        "from simtui.study import file\n"
        "load = file.load\n"
        "def slowly(path):\n"
        "    print('reading', flush=True)\n"
        "    while Path('wait').exists(): time.sleep(0.01)\n"
        "    return load(path)\n"
        "file.load = slowly\n"
        "from simtui.cli import main\n"
        "main()\n"
    )
    (folder / "wait").touch()
    with TerminalSession([sys.executable, "-c", script], cwd=folder) as terminal:
        terminal.wait_for("reading")
        terminal.send("\x03\x1c\x1a")
        terminal.wait_for("^Z")
        (folder / "wait").unlink()
        terminal.wait_for(PROMPT)
        stop(terminal)


@pytest.mark.parametrize("how", ["SIGHUP", "hang-up"])
def test_it_ends_with_its_terminal(folder: Path, how: str) -> None:
    with kiosk(folder) as terminal:
        terminal.wait_for(PROMPT)
        if how == "hang-up":
            terminal.hang_up()
        else:
            terminal.kill(signal.SIGHUP)
        assert terminal.exited(1.5)


def test_the_operator_leaves_with_a_word(folder: Path) -> None:
    with kiosk(folder, "--exit-word", "close now") as terminal:
        give_id(terminal, "close now")
        assert terminal.exited()
        assert terminal.status == 0
    with kiosk(folder, "--exit-word", " ") as terminal:
        assert terminal.exited()
        assert terminal.status == 2


@pytest.mark.parametrize("how", ["word", "TERM", "hang-up"])
def test_a_fault_of_ours_shows_nothing_and_starts_anew(folder: Path, how: str) -> None:
    """In a kiosk whose rating screen fails as soon as somebody comes to it: five times, then it stays closed."""
    script = (
        "import sys; sys.argv[1:] = ['kiosk', 'study.json', '--sessions', 'sessions', '--exit-word', 'bitte zu ä']\n"
        "from simtui.tui.participant.rating import RatingScreen\n"
        "RatingScreen.compose = lambda self: [secret for secret in [7] if 1 / 0]\n"
        "from simtui.cli import main\n"
        "main()\n"
    )
    with TerminalSession([sys.executable, "-c", script], cwd=folder) as terminal:
        for number in range(1, 6):
            give_id(terminal, f"P0{number}")
            terminal.wait_for("Enter starts")
            terminal.send("\r")
            if number < 5:
                terminal.wait_for(lambda text: PROMPT in text and "P0" not in text.replace("P07", ""))
        terminal.wait_for("The study is closed for now.")
        terminal.write(b"".join(NASTY) + b"\r exit\rbitte zu\r")
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGCONT):
            terminal.kill(number)
        terminal.pump(0.3)
        assert not terminal.exited(0)
        assert not terminal.settles(lambda text: "The study is closed for now." not in text)
        if how == "word":
            terminal.send("bitte zu öx\x7f\x7fä\r")
            assert terminal.exited()
            assert terminal.status == 2
            assert "failed 5 times within a minute" in terminal.text
        elif how == "TERM":
            stop(terminal)
        else:
            terminal.hang_up()
            assert terminal.exited(1.5)
        shown = terminal.raw.decode("utf-8", "replace")
        assert "Traceback" not in shown
        assert "ZeroDivision" not in shown
    assert (folder / "sessions" / "kiosk-faults.txt").read_text().count("ZeroDivisionError") >= 5


def test_a_disk_that_cannot_be_written_is_told_and_the_next_person_is_asked(folder: Path) -> None:
    (folder / "sessions").mkdir()
    (folder / "sessions" / study_file.load(folder / "study.json").id).write_text("a file where the folder should be")
    with kiosk(folder) as terminal:
        give_id(terminal, "P01")
        terminal.wait_for("could not be written")
        give_id(terminal, "P02")
        stop(terminal)


def test_declining_the_consent_leads_back_and_stores_no_session(tmp_path: Path) -> None:
    saved(msgspec.structs.replace(small_study(pairs=PAIRS), texts={"consent": "Read this."}), tmp_path)
    with kiosk(tmp_path) as terminal:
        give_id(terminal, "P01")
        terminal.wait_for("Read this.")
        terminal.send("n")
        terminal.wait_for("nothing was stored")
        terminal.send("\r")
        terminal.wait_for(PROMPT)
        stop(terminal)
    assert not list(tmp_path.glob("sessions/*/*.json"))


@pytest.mark.parametrize(("options", "seconds"), [((), "600.0"), (("3",), "180.0"), (("0",), "None")])
def test_the_minutes_without_a_key_are_the_operator_s_choice(
    folder: Path, options: tuple[str, ...], seconds: str
) -> None:
    """The real command up to the app, which is not opened."""
    script = (
        "import sys\n"
        "from simtui.tui.participant import kiosk\n"
        "kiosk.run_kiosk = lambda made, on_fault: print('after', made.idle_s) or 0\n"
        "from simtui.cli import main\n"
        "main()\n"
    )
    asked = ["--idle-minutes", *options] if options else []
    command = [sys.executable, "-c", script, "kiosk", "study.json", "--sessions", "sessions", *asked]
    with TerminalSession(command, cwd=folder) as terminal:
        assert terminal.exited()
        assert f"after {seconds}" in terminal.text
