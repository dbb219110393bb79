"""A study in another language: nobody who rates it meets a letter that is not the study's.

Every sentence is replaced by its own name in Cyrillic letters, and participants, folders and studies have numbers for
names: whatever Latin letter is then on a screen, or in a line, was written into the program.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from simtui.errors import SimtuiError
from simtui.rating.environment import environment
from simtui.rating.plain import rate_plain
from simtui.rating.run import Run
from simtui.rating.texts import error_sentence
from simtui.sentences import DEFAULT
from simtui.session import file as session_file
from simtui.session.completion import Completion
from simtui.session.participants import Participants
from simtui.session.store import SessionStore
from simtui.stimuli.source import Source
from simtui.study.file import new_study
from simtui.study.model import Scale, Study
from simtui.study.questions import Question, QuestionPage
from simtui.terminal.image_lines import ascii_pair
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.flow import RatingHost, Visit
from simtui.tui.participant.kiosk import Kiosk, KioskApp, KioskHost
from simtui.tui.participant.rating import RatingScreen
from tests.builders import ENVIRONMENT, complete_run, saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession
from tests.tui.driving import painted, rate, rating_screen, shown, terminal, type_at, until

LATIN, CYRILLIC = "abcdefghijklmnopqrstuvwxyz_", "абвгдежзийклмнопрстуфхцчшщ-"
NOT_OURS = {"reason", "note", "why"}
"""Values in the words of the system or of the study: a translation leaves them out."""

UNMET = {"fault", "fault_resume", "fault_person", "fault_in_use", "saving", "kiosk_closed"}
"""Sentences for what the flow never lets happen: an error without a sentence, a run that is none to go on with (only
such are asked about), and a person's run in the hands of a robot; for what only Windows says; and for
what is shown while the app waits for the disk, or is gone."""

HOSTED = {name for name in DEFAULT if name.startswith("host_")}
"""Sentences of `simtui host`, which tests/hosting meets."""

REFUSALS = {
    errno.ENOSPC: "fault_full",
    errno.EDQUOT: "fault_quota",
    errno.EACCES: "fault_forbidden",
    errno.EROFS: "fault_read_only",
    errno.ENOENT: "fault_no_folder",
    errno.EEXIST: "fault_name_taken",
    errno.ENOTDIR: "fault_no_way",
    errno.EIO: "fault_write",
}
"""What the system may say to a write, and the sentence for it."""

YES, NO, WITHDRAW = "ж", "ъ", "ф"
KEYS = {"yes_key": YES, "no_key": NO, "withdraw_key": WITHDRAW}
WHO = "007"


def cyrillic(name: str) -> str:
    return "«" + name.translate(str.maketrans(LATIN, CYRILLIC)) + "»"


def translated(name: str) -> str:
    """The sentence's own name, and every value that it may have."""
    if name in KEYS:
        return KEYS[name]
    left_out = NOT_OURS if name != "save_failed" else set()
    values = [value for value in re.findall(r"\$(\w+)", DEFAULT[name]) if value not in left_out]
    return " ".join([cyrillic(name), *(f"${value}" for value in values)])


def study(pairs: int = 4, *, drawn: bool = True, more: Iterable[str] = (), **design: Any) -> Study:
    """Of two practice pairs and some more, every sentence of which is translated; with a consent if asked for."""
    made = small_study(pairs=pairs, practice=2)
    texts = {name: translated(name) for name in DEFAULT} | {name: cyrillic(name) for name in more}
    source = Source(name="drawn", note="drawn digits") if drawn else Source(name="files", note="given pairs")
    own = {
        "id": "8-4",
        "title": "",
        "question": "Насколько похожи?",
        "scale": Scale(low_label="мало", high_label="много"),
        "source": source,
        "texts": texts,
        "design": msgspec.structs.replace(made.design, **design),
    }
    return new_study(**{**msgspec.structs.asdict(made), **own, "sha256": ""})


