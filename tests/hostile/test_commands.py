"""Hostile input through the real command: one sentence, exit code 2, in bounds, and nothing written anywhere."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from simtui.study import file as study_file
from simtui.study.model import Scale
from tests.builders import saved
from tests.hostile import corpus
from tests.hostile.limits import (
    LIMIT_MB,
    LIMIT_S,
    assert_harmless,
    assert_in_bounds,
    assert_refused,
    everything,
    simtui,
)
from tests.sessions import demanding_study, diligent, rate
from tests.terminal_session import SIMTUI, TerminalSession

STUDY = demanding_study(9, repeats=1, catch=1)
CASES = {name: data for name, data, _ in corpus.studies(study_file.encode(STUDY))}
DEAREST = ["one long text", "many keys", "nested where nobody looks", "a bomb of rows", "a huge picture file"]
"""The hostile studies that cost the most time or memory, measured over the whole corpus."""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A study, two runs of it, and a neighbour's folder."""
    folder = tmp_path / "lab"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_text("untouched")
    saved(STUDY, folder)
    for participant in ("P1", "P2"):
        rate(STUDY, folder / "sessions", participant, answer=diligent)
    return folder


@pytest.mark.parametrize("name", DEAREST)
def test_a_hostile_study_is_refused_before_anything_is_written(name: str, lab: Path) -> None:
    (lab / "hostile.json").write_bytes(CASES[name])
    before = everything(lab.parent)
    assert_refused(simtui("rate", "hostile.json", "--participant", "P3", cwd=lab))
    assert everything(lab.parent) == before


@pytest.mark.parametrize("name", ["a key twice", "escapes for an id", "UTF-16", "another version"])
def test_every_command_refuses_it_alike(name: str, lab: Path) -> None:
    (lab / "hostile.json").write_bytes(CASES[name])
    (lab / "table.csv").write_text("pair,P9\n1,2\n")
    before = everything(lab.parent)
    assert_refused(simtui("status", "hostile.json", cwd=lab))
    assert_refused(simtui("import", "hostile.json", "table.csv", cwd=lab))
    assert everything(lab.parent) == before


def test_200_megabytes_are_refused_unread(lab: Path) -> None:
    with (lab / "hostile.json").open("wb") as file:
        file.truncate(200 * 2**20)
    outcome = simtui("rate", "hostile.json", "--participant", "P3", cwd=lab)
    assert_refused(outcome)
    assert "200 MB" in outcome.err
    assert outcome.megabytes < 60


@pytest.mark.parametrize("text", ["../../elsewhere/x", "P1\x1b[2J[red]", "P" * 10_000, "", "P.1"])
def test_a_hostile_participant_is_refused(text: str, lab: Path) -> None:
    before = everything(lab.parent)
    assert_refused(simtui("rate", "study.json", "--participant", text, cwd=lab))
    assert everything(lab.parent) == before


def test_a_whole_folder_of_hostile_files_is_told_line_by_line(lab: Path) -> None:
    session = (lab / "sessions" / STUDY.id / "P1_run-1.json").read_bytes()
    folder = lab / "sessions" / STUDY.id
    hostile = [case for case in corpus.sessions(session) if len(case[1]) < 2**20]
    for number, (_, data, _) in enumerate(hostile):
        (folder / f"X{number}_run-1.json").write_bytes(data)
    (folder / "Y\x1b[2J_run-1.json").write_bytes(b"{")
    (folder / "link_run-1.json").symlink_to(lab.parent / "elsewhere" / "precious")
    before = everything(lab.parent)

    validated = simtui("validate", ".", cwd=lab)
    assert validated.code == 1
    assert validated.err == ""
    assert_harmless(validated.out)
    assert_in_bounds(validated)
    told = validated.out.splitlines()
    for number in range(len(hostile)):
        assert any(f"X{number}_run-1.json: " in line for line in told), hostile[number][0]
    assert not any(line.startswith(f"sessions/{STUDY.id}/P1_run-1.json: ") for line in told)
    assert "untouched" not in validated.out

    shown = simtui("status", "study.json", cwd=lab)
    assert shown.code == 0
    assert_harmless(shown.out)
    assert_in_bounds(shown)
    assert "2 participants, 2 complete" in shown.out.splitlines()[-1]
    assert "untouched" not in shown.out
    assert everything(lab.parent) == before


