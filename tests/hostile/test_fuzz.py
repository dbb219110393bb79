"""The fuzzer for as long as CI can wait; see tests.hostile.fuzz for longer."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.hostile import fuzz


def test_damaged_files_are_a_sentence_or_used_without_a_fault() -> None:
    count, wrong = fuzz.files(seconds=24, seed=0)
    assert wrong == []
    assert count > 100


@pytest.mark.parametrize("command", ["rate", "kiosk"])
def test_keys_that_no_hand_would_press_end_nothing(command: str, tmp_path: Path) -> None:
    assert fuzz.keys(8, 0, command, tmp_path) == []
