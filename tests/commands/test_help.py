"""Every command's help: what a newcomer reads first."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from simtui.cli import COMMANDS, app


def command(name: str) -> click.Command:
    found = app.get_command(click.Context(app), name)
    assert found is not None
    return found


def options(name: str) -> list[Any]:
    return [option for option in command(name).params if isinstance(option, click.Option) and not option.hidden]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained_in_a_sentence(name: str) -> None:
    for option in options(name):
        told = (option.help or "").partition(" [default:")[0]
        assert told[:1].isupper(), option.name
        assert told.endswith("."), option.name


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("doctor", "download")])
def test_its_examples_can_be_typed(name: str) -> None:
    shown = CliRunner().invoke(command(name), ["--help"]).output
    examples = [line.strip() for line in shown.partition("Examples:\n")[2].splitlines()]
    assert any(line.startswith(f"simtui {name} ") for line in examples)
    known = {opt for other in COMMANDS for option in options(other) for opt in option.opts}
    assert {word for line in examples for word in line.split() if word.startswith("--")} <= known


def test_an_option_means_the_same_everywhere() -> None:
    """What several commands share they also explain alike, but where the thing itself is another."""
    told: dict[str, set[str]] = {}
    for name in COMMANDS:
        for option in options(name):
            told.setdefault(option.opts[0], set()).add(str(option.help))
    differing = {option for option, texts in told.items() if len(texts) > 1}
    assert differing <= {
        "--seed",
        "--data",
        "--checkpoint",
        "--layer",
        "--lists",
        "--out",
        "--pairs",
        "--participants",
        "--plot",
        "--r",
    }


def test_the_commands_stand_in_groups() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    titles = [line for line in shown.splitlines() if line.endswith(":") and not line.startswith((" ", "Usage"))]
    assert titles == ["Options:", "Study:", "Collect:", "Analyse:", "Networks:", "Files:", "Help:"]
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_the_british_spelling_is_the_same_command() -> None:
    assert command("analyse") is command("analyze")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["analize"], "'analyze'"),
        (["reprot", "x.json"], "'report'"),
        (["analyze", "x.json", "--layr", "fc"], "--layer"),
    ],
)
def test_what_is_mistyped_gets_the_nearest_name(typed: list[str], meant: str) -> None:
    with pytest.raises(click.UsageError) as fault:
        app.main(typed, standalone_mode=False)
    assert f"Did you mean {meant}?" in fault.value.format_message().replace("'--layer'", "--layer")


def test_what_is_like_no_command_gets_no_suggestion() -> None:
    with pytest.raises(click.UsageError) as fault:
        app.main(["xyzzy"], standalone_mode=False)
    assert "Did you mean" not in fault.value.format_message()