@pytest.mark.parametrize("what", ["folder", "lock", "session"])
def test_links_in_the_sessions_folder_lead_nowhere(what: str, tmp_path: Path) -> None:
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "sessions"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("untouched")
    saved(STUDY, tmp_path)
    own = root / STUDY.id
    if what == "folder":
        root.mkdir()
        own.symlink_to(elsewhere)
    else:
        own.mkdir(parents=True)
        link = own / {"lock": ".P1.lock", "session": "P1_run-1.json"}[what]
        link.symlink_to(elsewhere / "precious")
    before = everything(elsewhere)
    if what == "session":
        # Not a reason to refuse: the run gets the next free number.
        assert rate(STUDY, root, "P1", stop_after=2).name == "P1_run-2.json"
    else:
        assert_refused(simtui("rate", "study.json", "--participant", "P1", cwd=tmp_path))
    assert everything(elsewhere) == before


class Attack:
    """Pickled, it is a call to write a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, (f"import pathlib; pathlib.Path({str(self.target)!r}).write_text('owned')",))


def bare(attack: Attack) -> bytes:
    return pickle.dumps({"state_dict": attack})


def in_a_zip(attack: Attack) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"state_dict": attack}, protocol=2))
        archive.writestr("archive/version", "3\n")
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [bare, in_a_zip])
def test_a_checkpoint_that_is_a_program_is_refused_and_not_run(pack: Any, lab: Path) -> None:
    pytest.importorskip("torch")
    target = lab.parent / "elsewhere" / "owned"
    (lab / "evil.pt").write_bytes(pack(Attack(target)))
    before = everything(lab.parent)
    outcome = simtui("analyze", "study.json", "sessions", "--checkpoint", "evil.pt", cwd=lab)
    assert outcome.code == 2
    assert outcome.seconds < LIMIT_S
    assert outcome.megabytes < LIMIT_MB
    assert outcome.err.count("\n") == 1
    assert "code" in outcome.err
    assert "Traceback" not in outcome.err
    assert not target.exists()
    assert everything(lab.parent) == before
    # The attack is one: whoever unpickles it has the file.
    if pack is bare:
        pickle.loads((lab / "evil.pt").read_bytes())
        assert target.exists()


def test_escapes_and_markup_in_a_study_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    fields = {name: getattr(STUDY, name) for name in STUDY.__struct_fields__ if name != "sha256"}
    hostile = study_file.new_study(
        **fields
        | {
            "title": corpus.ESCAPES,
            "question": f"Alike? {corpus.ESCAPES}",
            "scale": Scale(low_label="[b]low[/b]\x1b[31m", high_label="[@click=app.quit]high[/]\x1b[2J"),
            "source": replace(STUDY.source, note="[link=http://x]note\x1b]0;owned\x07"),
            "texts": {"welcome_task": "$pairs ${x} $low.__class__ [/red]\x1b[2J", "participant_prompt": "[u]who\x07"},
        }
    )
    saved(hostile, tmp_path)
    with TerminalSession([*SIMTUI, "rate", "study.json"], cwd=tmp_path, columns=150, rows=50) as terminal:
        screen = terminal.wait_for("[red]bold[/red]")
        assert r"\x1b[2J" in screen
        terminal.send("\r")
        assert "[u]who" in terminal.wait_for("[u]who")
        terminal.send("../../[red]x\r")
        assert "cannot be a participant id" in terminal.wait_for("cannot be a participant id")
        terminal.send("\x7f" * 30)
        terminal.wait_for(lambda text: "such as P07   " in text)
        terminal.send("P1")
        terminal.wait_for(" P1  ")
        terminal.send("\r")
        screen = terminal.wait_for(lambda text: "Alike?" in text and "[b]low[/b]" in text)
        assert "[@click=app.quit]" in screen
        terminal.send("q")
        terminal.wait_for("Yes")
        for smuggled in (b"\x1b]0;owned", b"\x1b]52;c", b"\x1b[31mhigh", "\u202e".encode(), b"\x9b31m"):
            assert smuggled not in terminal.raw
        terminal.kill()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sessions", "study.json"]
    assert json.loads((tmp_path / "sessions" / STUDY.id / "P1_run-1.json").read_bytes())["participant_id"] == "P1"
