"""A folder shared by many accounts, mode 1733: everybody can rate and go on, and nobody sees the others."""

from __future__ import annotations

import encodings.ascii  # noqa: F401  the other accounts may not be able to read the library below /root
import io
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simtui.errors import SimtuiError
from simtui.rating.plain import rate_plain
from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.study.model import Study
from tests.builders import small_study

pytestmark = pytest.mark.posix("accounts, and folders that only some may list")

PAIRS = 4
ANN, BOB = 65_533, 65_534
"""Two accounts that own nothing on this machine."""

STUDY = small_study(pairs=PAIRS)


@pytest.fixture
def root() -> Iterator[Path]:
    """A sessions folder that the other accounts can reach, which those of pytest they cannot."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be one account after another")
    folder = Path(tempfile.mkdtemp(prefix="simtui-drop-box-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def drop_box(root: Path, study: Study = STUDY) -> Path:
    folder = root / study.id
    folder.mkdir()
    folder.chmod(0o1733)
    return folder


def as_account(uid: int, root: Path, lines: str, participant: str, *, study: Study = STUDY, mode: int = 0o600) -> Any:
    """Rate under another account, in a process of its own: the exit code and output, or the error."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.umask(0o077)
            try:
                store, sink = SessionStore(root, study.id, mode), io.StringIO()
                code = rate_plain(study, store, store.hold(participant), io.BytesIO(lines.encode()), sink)
                told = {"code": code, "out": sink.getvalue(), "error": ""}
            except SimtuiError as error:
                told = {"code": 2, "out": "", "error": str(error)}
            try:
                told["listed"] = [path.name for path in (root / study.id).iterdir()]
            except OSError:
                told["listed"] = None
            os.write(writing, json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = json.loads(pipe.read())
    os.waitpid(child, 0)
    return told


def test_rating_and_going_on_under_one_s_own_account(root: Path) -> None:
    folder = drop_box(root)
    told = as_account(ANN, root, "5\n6\n", "P01")
    assert (told["code"], told["error"], told["listed"]) == (0, "", None)
    told = as_account(ANN, root, "y\n7\n8\n", "P01")
    assert "P01 stopped after 2 of 4" in told["out"]
    assert [trial.response for trial in session_file.load(folder / "P01_run-1.json").trials] == [5, 6, 7, 8]
    as_account(BOB, root, "1\n" * PAIRS, "P02")
    for name, uid in (("P01_run-1.json", ANN), ("P02_run-1.json", BOB)):
        status = (folder / name).stat()
        assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (uid, 0o600)
    assert not list(folder.glob("*.tmp"))


def test_the_id_of_another_account_is_refused_and_nothing_of_it_changes(root: Path) -> None:
    folder = drop_box(root)
    as_account(ANN, root, "5\n6\n", "P01")
    before = (folder / "P01_run-1.json").read_bytes()
    told = as_account(BOB, root, "y\n1\n1\n1\n1\n", "P01")
    assert told["code"] == 2
    assert "you may not write there" in told["error"]
    assert (folder / "P01_run-1.json").read_bytes() == before
    assert sorted(path.name for path in folder.glob("*.json")) == ["P01_run-1.json"]


def test_lists_take_turns_where_runs_cannot_be_counted(root: Path) -> None:
    design = msgspec.structs.replace(STUDY.design, lists=2)
    pairs = [msgspec.structs.replace(pair, list_index=number % 2) for number, pair in enumerate(STUDY.pairs)]
    study = msgspec.structs.replace(STUDY, design=design, pairs=pairs)
    folder = drop_box(root, study)
    for number, uid in ((1, ANN), (2, BOB)):
        told = as_account(uid, root, "5\n5\n", f"P0{number}", study=study)
        assert (told["code"], told["error"]) == (0, "")
    first, second = ({t.pair_id for t in session_file.load(p).trials} for p in sorted(folder.glob("*.json")))
    assert first.isdisjoint(second)


def test_the_owner_of_a_run_can_let_others_read_it(root: Path) -> None:
    folder = drop_box(root)
    as_account(ANN, root, "5\n", "P01", mode=0o644)
    assert stat.S_IMODE((folder / "P01_run-1.json").stat().st_mode) == 0o644


def test_an_open_folder_without_one_for_the_study_is_not_taken_over(root: Path) -> None:
    root.chmod(0o1777)
    told = as_account(ANN, root, "5\n", "P01")
    assert told["code"] == 2
    assert f"install -d -m 1733 {root / STUDY.id}" in told["error"]
    assert not list(root.iterdir())
