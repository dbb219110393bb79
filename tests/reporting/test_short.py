"""The short reading: what is read in ten seconds, in forty lines with the plot."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting.captures import disagreement, worst
from simtui.reporting.figures import marks
from simtui.reporting.numbers import interval, number
from simtui.reporting.text import SHORT, as_short_text
from tests.analysis.reports import given, imported
from tests.builders import small_study

LINE = "Correlation between net and human similarity ratings"


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 132])
@pytest.mark.parametrize("which", ["homework", "ten_digits"])
def test_forty_lines_are_enough(which: str, width: int, request: pytest.FixtureRequest) -> None:
    lines = as_short_text(request.getfixturevalue(which), width=width).splitlines()

    assert len(lines) <= SHORT
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("ids", [30, 300])
def test_forty_lines_are_enough_whatever_there_is_to_say(ten_digits: Report, ids: int) -> None:
    full = msgspec.structs.replace(
        ten_digits,
        study_title="Similarity of handwritten digits (0 and 1 and 2 and 3 and 4 and 5 and 6 and 7 and 8 and 9)",
        study_note="drawn digits, not MNIST",
        participants=tuple(f"{i:0>32}" for i in range(ids)),
        simulated=True,
        zscored=True,
        centred=True,
        groups=tuple(
            msgspec.structs.replace(group, accuracy_on_stimuli=0.5, accuracy_is_low=True) for group in ten_digits.groups
        ),
    )
    lines = as_short_text(full).splitlines()

    assert len(lines) <= SHORT
    assert f"People: {ids} participants" in lines
    assert lines[0].startswith("Study ")
    assert lines[0].endswith("…")
    assert any("reads only 50.0 %" in line for line in lines)
    assert any(line.split()[:2] == ["digit,", "pair"] for line in lines)


def test_it_has_r_and_all_that_r_is_read_against(homework: Report) -> None:
    text, group = as_short_text(homework), homework.groups[0]

    assert f"{LINE}: r = -0.171" in text.splitlines()
    assert f"95 % interval for new people and pairs {interval(group.interval('fc'))}" in flat(text)
    for mark in marks(homework, "fc", group):
        assert f"{mark.name} {number(mark.value)}" in flat(text)
    assert "Convnet vs. human similarity judgments (digit 8)" in text
    assert "network similarity (normalized)" in text
    assert "•" in text


def test_the_three_worst_pairs_each_way(homework: Report) -> None:
    lines = as_short_text(homework).splitlines()
    found = disagreement(homework.groups[0], "fc")

    top = next(i for i, line in enumerate(lines) if line.split()[:1] == ["pair"])
    assert [line.split()[0] for line in lines[top + 1 : top + 1 + len(found)]] == [ranked.id for _, ranked in found]
    assert 4 <= len(found) <= 6


def test_of_ten_digits_one_table_comes_first(ten_digits: Report) -> None:
    lines = as_short_text(ten_digits).splitlines()

    top = next(i for i, line in enumerate(lines) if line.split()[:2] == ["digit", "r"])
    rows = [line.split() for line in lines[top + 1 : top + 11]]
    assert [row[0] for row in rows] == [str(group.digit) for group in ten_digits.groups]
    assert [row[1] for row in rows] == [number(group.layers["fc"].pearson.r) for group in ten_digits.groups]
    assert any(line.startswith("Over all digits") for line in lines[:top])


def test_the_worst_pairs_of_all_digits_are_the_worst_of_all(ten_digits: Report) -> None:
    table = worst(ten_digits, "fc")

    assert table is not None
    every = [(ranked, side) for group in ten_digits.groups for side, ranked in disagreement(group, "fc")]
    for way in dict.fromkeys(row[1] for row in table.rows):
        gaps = sorted(
            (abs(each.network_rank - each.human_rank) for each, side in every if side.endswith(str(way))), reverse=True
        )
        shown = [abs(float(str(row[2])) - float(str(row[3]))) for row in table.rows if row[1] == way]
        assert shown == gaps[: len(shown)]
        assert len(shown) == min(3, len(gaps))


def test_without_r_it_says_so(tmp_path: Path) -> None:
    study = small_study(pairs=4)
    ratings = imported(study, tmp_path, {"P1": [5, 5, 5, 5]})

    text = as_short_text(build(study, ratings, given(study, fc=np.array([0.1, 0.2, 0.3, 0.4]))))

    assert f"{LINE}: there is none" in text
    assert "nan" not in text.lower()