@dataclass
class Reader:
    """Reads all that is shown, and notes which sentences it met."""

    met: set[str] = field(default_factory=set)

    def read(self, text: str) -> None:
        """Raises AssertionError where there is a letter of ours; names of files are no words."""
        ours = re.findall(r"[A-Za-z]+", re.sub(r"_run-\d+\.json|\.json", "", text))
        assert not ours, f"{ours} is written into the program:\n{text}"
        assert "$" not in text, f"a value is not filled in:\n{text}"
        letters = re.sub(r"[^\w«»-]+", "", text)
        self.met |= {name for name in DEFAULT if cyrillic(name) in letters}


def visible(app: SimtuiApp) -> str:
    """The cells of the screen; the picture that Textual makes of them has a title of its own."""
    text = shown(app)
    assert text.count(app.TITLE or "") == 1
    return text.replace(app.TITLE or "", "")


@dataclass
class Person:
    """At the real app, under Pilot."""

    pilot: Pilot[Any]
    reader: Reader

    async def meets(self, *names: str) -> None:
        """Wait until sentences of these names are on the screen, and read all of it."""
        app = self.pilot.app
        assert isinstance(app, SimtuiApp)
        await until(self.pilot, lambda: all(cyrillic(name) in re.sub(r"[^\w«»-]+", "", shown(app)) for name in names))
        self.reader.read(visible(app))

    async def press(self, keys: Sequence[str], *names: str) -> None:
        """Press keys, and meet what they lead to."""
        await self.pilot.press(*keys)
        if names:
            await self.meets(*names)

    async def rates(self, key: str) -> None:
        await rate(self.pilot, key)

    async def sees_a_pair(self) -> None:
        await painted(self.pilot)
        self.reader.read(visible(self.pilot.app))  # type: ignore[arg-type]

    @property
    def screen(self) -> RatingScreen:
        return rating_screen(self.pilot)


class Disk:
    """Refuses writes as the system would, with an error number; 0 for none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number = 0
        self._sync = os.fsync
        monkeypatch.setattr(os, "fsync", self._fsync)

    def _fsync(self, descriptor: int) -> None:
        if self.number:
            raise OSError(self.number, os.strerror(self.number))
        self._sync(descriptor)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("5")


def rating(made: Study, root: Path, *, known: bool = True, **where: Any) -> SimtuiApp:
    store, screen = SessionStore(root, made.id), terminal()
    visit = Visit(made, store, screen, environment(screen), store.hold(WHO) if known else None, None, **where)
    return SimtuiApp(lambda: RatingHost(visit))


def stopped(made: Study, root: Path, answers: int) -> Path:
    """An interrupted run on disk."""
    with SessionStore(root, made.id).hold(WHO) as hold:
        run = Run.begin(made, hold, ENVIRONMENT)
        for number in range(answers):
            run.answer(number + 1, str(number + 1), run.now(), run.now() + 1)
        return run.path


async def from_consent_to_stopped(root: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first visit with everything that can be refused or fail on it."""
    made = study(more=["consent"], break_every=2)
    async with rating(made, root, known=False).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("consent_question", "consent_keys")
        await person.press([NO], "consent_declined", "thanks_end")
    disk, store, app = Disk(monkeypatch), SessionStore(root, made.id), rating(made, root, known=False)
    async with app.run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("consent_question")
        await person.press([YES], "welcome_title", "welcome_task", "minute", "welcome_practice", "welcome_keys")
        await person.meets("welcome_advice", "welcome_stop", "welcome_start")
        await person.press(["enter"], "participant_prompt", "participant_hint")
        await person.press(["0", "space", "0", "enter"], "fault_id")
        await person.press(["backspace"] * 3)
        with store.hold(WHO):
            await person.press([*WHO, "enter"], "fault_busy")
        await refused_folders(person, store.folder, monkeypatch)
        await person.press(["enter"], "practice_progress")
        await person.sees_a_pair()
        await person.press(["question_mark"], "keys_rate", "keys_back", "keys_keep", "keys_help", "keys_leave")
        await person.meets("keys_close")
        await person.press(["space"])
        await person.sees_a_pair()
        await person.rates("1")
        await person.sees_a_pair()
        await person.press(["q"], "leave", "practice_apart", "yes", "no")
        await person.press([NO], "practice_progress")
        await person.press(["x"], "which_keys")
        await person.rates("2")
        await person.meets("practice_over")
        await person.press(["enter"])
        await person.sees_a_pair()
        await person.meets("main_progress")
        await failing_writes(person, disk)
        await person.rates("4")
        await person.meets("break", "break_end")
        await person.press(["enter"])
        await person.sees_a_pair()
        await pilot.resize_terminal(50, 15)
        await person.meets("too_small")
        await pilot.resize_terminal(80, 30)
        await person.sees_a_pair()
        await person.press(["q"], "leave")
        await person.press([YES], "stopped_title", "stopped_saved", "stopped_later")
    assert len(session_file.load(store.path(WHO, 1)).trials) == 4


