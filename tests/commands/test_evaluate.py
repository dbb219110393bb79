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
    answers = re.findall(r"! (\d), not (\d)|(?<= )(\d)(?= |\n)", shown.rpartition("\n\n")[0])
    assert len(answers) == 130
    assert [bool(wrong) for wrong, _, _ in answers] == [True] * 129 + [False]
    assert all(wrong != right for wrong, right, _ in answers[:129])
    assert "98.71 percent correct, 9871 of 10000" in shown


def test_wrong_needs_a_number_to_show() -> None:
    with pytest.raises(SimtuiError, match="--show"):
        evaluate("--wrong")
