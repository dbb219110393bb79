"""The pairs on which network and people disagree most, as images in text: read back off the characters."""

from __future__ import annotations

import re

import numpy as np
import pytest

from simtui.analysis.ratings import Ratings
from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting import html, markdown
from simtui.reporting.blocks import Images
from simtui.reporting.content import full
from simtui.reporting.pictures import drawing
from simtui.reporting.text import as_text
from simtui.stimuli import drawn
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from simtui.terminal.cells import Look
from tests.analysis.data import simulated
from tests.analysis.reports import given, imported


@pytest.fixture(scope="module")
def study() -> Study:
    return sample_study(drawn.load([8], 40, seed=2), digits=[8], pairs=16, seed=1)


@pytest.fixture(scope="module")
def ratings(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Ratings:
    _, matrix = simulated(3, 16, seed=4)
    people = {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(matrix)}
    return imported(study, tmp_path_factory.mktemp("gallery"), people)


@pytest.fixture(scope="module")
def report(study: Study, ratings: Ratings) -> Report:
    return build(study, ratings, given(study, fc=np.random.default_rng(1).random(16)))


def ink(lines: list[str]) -> np.ndarray:
    """Half blocks without colour as ink or none, two rows a line."""
    halves = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    cells = np.array([[halves[character] for character in line.ljust(60)] for line in lines])
    return cells.transpose(0, 2, 1).reshape(2 * len(lines), 60)


def test_three_pairs_of_each_direction_with_scores_ranks_and_their_images(study: Study, report: Report) -> None:
    lines = as_text(report, "fc", draw=drawing(study, None)).splitlines()
    group = report.groups[0]
    odd = group.disagreements["fc"]
    pairs = {pair.id: pair for pair in group.pairs}

    for ranked in (*odd.network_higher, *odd.people_higher):
        pair = pairs[ranked.id]
        scores = (
            f"  {pair.id}: net {pair.similarity['fc']:.2f} rank {ranked.network_rank:g}, "
            f"people {pair.human:.1f} rank {ranked.human_rank:g}"
        )
        (top,) = [i for i, line in enumerate(lines) if line == scores]
        images = study.pixels((pair.left, pair.right))
        expected = np.hstack([np.zeros((28, 2)), images[0] >= 128, np.zeros((28, 2)), images[1] >= 128])
        first = np.flatnonzero(expected.any(axis=1))[0] // 2
        shown = ink(lines[top + 1 : lines.index("", top)])
        np.testing.assert_array_equal(shown, expected[2 * first : 2 * first + len(shown)])
        assert not expected[2 * first + len(shown) :].any()
    assert sum(": net " in line for line in lines) == 6


def test_side_by_side_where_there_is_room_and_none_where_there_is_not(study: Study, report: Report) -> None:
    def captions(width: int) -> list[int]:
        lines = as_text(report, "fc", width, draw=drawing(study, None)).splitlines()
        assert max(map(len, lines)) <= max(width, 64)  # the homework's own line is never broken
        return [line.count(": net ") for line in lines if ": net " in line]

    assert captions(50) == []
    assert captions(80) == [1] * 6
    assert captions(122) == [2, 1, 2, 1]
    assert as_text(report, "fc") == as_text(report, "fc", draw=None)


def test_on_a_terminal_they_have_its_colours(study: Study, report: Report) -> None:
    look = Look("256", "half-block", "dark-on-light", own_colors=False)
    text = as_text(report, "fc", draw=drawing(study, look))

    assert "\x1b[38;5;" in text or "\x1b[48;5;" in text
    pair = report.groups[0].pairs[0]
    lines = drawing(study, look)(Images(pair.left, pair.right))
    assert len(lines) <= 14
    assert {len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines} == {58}


def test_the_markdown_has_them_in_characters_and_the_html_as_pictures_alone(
    study: Study, report: Report, ratings: Ratings
) -> None:
    blocks = full(report, study, ratings, "fc")
    text, page = markdown.render(blocks, study), html.render(blocks, study)

    fenced = re.findall(r"(?m)^```text\n(.*?)^```$", text, re.DOTALL)
    plot, *pairs = fenced
    assert "Convnet vs. human similarity judgments (digit" in plot
    assert len(pairs) == 2
    assert all(part.count(": net ") == 3 and "█" in part for part in pairs)
    assert "█" not in page
