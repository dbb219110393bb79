"""The overview of a study's runs: from the files alone, without touching them, live on a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from msgspec.structs import replace

from simtui.analysis.live import live, sentence
from simtui.analysis.results import CheckpointInfo
from simtui.analysis.similarities import Similarities
from simtui.session import file as session_file
from simtui.session.overview import Watcher
from simtui.session.overview_text import as_lines, urgent_first
from simtui.session.store import SessionStore
from tests.builders import complete_run, saved, small_study
from tests.commands import in_process
from tests.sessions import change, demanding_study, diligent, rate
from tests.terminal_session import SIMTUI, TerminalSession

STUDY = demanding_study()
NOW = datetime.now(UTC)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A study in three hands: one is through, one on the way, one said 5 to everything."""
    saved(STUDY, tmp_path)
    root = tmp_path / "sessions"
    rate(STUDY, root, "P10", answer=diligent)
    rate(STUDY, root, "P2", answer=diligent, stop_after=12)
    rate(STUDY, root, "P3", answer=lambda shown, rng: 5)
    return tmp_path


def folder(lab: Path) -> Path:
    return lab / "sessions" / STUDY.id


def table(lab: Path, now: datetime = NOW) -> list[str]:
    return as_lines(Watcher(STUDY, lab / "sessions").look(), now)


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder with its bytes and the time of its last change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_who_has_rated_how_much_and_how_well(lab: Path) -> None:
    for name in ("P2", "P3", "P10"):
        path = folder(lab) / f"{name}_run-1.json"
        change(path, lambda document: document.update(updated_at=(NOW - timedelta(minutes=5)).isoformat()))
    head, *rows, sums = table(lab)
    assert head.split("  ")[0] == "participant"
    assert [row.split()[:3] for row in rows] == [["P2", "1", "10/36"], ["P3", "1", "36/36"], ["P10", "1", "36/36"]]
    assert all("5 min ago" in row for row in rows)
    assert "in progress" in rows[0]
    main = session_file.load(folder(lab) / "P2_run-1.json").main_trials()
    assert f"{median(t.rt or 0 for t in main) / 1000:.2f} s" in rows[0]
    assert rows[1].endswith("4 of 4 catch trials failed; one value for 100%")
    assert rows[2].endswith("5 min ago")
    assert sums == f"{STUDY.id}: 3 participants, 2 complete, 1 in progress"


@pytest.mark.parametrize(
    ("updated", "shown"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=-90), "now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=400), "400 d ago"),
    ],
)
def test_the_last_activity_in_the_largest_unit_that_fits(lab: Path, updated: timedelta, shown: str) -> None:
    change(folder(lab) / "P2_run-1.json", lambda d: d.update(updated_at=(NOW - updated).isoformat()))
    assert f"  {shown}" in table(lab)[1]


def test_damaged_files_are_listed_with_the_reason(lab: Path) -> None:
    damaged = folder(lab) / "P2_run-1.json"
    damaged.write_bytes(damaged.read_bytes()[:300])
    (folder(lab) / "P4_run-1.json").symlink_to(damaged)
    (folder(lab) / "P5_run-1.json").write_text("")
    (folder(lab) / "P7").symlink_to("P7")  # to itself: only asking what it leads to is an error
    (folder(lab) / "P10_run-1.json").rename(folder(lab) / "P6_run-1.json")
    lines = table(lab)
    assert len(lines) == 8
    assert lines[2].endswith("the file name is of another run: this is P10_run-1.json")
    assert "P2_run-1.json: breaks off in the middle" in lines[3]
    assert "P4_run-1.json: a symbolic link, which is not followed" in lines[4]
    assert "P5_run-1.json: is empty" in lines[5]
    assert "P7: a symbolic link, which is not followed" in lines[6]
    assert lines[7] == f"{STUDY.id}: 2 participants, 2 complete, 4 damaged"


def test_a_folder_that_is_a_link_is_not_followed(lab: Path) -> None:
    folder(lab).rename(lab / "elsewhere")
    folder(lab).symlink_to(lab / "elsewhere")
    lines = table(lab)
    assert f"{STUDY.id}: a symbolic link, which is not followed" in lines[0]
    assert lines[1:] == [f"{STUDY.id}: 1 damaged"]


