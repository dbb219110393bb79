"""The store on a real file system: whole at every moment, never over anybody's file, one writer at a time."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.store import BusyError, SessionStore
from simtui.storage.atomic import WriteFailedError
from simtui.study.model import Study
from tests.builders import ENVIRONMENT, complete_run, saved, small_study


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


def begin(study: Study, root: Path, participant: str = "P01") -> Run:
    return Run.begin(study, SessionStore(root, study.id).hold(participant), ENVIRONMENT)


def answer(run: Run, rating: int = 5) -> None:
    run.answer(rating, str(rating), run.now(), run.now() + 1)


def test_a_run_is_on_disk_with_its_whole_plan_before_the_first_trial(tmp_path: Path, study: Study) -> None:
    run = begin(study, tmp_path)
    assert run.path == tmp_path / study.id / "P01_run-1.json"
    on_disk = session_file.load(run.path)
    assert on_disk.status == "in_progress"
    assert sorted(on_disk.schedule.order) == ["p01", "p02", "p03", "p04"]
    assert on_disk.trials == []


def test_every_answer_is_on_disk_when_answer_returns(tmp_path: Path, study: Study) -> None:
    run = begin(study, tmp_path)
    for number in range(1, 5):
        answer(run, number)
        assert [t.response for t in session_file.load(run.path).trials] == list(range(1, number + 1))
    assert session_file.load(run.path).status == "complete"
    assert [p.name for p in run.path.parent.iterdir() if not p.name.endswith(".lock")] == ["P01_run-1.json"]


def test_a_session_file_is_private(tmp_path: Path, study: Study) -> None:
    assert begin(study, tmp_path).path.stat().st_mode & 0o777 == 0o600


def test_a_new_run_never_takes_the_place_of_any_file(tmp_path: Path, study: Study) -> None:
    first = complete_run(study, tmp_path, "P01", {})
    before = first.read_bytes()
    second = complete_run(study, tmp_path, "P01", {})
    assert second.name == "P01_run-2.json"
    assert first.read_bytes() == before
    garbage = first.with_name("P02_run-1.json")
    garbage.write_text("not a session")
    assert complete_run(study, tmp_path, "P02", {}).name == "P02_run-2.json"
    assert garbage.read_text() == "not a session"
    assert [r.fault[:20] != "" for r in SessionStore(tmp_path, study.id).runs("P02")] == [True, False]


def test_a_file_that_somebody_else_put_in_its_place_is_left_alone(tmp_path: Path, study: Study) -> None:
    run = begin(study, tmp_path)
    run.path.unlink()
    run.path.write_text("somebody else's")
    with pytest.raises(WriteFailedError, match="written by somebody else"):
        answer(run)
    assert run.path.read_text() == "somebody else's"
    assert run.answered == 0


def test_one_writer_at_a_time_even_between_processes(tmp_path: Path, study: Study) -> None:
    store = SessionStore(tmp_path, study.id)
    script = (
        "import sys, pathlib; from simtui.session.store import *\n"
        "try: SessionStore(pathlib.Path(sys.argv[1]), sys.argv[2]).hold('P01'); print('held')\n"
        "except BusyError: print('busy')"
    )
    command = [sys.executable, "-c", script, str(tmp_path), study.id]
    with store.hold("P01"):
        with pytest.raises(BusyError, match="being rated in another window"):
            SessionStore(tmp_path, study.id).hold("P01")
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "busy\n"
        store.hold("P02").release()
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "held\n"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "P 1", "P\x00", "\x1b[2J", "ü", "x" * 33, "P-1", "P.1"])
def test_an_id_that_a_path_or_a_terminal_could_misread_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SimtuiError, match="cannot be a participant id") as caught:
        SessionStore(tmp_path, "s").hold(name)
    assert "\x1b" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere, so there is no read-only folder for it")
def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WriteFailedError, match="may not write"):
        SessionStore(tmp_path, "s").hold("P01")


def test_a_sessions_path_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("")
    with pytest.raises(WriteFailedError, match="could not be written"):
        SessionStore(tmp_path / "sessions", "s").hold("P01")


def test_a_write_that_fails_changes_nothing_and_can_be_tried_again(tmp_path: Path, study: Study) -> None:
    """The file size limit makes the kernel refuse the write in the middle, as a full disk does."""
    run = begin(study, tmp_path)
    answer(run, 3)
    before = run.path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        with pytest.raises(WriteFailedError, match="could not be written"):
            answer(run, 4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert run.path.read_bytes() == before
    assert run.answered == 1
    answer(run, 4)
    assert [t.response for t in session_file.load(run.path).trials] == [3, 4]
    assert not list(run.path.parent.glob(".*.tmp"))


def test_a_folder_removed_under_a_run_is_made_again_with_everything_in_it(tmp_path: Path, study: Study) -> None:
    import shutil

    run = begin(study, tmp_path)
    answer(run, 3)
    shutil.rmtree(run.path.parent)
    answer(run, 4)
    assert [t.response for t in session_file.load(run.path).trials] == [3, 4]


WRITER = """
import sys
from pathlib import Path
from simtui.study import file as study_file
from simtui.rating.run import Run
from simtui.session.store import SessionStore
from tests.builders import ENVIRONMENT
study = study_file.load(Path(sys.argv[1]))
with SessionStore(Path(sys.argv[2]), study.id).hold("P01") as hold:
    run = Run.begin(study, hold, ENVIRONMENT)
    for number in range(len(run.planned)):
        run.answer(number % 10 + 1, "5", run.now(), run.now())
        print(number + 1, flush=True)
"""


def test_a_kill_at_any_moment_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    """A process that acknowledges each answer on a pipe is killed at random moments, 25 times."""
    study = small_study(pairs=40)
    path = saved(study, tmp_path)

    def attempt(number: int) -> None:
        root = tmp_path / str(number)
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(root)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged = 0
        for _ in range(random.Random(number).randrange(0, 35)):
            acknowledged = int(process.stdout.readline())
        process.kill()
        acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        process.wait()
        process.stdout.close()
        files = list(root.rglob("*.json"))
        if acknowledged == 0 and not files:
            return
        session = session_file.load(files[0])
        assert len(session.trials) >= acknowledged
        assert [t.response for t in session.trials] == [n % 10 + 1 for n in range(len(session.trials))]
        SessionStore(root, study.id).hold("P01").release()

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert len(list(pool.map(attempt, range(25)))) == 25


def test_the_permissions_of_session_files(tmp_path: Path) -> None:
    study = small_study()
    for mode in (0o600, 0o640, 0o666):
        root = tmp_path / f"{mode:o}"
        with SessionStore(root, study.id, mode).hold("P01") as hold:
            run = Run.begin(study, hold, ENVIRONMENT)
            assert run.path.stat().st_mode & 0o777 == mode
            run.answer(5, "5", run.now(), run.now() + 1)
            assert run.path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("mode", ["400", "777", "0o600", "6000", "rw", ""])
def test_permissions_that_are_none_are_refused(tmp_path: Path, mode: str) -> None:
    saved(small_study(), tmp_path)
    argv = [sys.executable, "-m", "simtui", "rate", "study.json", "--plain", "--mode", mode]
    done = subprocess.run(argv, check=False, cwd=tmp_path, input="", capture_output=True, text=True)
    assert done.returncode == 2
    assert "is not 600, 640, 660" in " ".join(done.stderr.split())