async def refused_folders(person: Person, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the prompt, with the id typed: folders that are not written to."""
    aside = folder.rename(folder.with_name("6"))
    folder.symlink_to(aside.absolute())
    await person.press(["enter"], "fault_link")
    folder.unlink()
    mode = folder.parent.stat().st_mode
    folder.parent.chmod(0o1777)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: folder.parent.stat().st_uid + 1)
        await person.press(["enter"], "fault_drop_box")
    folder.parent.chmod(mode)
    aside.rename(folder)


async def failing_writes(person: Person, disk: Disk) -> None:
    """The same answer, refused for every reason there is a sentence for, and at last written."""
    await painted(person.pilot)
    for number, kind in REFUSALS.items():
        disk.number = number
        await person.press(["enter"] if person.screen.unsaved else ["3"], "save_failed", kind)
    disk.number = 0
    path = person.screen.run_in_progress.path
    written = path.read_bytes()
    path.unlink()
    path.write_text("somebody else's")
    await person.press(["enter"], "save_failed", "fault_changed")
    path.unlink()
    await person.press(["enter"], "main_progress")
    await until(person.pilot, lambda: not person.screen.unsaved)
    assert path.read_bytes() > written


async def going_on(root: Path, reader: Reader) -> None:
    """An interrupted run, declined, gone on with and finished; then a finished one."""
    made = study(more=["debrief"])
    path = stopped(made, root, answers=1)
    async with rating(made, root).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("resume", "practice_apart", "yes", "no")
        await person.press([NO], "resume_no", "thanks_end")
    async with rating(made, root).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("resume")
        await person.press([YES], "welcome_task", "welcome_start")
    path.unlink()
    stopped(made, root, answers=3)
    async with rating(made, root).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("resume")
        await person.press([YES], "welcome_rest", "welcome_start")
        await person.press(["enter"])
        await person.sees_a_pair()
        for key in "456":
            await person.rates(key)
        await person.meets("thanks_title", "thanks_saved", "thanks_end")
    async with rating(made, root).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("again", "yes", "no")
        await person.press([NO], "again_no", "thanks_end")


async def a_ten_and_a_scale_without_one(root: Path, reader: Reader) -> None:
    """1 and 0 in one go, and the last page before one's own result; then a scale whose keys are its numbers."""
    made = study(pairs=3)
    async with rating(made, root, result_next=True).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("welcome_start")
        await person.press(["enter"])
        await person.sees_a_pair()
        now = time.monotonic()
        type_at(person.screen, ("1", now), ("0", now + 0.03))
        await person.meets("completed")
        await person.rates("5")
        await person.meets("practice_over")
        await person.press(["enter"])
        for key in "678":
            await person.sees_a_pair()
            await person.rates(key)
        await person.meets("thanks_title", "thanks_result")
    seven = Scale(high=7, low_label="мало", high_label="много")
    made = new_study(**{**msgspec.structs.asdict(made), "scale": seven, "sha256": ""})
    async with rating(made, root / "7").run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("other_welcome_keys")
        await person.press(["enter"])
        await person.sees_a_pair()
        await person.press(["8"], "other_which_keys")
        await person.press(["question_mark"], "other_keys_rate")


async def from_home(root: Path, reader: Reader) -> None:
    """Stopped after a start at the home screen."""
    async with rating(study(), root, at_home=True).run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("welcome_start")
        await person.press(["enter"])
        await person.sees_a_pair()
        await person.press(["q"], "leave")
        await person.press([YES], "stopped_title", "home_later")


async def at_a_kiosk(root: Path, reader: Reader) -> None:
    """Ids that are refused, somebody who stops, somebody who walks away, and files that cannot be gone on with."""
    made = study()
    path = stopped(made, root, answers=3)
    kiosk = Kiosk(made, SessionStore(root, made.id), terminal(), idle_s=3600)
    app = KioskApp(kiosk)
    async with app.run_test(size=(80, 30)) as pilot:
        person = Person(pilot, reader)
        await person.meets("participant_prompt", "participant_hint")
        await person.press(["0", "space", "0", "enter"], "fault_id")
        with kiosk.store.hold(WHO):
            await person.press([*WHO, "enter"], "fault_busy")
        await person.press([*WHO, "enter"], "resume")
        await person.press([YES], "welcome_rest", "welcome_start")
        await person.press(["enter"], "main_progress")
        await person.sees_a_pair()
        await person.press(["q"], "leave")
        await person.press([YES], "stopped_title", "shared_saved", "shared_later")
        await person.press(["enter"], "participant_prompt")
        await person.press([*WHO, "enter"], "resume")
        await person.press([YES], "welcome_start")
        await person.press(["enter"], "main_progress")
        host = app.screen_stack[0]
        assert isinstance(host, KioskHost)
        host.end_sitting()  # as the timer does
        await person.meets("kiosk_idle", "participant_prompt")
        document = json.loads(path.read_text())
        strange = {"trials": [document["trials"][0] | {"pair_id": "p99"}]}
        for change, kind in (({"simulated": True}, "fault_simulated"), (strange, "fault_plan")):
            path.write_text(json.dumps(document | change))
            await person.press([*WHO, "enter"], "resume")
            await person.press([YES], "welcome_start")
            await person.press(["enter"], kind, "thanks_end")
            await person.press(["enter"], "participant_prompt")
        path.unlink()
        complete_run(made, root, WHO, {})
        await person.press([*WHO, "enter"], "kiosk_finished")
        await person.press(["7", "enter"], "id_like")
        await person.press([YES], "kiosk_finished")
        await person.press(["8", "_", "enter"], "id_stored")
        await person.press([NO], "participant_prompt")


class Lines(io.BytesIO):
    """Typed lines, of which “full” and “free” are not typed: they are what happens to the disk meanwhile."""

    def __init__(self, lines: str, disk: Disk) -> None:
        super().__init__(lines.encode())
        self._disk = disk

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        while line in (b"full\n", b"free\n"):
            self._disk.number = errno.ENOSPC if line == b"full\n" else 0
            line = super().readline(size)
        return line


def pictures(made: Study) -> set[str]:
    """The lines of every pair, which are made of letters and are not to be read."""
    return {
        line
        for pair in made.every_pair()
        for left, right in ((pair.left, pair.right), (pair.right, pair.left))
        for line in ascii_pair(made.image(left), made.image(right))
    }


def said(made: Study, root: Path, lines: Lines, *, known: bool = True) -> list[str]:
    """All that is written to somebody who answers so."""
    store, sink = SessionStore(root, made.id), io.TextIOWrapper(io.BytesIO(), "utf-8")
    try:
        rate_plain(made, store, store.hold(WHO) if known else None, lines, sink)
    except SimtuiError as error:
        sink.write(error_sentence(made, error))
    sink.flush()
    return sink.buffer.getvalue().decode().split("\n")


def in_lines(root: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    made, disk = study(16, drawn=False, more=["consent", "debrief"], break_every=2), Disk(monkeypatch)
    drawn = pictures(made)

    def read(lines: Iterable[str]) -> None:
        reader.read("\n".join(line for line in lines if line not in drawn))

    nobody = f"1\n{YES}\n0 0\n{WHO}\n"
    for lines, known in (
        ("", True),  # the input ends at the consent
        (f"{NO}\n", True),
        (nobody + "b\n99\n1\n2\n3\nb\n\n4\n\nfull\n5\nfree\n\nfull\n6\nq\nfree\n", False),
        ("free\n", True),  # the input ends at the question whether to go on
        (f"7\n{NO}\n", True),
        (f"full\n{YES}\n", True),
        (f"free\n{YES}\n6\nq\n", True),
    ):
        read(said(made, root, Lines(lines, disk), known=known))
        disk.number = 0
    SessionStore(root, made.id).path(WHO, 1).unlink()
    complete_run(made, root, WHO, {})
    read(said(made, root, Lines(f"{NO}\n", disk)))
    read(said(made, root, Lines(f"{YES}\n{YES}\n" + "5\n\n" * 25, disk)))
    assert session_file.load(SessionStore(root, made.id).path(WHO, 2)).complete


def asking() -> Study:
    """Every kind of question there is, and consent to withdraw."""
    numbers = [("1", 1, 9, True), ("2", 5, None, False), ("3", None, 5, False)]
    before = [
        *(
            Question(id=f"n{n}", kind="number", text=f"Сколько {n}?", low=low, high=high, whole=whole)
            for n, low, high, whole in numbers
        ),
        Question(id="c", kind="choice", text="Какой?", options=["левый", "правый"]),
        Question(id="y", kind="yes-no", text="Так?"),
    ]
    after = [Question(id="t", kind="text", text="Что ещё?", optional=True)]
    pages = [QuestionPage(when="before", questions=before), QuestionPage(when="after", questions=after)]
    made = study(3, more=["consent"])
    return new_study(**{**msgspec.structs.asdict(made), "question_pages": pages, "sha256": ""})


async def questions_and_withdrawal(root: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    made = asking()
    async with rating(made, root).run_test(size=(80, 40)) as pilot:
        person = Person(pilot, reader)
        await person.meets("consent_question")
        await person.press([YES], "welcome_questions")
        await person.press(["enter"], "questions_title", "questions_keys")
        await person.press(["-", "enter"], "question_no_number")
        await person.press(["backspace", *"2.5", "enter"], "question_whole")
        await person.press([*["backspace"] * 3, *"20", "enter"], "question_range")
        await person.press([*["backspace"] * 2, "2", "enter", "1", "enter"], "question_low")
        await person.press(["backspace", "6", "enter", "6", "enter"], "question_high")
        await person.press(["backspace", "1", "enter", "enter"], "question_missing")
        await person.press(["1", "enter", YES, "enter"], "questions_done", "break_end")
        await person.press(["enter"])
        await person.sees_a_pair()
        await person.press(["q"], "leave", "withdraw")
        await person.press([WITHDRAW], "withdraw_question", "yes", "no")
        await person.press([YES], "withdrawn_title", "withdrawn")
    disk, drawn = Disk(monkeypatch), pictures(made)

    def read(lines: Iterable[str]) -> None:
        reader.read("\n".join(line for line in lines if line not in drawn))

    read(said(made, root, Lines("", disk)))  # who has withdrawn
    sink = io.TextIOWrapper(io.BytesIO(), "utf-8")
    for lines in (f"{YES}\nq\n", f"{YES}\n2\n6\n1\n1\n{YES}\n" + "5\n" * 5 + "\n"):
        store = SessionStore(root / "2", made.id)
        rate_plain(made, store, store.hold(WHO), Lines(lines, disk), sink, Completion(same="1"))
    with pytest.raises(SimtuiError) as refused:
        SessionStore(root, made.id, participants=Participants({"1": None})).hold(WHO)
    sink.write(error_sentence(made, refused.value))
    sink.flush()
    read(sink.buffer.getvalue().decode().split("\n"))
    answers = f"{YES}\nb\n2\nb\n\n6\n1\n9\n1\n{YES}\n" + "5\n\n" * 4 + "5\n" + "ы" * 2001 + "\n\n"
    read(said(made, root / "1", Lines(answers, disk)))
    assert session_file.load(SessionStore(root / "1", made.id).path(WHO, 1)).complete


def through_the_commands(root: Path, reader: Reader) -> None:
    """What is said before the screen opens and after it has closed, on a real terminal."""
    saved(study(min_viewing_ms=60_000), Path())
    command = [*SIMTUI, "rate", "study.json", "--sessions", str(root), "--participant", WHO]
    with TerminalSession([*command, "--plain"], cwd=Path.cwd(), columns=50) as line:
        line.wait_for(cyrillic("plain_enter"))
        reader.read(line.text)
        line.resize(120, 30)
        line.send("\n")
        line.wait_for(cyrillic("plain_prompt"))
        line.send("5\n")
        text = line.wait_for(cyrillic("plain_too_soon"))
        assert cyrillic("plain_too_soon") in text
        reader.met.add("plain_too_soon")
    with TerminalSession(command, cwd=Path.cwd(), environment={"TERM": "dumb"}) as screen:
        screen.wait_for(lambda _: cyrillic("no_screen") in screen.raw.decode("utf-8", "replace"))
        reader.read(screen.raw.decode("utf-8", "replace").partition("\n")[0].replace("simtui:", ""))
    with TerminalSession(command, cwd=Path.cwd()) as screen:
        screen.wait_for(cyrillic("resume"))
        with TerminalSession(command, cwd=Path.cwd()) as second:
            assert second.exited()
            assert cyrillic("fault_busy") in second.text
            reader.read(second.text.replace("simtui:", ""))
        screen.send(YES)
        screen.wait_for(cyrillic("welcome_start"))
        screen.send("\r")
        screen.wait_for(cyrillic("practice_progress"))
        screen.press_until("\x03", lambda text: cyrillic("leave") in text)
        screen.send(YES)
        screen.wait_for(cyrillic("stopped_later"))
        screen.send("\r")
        assert screen.exited()
        assert cyrillic("closing") in screen.text
        reader.read(screen.text)
    (path,) = root.rglob("*_run-1.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"simulated": True}))
    with TerminalSession(command, cwd=Path.cwd()) as screen:
        screen.wait_for(cyrillic("resume"))
        screen.send(YES)
        screen.wait_for(cyrillic("welcome_start"))
        screen.send("\r")
        assert screen.exited()
        assert cyrillic("fault_simulated") in screen.text
        reader.read(screen.text.replace("simtui:", ""))


async def test_no_letter_of_ours_is_on_the_whole_way(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    await from_consent_to_stopped(root / "1", reader, monkeypatch)
    await going_on(root / "2", reader)
    await from_home(root / "3", reader)
    await a_ten_and_a_scale_without_one(root / "7", reader)
    await at_a_kiosk(root / "4", reader)
    in_lines(root / "5", reader, monkeypatch)
    through_the_commands(root / "6", reader)
    await questions_and_withdrawal(root / "9", reader, monkeypatch)
    assert set(DEFAULT) - reader.met == UNMET | set(KEYS) | HOSTED


def test_the_reader_sees_a_letter_of_ours() -> None:
    with pytest.raises(AssertionError, match=r"\['Press', 'q'\] is written into the program"):
        Reader().read("«прогрес» Press q")