def test_a_run_of_another_file_of_the_study_is_shown_as_such(lab: Path) -> None:
    change(folder(lab) / "P3_run-1.json", lambda document: document.update(study_sha256="0" * 64))
    assert table(lab)[2].endswith("of another study file")


def test_nothing_is_written_and_nobody_is_kept_out(lab: Path) -> None:
    before = everything(lab)
    with SessionStore(lab / "sessions", STUDY.id).hold("P2"):
        assert len(table(lab)) == 5
    (folder(lab) / ".P2.lock").unlink(missing_ok=True)
    assert {name: file for name, file in everything(lab).items() if not name.endswith(".lock")} == {
        name: file for name, file in before.items() if not name.endswith(".lock")
    }


def test_only_what_has_changed_is_read_again(lab: Path) -> None:
    watcher = Watcher(STUDY, lab / "sessions")
    first = watcher.look()
    rate(STUDY, lab / "sessions", "P4", answer=diligent, stop_after=1)
    (folder(lab) / "P3_run-1.json").unlink()
    second = watcher.look()
    assert [row.participant_id for row in second.sessions] == ["P2", "P4", "P10"]
    assert second.sessions[0] is first.sessions[0]


def test_before_anybody_has_rated(tmp_path: Path) -> None:
    assert as_lines(Watcher(STUDY, tmp_path / "nowhere").look(), NOW) == [f"{STUDY.id}: nobody has rated it here yet"]


