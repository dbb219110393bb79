"""Whatever text is in a file, every screen shows it, and nothing of it is obeyed: looked at in the bytes sent."""

from __future__ import annotations

import ast
import codecs
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Button

import simtui.tui
from simtui.analysis.ratings import collect
from simtui.errors import is_visible
from simtui.reporting import notes
from simtui.sentences import DEFAULT
from simtui.session import file as session_file
from simtui.study import file as study_file
from simtui.tui.dialogs import ConfirmScreen
from tests.hostile.test_visible import HOSTILE, spoilt
from tests.sessions import demanding_study, diligent, rate
from tests.terminal_session import SIMTUI, TerminalSession
from tests.tui.driving import app_with, shown

SHOWN = r"\x1b[2J"
"""How the beginning of the hostile text is seen."""

SENT = re.compile(
    r"\x1b\[[?>=<]?[0-9;:]*(?:\$p|[A-Za-z])"  # what moves, colours, asks, and switches things on and off
    r"|\x1b[78=>]|\x1b\]22;[a-z]+\x07|\x1b\]11;\?(?:\x07|\x1b\\)|[\r\n\t]"  # a place kept, the pointer, the paper
)
"""What the app may send besides text."""

FORBIDDEN = ("\x1b]0;", "\x1b]52", "\x1b]8;", "\x1b[31m\x85", "\x9b")


def assert_nothing_obeyed(terminal: TerminalSession) -> None:
    """Strict UTF-8, in it only sequences that an app sends, and all else can be seen."""
    sent = codecs.getincrementaldecoder("utf-8")().decode(bytes(terminal.raw))
    for smuggled in FORBIDDEN:
        assert smuggled not in sent
    rest = SENT.sub("", re.sub(r"\x1b[^A-Za-z]*$", "", sent))  # its end may be on its way
    hidden = {c for c in rest if not is_visible(c)}
    assert not hidden, {c: rest[max(0, rest.index(c) - 30) : rest.index(c) + 30] for c in hidden}


