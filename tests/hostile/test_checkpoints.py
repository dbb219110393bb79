"""Checkpoints that were made to do harm or are damaged: one sentence, before torch has unpacked anything."""

from __future__ import annotations

import hashlib
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from simtui.errors import SimtuiError
from simtui.network import checkpoint, container
from tests.hostile import checkpoints
from tests.hostile.limits import LIMIT_S, assert_harmless


@pytest.mark.parametrize(
    ("make", "sentence"), [pytest.param(make, says, id=name) for name, make, says in checkpoints.cases()]
)
def test_a_hostile_checkpoint_is_one_sentence(make: Callable[[], bytes], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    path.write_bytes(make())
    before = time.process_time()
    tracemalloc.start()
    with pytest.raises(SimtuiError) as caught:
        container.read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - before < LIMIT_S
    assert peak < 100 * 2**20
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert_harmless(str(caught.value))


@pytest.mark.parametrize("said", [2**2000, -(2**2000), 2**63, 1e308])
def test_an_accuracy_beyond_all_measure_is_unknown(said: float, tmp_path: Path) -> None:
    torch.save(checkpoints.whole(test_acc=said, training={"seed": said}), tmp_path / "net.pt")
    loaded = checkpoint.load(tmp_path / "net.pt")
    assert loaded.test_acc is None
    assert loaded.info == ({"training.seed": 1e308} if said == 1e308 else {})


def test_no_bit_of_the_weights_can_change_unseen(tmp_path: Path) -> None:
    data, path = checkpoints.saved(checkpoints.whole()), tmp_path / "net.pt"
    start = checkpoints.weights_at(data)
    for number in range(60):
        path.write_bytes(checkpoints.flipped(data, start + number * 11, number % 8))
        with pytest.raises(SimtuiError, match="damaged"):
            checkpoint.load(path)


@pytest.mark.posix("named pipes")
def test_the_hash_beside_a_checkpoint_must_be_its_own(tmp_path: Path) -> None:
    path, beside = tmp_path / "net.pt", tmp_path / "net.pt.sha256"
    data = checkpoints.saved(checkpoints.whole())
    path.write_bytes(data)
    own = hashlib.sha256(data).hexdigest()
    for text in (f"{own}  net.pt\n", f"{own.upper()} *net.pt\n", own, f"{'0' * 64}  other.pt\n{own}  net.pt\n"):
        beside.write_text(text)
        assert checkpoint.load(path).sha256 == own
    beside.write_text(f"{'0' * 64}  net.pt\n")
    with pytest.raises(SimtuiError, match=r"has the sha256 .*, and net.pt.sha256 names 0000000000000000…: copy or"):
        container.read(path)
    for text in ("", "no hash\n", f"{own}  other.pt\n"):
        beside.write_text(text)
        with pytest.raises(SimtuiError, match=r"names no sha256 of net.pt"):
            container.read(path)
    beside.unlink()
    os.mkfifo(beside)
    with pytest.raises(SimtuiError, match="is not a regular file"):
        container.read(path)