def test_json_for_programs(lab: Path) -> None:
    done = in_process.simtui(lab, "status", "study.json", "--json")
    document = json.loads(done.stdout)
    assert (document["format"], document["version"], document["study_sha256"]) == ("simtui.status", 1, STUDY.sha256)
    assert [row["participant_id"] for row in document["sessions"]] == ["P2", "P3", "P10"]
    assert document["sessions"][1]["quality"]["same"] == 1.0
    assert document["damaged"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--watch"], "--watch needs a terminal"),
    ],
)
def test_watching_is_for_terminals(lab: Path, arguments: list[str], sentence: str) -> None:
    done = in_process.simtui(lab, "status", "study.json", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_watching_follows_a_run_until_ctrl_c_and_leaves_the_screen_as_it_was(lab: Path) -> None:
    for path in folder(lab).glob("P[23]_*"):
        path.unlink()
    with TerminalSession([*SIMTUI, "status", "study.json", "--watch"], cwd=lab) as terminal:
        terminal.wait_for("1 participant, 1 complete")
        rate(STUDY, lab / "sessions", "P11", answer=diligent, stop_after=2)
        screen = terminal.wait_for("2 participants, 1 complete, 1 in progress")
        assert screen.count("participant  run") == 1
        assert "P11" in screen
        terminal.send("\x03")
        assert terminal.exited()
        assert terminal.status == 0
        assert b"\x1b[?1049h" not in terminal.raw


def test_a_table_higher_than_the_terminal_is_cut_and_says_so(lab: Path) -> None:
    study = small_study(2)
    saved(study, lab, "other.json")
    for number in range(12):
        rate(study, lab / "sessions", f"Q{number}", stop_after=1)
    with TerminalSession([*SIMTUI, "status", "other.json", "--watch"], cwd=lab, rows=10) as terminal:
        screen = terminal.wait_for("12 participants")
        assert screen.splitlines()[0].startswith("participant")
        assert "… 6 more lines, below (arrows and page keys scroll, q ends)" in screen
        terminal.press_until("\x1b[F", lambda text: "6 above, 0 below" in text and "Q11" in text)
        terminal.press_until("\x1b[5~", lambda text: "Q0 " in text)
        terminal.press_until("j", lambda text: "1 above, 5 below" in text)
        terminal.send("q")
        assert terminal.exited()
        assert terminal.status == 0
    with TerminalSession([*SIMTUI, "status", "other.json", "--watch"], cwd=lab, rows=10) as terminal:
        terminal.wait_for("12 participants")
        terminal.send("\x03")
        assert terminal.exited()


def test_a_session_is_shown_while_its_participant_is_at_it(lab: Path) -> None:
    row = Watcher(STUDY, lab / "sessions").look().sessions[0]
    stored = session_file.load(folder(lab) / "P2_run-1.json")
    assert (row.answered, row.total, row.updated_at) == (10, 36, stored.updated_at)


# ---------------------------------------------------------------- participants, codes, urgency, r


def test_who_has_not_come_and_who_was_not_expected(lab: Path) -> None:
    (lab / "people.txt").write_text("P2\nP3\nP4\nP5\n")
    told = in_process.simtui(lab, "status", "study.json", "--participants", "people.txt").stdout
    assert "Not come yet, 2 of 4: P4, P5" in told
    assert next(line for line in told.splitlines() if line.startswith("P10")).endswith(
        "not on the list of participants"
    )
    document = json.loads(
        in_process.simtui(lab, "status", "study.json", "--participants", "people.txt", "--json").stdout
    )
    assert (document["expected"], document["not_come"]) == (4, ["P4", "P5"])
    change(folder(lab) / "P3_run-1.json", lambda run: run.update(simulated=True))
    told = in_process.simtui(lab, "status", "study.json", "--participants", "people.txt").stdout
    assert "Not come yet, 3 of 4: P3, P4, P5" in told


def test_the_codes_of_those_who_are_done(lab: Path) -> None:
    told = in_process.simtui(lab, "status", "study.json", "--completion-code", "C1A2").stdout
    rows = {line.split()[0]: line for line in told.splitlines()}
    document = json.loads(in_process.simtui(lab, "status", "study.json", "--completion-code", "C1A2", "--json").stdout)
    done = {row["participant_id"]: row["completion_code"] for row in document["sessions"]}
    assert done == {
        row["participant_id"]: "C1A2" if row["status"] == "complete" else None for row in document["sessions"]
    }
    assert all(("C1A2" in rows[name]) == (code is not None) for name, code in done.items())
    assert "code" not in in_process.simtui(lab, "status", "study.json").stdout


def test_those_at_it_come_first_then_those_with_flags(lab: Path) -> None:
    overview = Watcher(STUDY, lab / "sessions").look()
    rows = overview.sessions
    old = "2026-11-23T10:00:00.000Z"
    late = replace(rows[0], participant_id="A", status="in_progress", flags=(), updated_at=NOW.isoformat())
    idle = replace(rows[0], participant_id="B", status="in_progress", flags=(), updated_at=old)
    odd = replace(rows[0], participant_id="C", status="complete", flags=("one value",), updated_at=old)
    found = urgent_first(replace(overview, sessions=(idle, odd, late)), NOW)
    assert [row.participant_id for row in found.sessions] == ["A", "C", "B"]


def test_watching_as_json_is_an_object_a_line_when_something_has_changed(lab: Path) -> None:
    with TerminalSession([*SIMTUI, "status", "study.json", "--watch", "--json"], cwd=lab, columns=5000) as terminal:
        terminal.wait_for_bytes(b"\n")
        first = json.loads(bytes(terminal.raw).splitlines()[0])
        assert [row["participant_id"] for row in first["sessions"]] == ["P2", "P3", "P10"]
        rate(STUDY, lab / "sessions", "P11", answer=diligent, stop_after=2)
        terminal.wait_for_bytes(b'"P11"')
        terminal.send("\x03")
        assert terminal.exited()


def test_r_so_far_comes_with_the_third_person_from_what_was_computed_before(tmp_path: Path) -> None:
    study = small_study(4)
    said = Similarities(
        study_sha256=study.sha256,
        checkpoint=CheckpointInfo(file="x", sha256="0", test_acc=None),
        layers={"fc": np.array([0.1, 0.2, 0.3, 0.4])},
    )
    ratings = {pair.id: place + 2 for place, pair in enumerate(study.pairs)}
    for name in ("P1", "P2"):
        complete_run(study, tmp_path, name, ratings)
    watcher = Watcher(study, tmp_path)
    watcher.look()
    assert live(study, watcher.rated, said) is None
    complete_run(study, tmp_path, "P3", ratings)
    rate(study, tmp_path, "P4", stop_after=2)
    watcher.look()
    found = live(study, watcher.rated, said)
    assert found is not None
    assert (found.participants, found.groups[0].n_pairs) == (3, 4)
    assert found.groups[0].r == pytest.approx(1.0)
    assert "r so far (fc, 3 complete runs): 1.00 (8). Do not stop because of it" in sentence(found)
