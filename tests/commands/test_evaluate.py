"""`simtui evaluate`: accuracy, and digits to look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simtui.commands.evaluate import command
from simtui.errors import SimtuiError


def evaluate(*options: str) -> str:
    done = CliRunner(env={"COLUMNS": "120"}).invoke(command, [*options], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_wrong_digits_are_marked_and_stand_first_where_they_are_asked_for(shared: Path) -> None:
    weights = (
        "--data",
        str(shared / "mnist"),
        "--checkpoint",
        str(shared / "homework" / "convnet_mnist_pretrained.pt"),
    )
    shown = evaluate(*weights, "--show", "130", "--wrong")
    captions = " ".join(line for line in shown.splitlines()[:-1] if re.search(r"\d", line))
    answers = re.findall(r"! (\d), not (\d)|(\d)", captions)
    assert [bool(taken) for taken, _, _ in answers] == [True] * 129 + [False]
    assert all(taken != label for taken, label, _ in answers[:129])
    assert "98.71 percent correct, 9871 of 10000" in shown


def test_wrong_needs_a_number_to_show() -> None:
    with pytest.raises(SimtuiError, match="--show"):
        evaluate("--wrong")
