"""The parts of a Report as blocks: brief and full say the same of the same, and what is missing is said."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from simtui.analysis.ratings import Ratings
from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting import html, markdown
from simtui.reporting.blocks import Bullets, Facts, Gallery, Heading, Images, Paragraph, Table
from simtui.reporting.captures import captures
from simtui.reporting.content import full
from simtui.reporting.layers import layer_table, layers
from simtui.reporting.numbers import number
from simtui.reporting.pairs import MOST_BESIDE, MOST_IN_TABLE, pairs
from simtui.reporting.people import people, why_no_correlations
from simtui.reporting.provenance import about
from simtui.stimuli import drawn
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from tests.analysis.data import simulated
from tests.analysis.reports import given, imported


@pytest.fixture(scope="module")
def study() -> Study:
    return sample_study(drawn.load([8], 40, seed=2), digits=[8], pairs=16, seed=1)


@pytest.fixture(scope="module")
def ratings(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Ratings:
    _, matrix = simulated(3, 16, seed=4)
    given_by = {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(matrix)}
    return imported(study, tmp_path_factory.mktemp("parts"), given_by)


@pytest.fixture(scope="module")
def report(study: Study, ratings: Ratings) -> Report:
    random = np.random.default_rng(1)
    return build(study, ratings, given(study, fc=random.random(16), pixels=random.random(16)))


def test_the_brief_table_of_layers_is_a_part_of_the_full_one(report: Report) -> None:
    brief, full_table = (layer_table(report, report.groups[0], profile) for profile in ("brief", "full"))

    assert len(full_table.header) > len(brief.header)
    places = [full_table.header.index(name) for name in brief.header]
    assert [tuple(row[i] for i in places) for row in full_table.rows] == [*brief.rows]


def test_the_differences_in_words_and_in_the_table_are_the_same(report: Report) -> None:
    group = report.groups[0]
    _, table = layers(report, group, "pixels", "full")
    _, sentences = layers(report, group, "pixels", "brief")

    assert isinstance(table, Table)
    assert isinstance(sentences, Bullets)
    (row,) = table.rows
    assert row[0] == "pixels minus fc"
    assert any(f"r of pixels minus r of fc, for these people: {row[1]} " in sentence for sentence in sentences.items)


def test_what_is_not_known_of_people_is_a_dash_in_full_and_not_there_in_brief(tmp_path: Path, study: Study) -> None:
    alone = build(study, imported(study, tmp_path, {"P1": [1, 2, 3, 4] * 4}), given(study, fc=np.arange(16) / 20))

    full_table = next(iter(people(alone, alone.groups[0], "fc", "full")))

    assert isinstance(full_table, Table)
    assert {row[1] for row in full_table.rows} == {"–"}
    assert [*people(alone, alone.groups[0], "fc", "brief")] == []
    assert why_no_correlations(alone) == ""


@pytest.mark.parametrize(
    ("layer", "side"), [("fc", "more similar for the network"), ("pixels", "more similar for pixels")]
)
def test_where_pixels_are_held_against_people_no_network_is_named(report: Report, layer: str, side: str) -> None:
    blocks = [*captures(report, report.groups[0], layer)]
    table = next(block for block in blocks if isinstance(block, Table) and block.header[0] == "pair")
    galleries = [block for block in blocks if isinstance(block, Gallery)]

    assert [gallery.title for gallery in galleries] == [side, "more similar for people"]
    assert {f"more similar for {row[1]}" for row in table.rows} == {side, "more similar for people"}
    assert len(table.rows) == sum(len(gallery.pairs) for gallery in galleries)


def test_why_nothing_is_said_of_what_a_layer_captures(tmp_path: Path) -> None:
    study = sample_study(drawn.load([8], 20, seed=2), digits=[8], pairs=4, seed=1)
    nothing = build(
        study, imported(study, tmp_path, {"P1": [5, 5, 5, 5]}), given(study, fc=np.array([0.1, 0.2, 0.3, 0.4]))
    )

    first = next(iter(captures(nothing, nothing.groups[0], "fc")))

    assert first == Paragraph(
        "Nothing can be said of what it captures: that takes more pairs, with ratings that differ."
    )


def test_every_pair_is_in_the_table_with_its_images(report: Report) -> None:
    group = report.groups[0]
    _, table = pairs(report, group, "fc")

    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == [Images(pair.left, pair.right) for pair in group.pairs]
    header, rows = table.in_words()
    assert "images" not in header
    assert rows[0][3] == number(group.pairs[0].similarity["fc"])


def test_everybodys_own_ratings_are_beside_the_pair_or_of_many_people_in_tables_of_their_own(
    report: Report, ratings: Ratings
) -> None:
    group, given_by = report.groups[0], [[str(int(value)) for value in row] for row in ratings.matrix]
    names = tuple(f"Q{i}" for i in range(MOST_BESIDE + MOST_IN_TABLE))
    many = tuple(
        msgspec.structs.replace(pair, ratings={name: i for i, name in enumerate(names)}) for pair in group.pairs
    )

    _, table = pairs(report, group, "fc")
    _, alone, *tables = pairs(
        msgspec.structs.replace(report, participants=names), msgspec.structs.replace(group, pairs=many), "fc"
    )

    assert isinstance(table, Table)
    assert table.header[-3:] == ("P1", "P2", "P3")
    assert [list(column) for column in zip(*(row[-3:] for row in table.rows), strict=True)] == given_by
    assert isinstance(alone, Table)
    assert alone.header[-1] == "ratings"
    assert [name for each in tables if isinstance(each, Table) for name in each.header[1:]] == [*names]
    assert all(isinstance(each, Table) and len(each.rows) == len(many) for each in tables)


def test_where_it_comes_from_says_question_scale_files_and_notes_first(report: Report, study: Study) -> None:
    blocks = [*about(msgspec.structs.replace(report, notes=("Mind this.",)), study)]

    assert blocks[:2] == [Heading("Notes"), Bullets(("Mind this.",))]
    facts = next(block for block in blocks if isinstance(block, Facts))
    assert dict(facts.rows)["Question"] == study.question
    assert dict(facts.rows)["Scale"] == "1 (least similar) to 10 (most similar)"
    files = next(block for block in blocks if isinstance(block, Table))
    assert [row[1] for row in files.rows] == ["P1", "P2", "P3"]


def test_without_the_study_a_document_has_everything_but_the_images(
    report: Report, study: Study, ratings: Ratings
) -> None:
    blocks = full(report, study, ratings, "fc")

    assert "<img" in html.render(blocks, study)
    assert "<img" not in html.render(blocks)
    assert study.pairs[0].left not in markdown.render(blocks)
    assert study.pairs[0].left in markdown.render(blocks, study)
    assert "p16" in html.render(blocks)
