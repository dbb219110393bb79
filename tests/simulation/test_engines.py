"""The same result from every engine, and nothing left behind."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.simulation.batches import BatchFile, Part, merged, parse_part, written
from simtui.simulation.engines import How, compute
from tests.conftest import REPOSITORY
from tests.simulation.work import draws, job

ALL = [draws({"scale": 2.0}, range(i, min(i + 2, 11)), 7) for i in range(0, 11, 2)]


def test_each_index_has_random_numbers_of_its_own_whatever_its_batch() -> None:
    assert [one for batch in ALL for one in batch] == draws({"scale": 2.0}, range(11), 7)
    assert len({one for batch in ALL for one in batch}) == 11


def test_one_process_two_processes_and_a_cluster_give_the_same() -> None:
    pytest.importorskip("distributed")
    assert compute(job()) == ALL
    assert compute(job(), How(workers=2)) == ALL
    assert compute(job(), How(workers=2, scheduler="local")) == ALL


def test_three_parts_are_merged_in_any_order(tmp_path: Path) -> None:
    paths = [tmp_path / f"part{number}" for number in (1, 2, 3)]
    for number, path in enumerate(paths, start=1):
        compute(job(), How(part=Part(number, 3), out=path))
    assert merged(paths[::-1]) == (job(), ALL)
    with pytest.raises(SimtuiError, match="2 of 6 batches are in none of these files, the first of them 1"):
        merged([paths[0], paths[2]])


@pytest.mark.parametrize("scheduler", [None, "local"])
def test_a_worker_that_dies_is_replaced(scheduler: str | None, tmp_path: Path) -> None:
    if scheduler is not None:
        pytest.importorskip("distributed")
    mark = tmp_path / "died"
    assert compute(job("dies_once", mark=str(mark)), How(workers=2, scheduler=scheduler)) == ALL
    assert mark.exists()


def test_a_batch_with_which_every_process_dies_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match=r"computes batch 1 of this test \(numbers 2 to 3\) dies"):
        compute(job("dies_always"), How(workers=2, out=tmp_path / "file"))
    # What was under way beside it is tried again before anybody is blamed.
    again = BatchFile(tmp_path / "file", job("dies_always"))
    again.close()
    assert 1 not in again.done
    assert all(again.done[batch] == ALL[batch] for batch in again.done)


def test_two_at_once_do_not_write_into_one_file(tmp_path: Path) -> None:
    first = BatchFile(tmp_path / "file", job())
    with pytest.raises(SimtuiError, match="is being written by another process"):
        BatchFile(tmp_path / "file", job())
    first.add(0, ALL[0])
    first.close()
    second = BatchFile(tmp_path / "file", job())
    assert second.done == {0: ALL[0]}
    second.close()


def test_a_killed_job_goes_on_where_it_was_on_another_engine(tmp_path: Path) -> None:
    path = tmp_path / "file"
    compute(job(), How(part=Part(1, 2), out=path))
    with path.open("ab") as file:
        file.write(b'{"batch":1,"resu')  # the line at which it was killed
    told: list[tuple[int, int]] = []
    found = compute(job(), How(workers=2, out=path), lambda done, total, *_: told.append((done, total)))
    assert found == ALL
    assert told == [(3, 6), (4, 6), (5, 6), (6, 6)]
    before = path.read_bytes()
    assert compute(job(), How(out=path)) == ALL
    assert path.read_bytes() == before


def test_a_file_of_another_job_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    compute(job(), How(out=path))
    before = path.read_bytes()
    with pytest.raises(SimtuiError, match="has batches of another test"):
        compute(job(scale=3.0), How(out=path))
    (tmp_path / "other").write_text("my thesis\n")
    with pytest.raises(SimtuiError, match="is not a file of batches"):
        compute(job(), How(out=tmp_path / "other"))
    assert path.read_bytes() == before
    assert (tmp_path / "other").read_text() == "my thesis\n"
    (tmp_path / "none").write_bytes(written(replace(job(), size=0), []))
    with pytest.raises(SimtuiError, match="is not a file of batches"):
        merged([tmp_path / "none"])


def test_a_file_that_names_other_code_runs_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    compute(job(), How(out=path))
    head = json.loads(path.read_bytes().splitlines()[0])
    assert head["job"]["work"] == "tests.simulation.work:draws"
    other = {**head["job"], "work": "os:system"}
    with pytest.raises(SimtuiError, match="is no work of simtui's"):
        compute(type(job())(**other))


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(SimtuiError, match="is no part of a whole"):
        parse_part(text)


def test_parts_are_written_as_people_write_them() -> None:
    assert parse_part("2/10") == Part(2, 10)


def test_processes_of_others_are_left_alone() -> None:
    other = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,), daemon=True)
    other.start()
    try:
        assert compute(job(), How(workers=2)) == ALL
        assert other.is_alive()
    finally:
        other.kill()
        other.join()


@pytest.mark.posix("processes are listed there", "/proc")
@pytest.mark.parametrize("end", ["SIGINT", "SIGKILL"])
def test_no_process_is_left_when_it_is_ended(end: str, tmp_path: Path) -> None:
    script = (
        "import signal\n"
        "from simtui.simulation.engines import How, compute\n"
        "from tests.simulation.work import job\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"    compute(job('takes_long', folder={str(tmp_path)!r}), How(workers=2))\n"
    )
    file = tmp_path.parent / f"{tmp_path.name}.py"
    file.write_text(script)
    environment: dict[str, Any] = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen([sys.executable, str(file)], env=environment, stderr=subprocess.PIPE)
    workers: list[int] = []
    while len(workers) < 2 and process.poll() is None:
        workers = [int(path.name) for path in tmp_path.iterdir()]
    process.send_signal(signal.Signals[end])
    process.wait(30)
    assert process.stderr is not None
    process.stderr.close()
    assert len(workers) == 2
    for worker in workers:
        while is_running(worker):
            pass


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
