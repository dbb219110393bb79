"""analyze --exclude: a rule leaves sessions out, and says who went and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.analysis.ratings import NoSessionsError, collect
from simtui.errors import SimtuiError
from simtui.session.exclusion import parse_rule
from tests.builders import complete_run, small_study


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    study = small_study(pairs=6)
    complete_run(study, tmp_path, "varied", {f"p{n:02d}": n for n in range(1, 7)})
    complete_run(study, tmp_path, "flat", {f"p{n:02d}": 5 for n in range(1, 7)})
    return tmp_path


def test_who_goes_is_named_with_the_rule_and_the_value(sessions: Path) -> None:
    ratings = collect(small_study(pairs=6), [sessions])
    kept = ratings.excluding([parse_rule("sd=0")])
    assert kept.participants == ("varied",)
    assert kept.matrix.shape == (1, 6)
    [gone] = kept.skipped
    assert "flat_run-1.json" in gone.file
    assert gone.reason == "excluded by sd=0 (sd is 0)"


def test_no_rule_leaves_everybody(sessions: Path) -> None:
    ratings = collect(small_study(pairs=6), [sessions])
    assert ratings.excluding([]).participants == ("flat", "varied")


def test_a_rule_that_leaves_nobody_or_can_judge_nobody_is_said(sessions: Path) -> None:
    ratings = collect(small_study(pairs=6), [sessions])
    with pytest.raises(NoSessionsError, match="leave nobody"):
        ratings.excluding([parse_rule("sd<100")])
    with pytest.raises(SimtuiError, match="can judge no session"):
        ratings.excluding([parse_rule("catch<0.8")])
    with pytest.raises(SimtuiError, match="no “luck”"):
        parse_rule("luck<3")