def says(*words: str) -> Callable[[str], bool]:
    """Whether all these words are on the screen, wherever lines break."""
    return lambda text: all(word in re.sub(r"[\s│▎▊]+", " ", text) for word in words)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A study with the hostile text behind each of its own and of all sentences, and sessions and notes with it too."""
    study_file.save(demanding_study(9, repeats=1, catch=1), tmp_path / "study.json")
    document = json.loads((tmp_path / "study.json").read_bytes())
    keys = {"yes_key": "y", "no_key": "n"}
    document |= {
        "title": "Title",
        "texts": DEFAULT | keys | {"consent": "Consent", "debrief": "Debrief", "participant_hint": "Hint"},
    }
    document["source"] |= {"note": "Note"}
    document["question_pages"] = [
        {
            "when": "before",
            "title": "Page[/x]",
            "questions": [
                {"id": "words", "kind": "text", "text": "Say[/x]"},
                {"id": "one", "kind": "choice", "text": "Which[@click=app.bell]", "options": ["[/x]", "[red"]},
            ],
        }
    ]
    (tmp_path / "study.json").write_text(json.dumps(document))
    changed = spoilt(tmp_path / "study.json", study_file.load)
    assert {"texts.yes", "texts.participant_hint", "texts.consent", "scale.low_label", "title"} <= set(changed)
    document = json.loads((tmp_path / "study.json").read_bytes())
    document["texts"] |= keys
    (tmp_path / "study.json").write_text(json.dumps(document))
    return tmp_path


def type_in(terminal: TerminalSession, text: str, seen: str) -> None:
    """Into the empty line for the id; once more where the line was not ready."""
    for _ in range(5):
        terminal.send("\x15")
        terminal.wait_for("▊ Hint")
        terminal.send(text)
        if terminal.settles(lambda text: f"▊ {seen} " in text, 4.0):
            return
    raise AssertionError(terminal.text)


def give_id(terminal: TerminalSession, text: str) -> None:
    type_in(terminal, text, text)
    terminal.send("\r")


def screen(lab: Path, *arguments: str) -> TerminalSession:
    return TerminalSession([*SIMTUI, *arguments], cwd=lab, columns=160, rows=60)


def test_the_participants_screens(lab: Path) -> None:
    study = study_file.load(lab / "study.json")
    trials = study.trials_of_run() + len(study.practice_pairs)
    with screen(lab, "rate", "study.json") as terminal:
        terminal.wait_for(says(f"Consent{SHOWN}", f"Yes{SHOWN}"))
        terminal.send("y")
        terminal.wait_for(says(f"Title{SHOWN}", f"Enter starts{SHOWN}"))
        terminal.send("\r")
        terminal.wait_for(says(f"Your participant id{SHOWN}", f"Hint{SHOWN}"))
        terminal.send("no@id\r")
        terminal.wait_for(says("cannot be a participant id", SHOWN))
        give_id(terminal, "P7")
        terminal.wait_for(says("Page[/x]", "Say[/x]", "Which[@click=app.bell]", "[/x]", "[red"))
        terminal.send("answer")
        terminal.wait_for("answer")
        terminal.send("\r")
        terminal.press_until("1", says("(*) 1 [/x]"))
        terminal.press_until("\r", says("Enter goes on", "least similar"))
        terminal.send("\r")
        terminal.wait_for(says("Practice 1 of"))
        terminal.press_until("?", says("go back one pair and answer it again" + SHOWN))
        terminal.send("?")
        terminal.press_until("q", says("Stop here?", f"Yes{SHOWN}"))
        assert_nothing_obeyed(terminal)
        terminal.send("y")
        terminal.wait_for(says(f"Stopped{SHOWN}"))
        terminal.send("\r")
        assert terminal.exited(20)
        assert terminal.status == 0
        assert_nothing_obeyed(terminal)
    with screen(lab, "rate", "study.json", "--participant", "P7") as terminal:
        terminal.wait_for(says("P7 stopped after", f"Yes{SHOWN}"))
        terminal.send("y")
        terminal.wait_for(says(f"Enter starts{SHOWN}"))
        terminal.send("\r")
        for number in range(trials):
            before = terminal.text
            terminal.press_until(str(number % 9 + 1), lambda text, before=before: text != before)  # type: ignore[misc]
            if says("The practice is over")(terminal.text) or says("short break")(terminal.text):
                terminal.send("\r")
        terminal.press_until("5", says(f"Thank you!{SHOWN}", f"Debrief{SHOWN}"))
        assert_nothing_obeyed(terminal)


def test_the_kiosk(lab: Path) -> None:
    with screen(lab, "kiosk", "study.json", "--sessions", "sessions") as terminal:
        terminal.wait_for(says(f"Your participant id{SHOWN}", f"Hint{SHOWN}"))
        # A letter without ink is what whoever types it wants.
        typed = HOSTILE.replace("\x1b", "").replace("\u3164", "")
        for sent in (typed, f"\x1b[200~{typed}\x1b[201~"):
            type_in(terminal, sent, "[2J]0;o31mgnp[/x][red]")
            terminal.send("\r")
            terminal.wait_for("▊ Hint")
        give_id(terminal, "P7")
        terminal.wait_for(says(f"Consent{SHOWN}"))
        assert_nothing_obeyed(terminal)


def test_the_analysis_and_the_notes(lab: Path) -> None:
    pytest.importorskip("torch")
    document = json.loads((lab / "study.json").read_bytes())
    del document["question_pages"]  # which these people were not asked
    (lab / "study.json").write_text(json.dumps(document))
    study = study_file.load(lab / "study.json")
    for participant in ("P1", "P2", "P3"):
        path = rate(study, lab / "sessions", participant, answer=diligent)
        spoilt(path, session_file.load if participant == "P3" else lambda path: collect(study, [path]))
    written = f"Mine {HOSTILE}\n"
    notes.write(notes.place(lab / "sessions", study.id), written)
    with screen(lab, "analyze", "study.json", "sessions", "--screen") as terminal:
        terminal.wait_for(says("r ="), 60)
        for key in "lewra":
            terminal.send(key)
            while terminal.pump(0.2):
                pass
        assert_nothing_obeyed(terminal)
        terminal.press_until("n", says("Your notes on this analysis", "Mine ␛[2J␛]0;o␇�31m"))
        terminal.press_until("\x1b", lambda text: "Your notes" not in text)
        assert_nothing_obeyed(terminal)
    assert notes.read(notes.place(lab / "sessions", study.id)) == written


def test_the_home_screen_and_its_list_of_studies(lab: Path) -> None:
    with screen(lab) as terminal:
        terminal.wait_for("Rate yourself now")
        terminal.send("o")
        terminal.wait_for(says("Which study?", f"Title{SHOWN}"))
        assert_nothing_obeyed(terminal)


@pytest.mark.parametrize("text", ["[/x]", "[@click=app.bell]Yes[/]", "[red", "\\[", "[/]"])
async def test_no_text_of_a_button_is_markup_and_no_action_writes_a_picture(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_with(lambda: ConfirmScreen(text, yes=text, no=text))
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        assert text in shown(app)
        assert [str(button.label) for button in app.screen.query(Button)] == [f"{text} (y)", f"{text} (n)"]
        await app.run_action(f"screenshot('x.svg', '{tmp_path}')")
        await app.run_action("screenshot")
        await pilot.click("#no")
    assert list(tmp_path.iterdir()) == []


def test_every_text_that_a_widget_is_given_says_whether_it_is_markup() -> None:
    """Textual takes a str for markup unless it is told not to; what is a Content or a Text is none."""
    for path in sorted(Path(simtui.tui.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            told = any(word.arg == "markup" and ast.unparse(word.value) == "False" for word in call.keywords)
            if name not in TAKE_MARKUP or told or not call.args:
                continue
            text = call.args[0]
            assert isinstance(text, ast.Constant) or ast.unparse(text).split("(")[0] in NO_MARKUP, (
                f"{path.name}, line {call.lineno}: {ast.unparse(call)}"
            )


TAKE_MARKUP = ("Static", "Label", "Button", "Option", "OptionList", "Checkbox", "RadioButton", "notify", "TabPane")
NO_MARKUP = ("Content", "Content.assemble", "Text", "TABS[name].title", "*")
