"""The People tab: what each person's ratings say, the ceilings, every two people; and all of it within reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.reporting.blocks import Bullets, Heading
from simtui.reporting.numbers import number
from simtui.reporting.people import why_no_correlations
from simtui.reporting.text import render
from simtui.study.model import Study
from simtui.tui.analysis.people_panel import Checklist, PeoplePanel, people_blocks, shortened
from simtui.tui.analysis.rater_matrix import RaterMatrix, has_matrix, matrix
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.dialogs import keys_of
from simtui.tui.widgets.reading import Reading
from tests.analysis.reports import analyze
from tests.tui.driving import app_with, focused, on_screen, settled, terminal
from tests.tui.worlds import drawn_study, rated

NAMES = ("Ann", "Ben", "Participant01", "Participant02", "P10")


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6, digits=(3, 8, 0))


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), *NAMES)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    study = drawn_study()
    return study, rated(study, tmp_path_factory.mktemp("one"), "Ann", "Ben", "P10")


@pytest.fixture(scope="module")
def report(study: Study, folder: Path) -> Report:
    return analyze(study, collect(study, [folder]))


def rows(pilot: Pilot[Any]) -> list[str]:
    people = pilot.app.screen.query_one(Checklist)
    return [" ".join(str(option.prompt).split()) for option in people.options]


async def read_through(pilot: Pilot[Any], reading: Reading) -> str:
    """All that is on the screen while a page after the other is turned, down to the end."""
    seen = on_screen(pilot)
    while reading.scroll_offset.y < reading.max_scroll_y:
        await pilot.press("pagedown")
        await pilot.wait_for_scheduled_animations()
        await pilot.pause()
        seen += f" {on_screen(pilot)}"
    return seen


async def test_each_persons_r_stands_beside_the_name_and_goes_with_the_check(one: tuple[Study, Path]) -> None:
    study, folder = one
    whole = analyze(study, collect(study, [folder]))
    without = analyze(study, collect(study, [folder]).only(["Ben", "P10"]))

    def expected(of: Report, layer: str) -> list[str]:
        found = zip(of.participants, of.groups[0].leave_one_out_r, of.groups[0].layers[layer].individual_r, strict=True)
        return [f"[x] {name} {number(others, 2)} {number(own, 2)}" for name, others, own in found]

    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await pilot.pause()
        assert rows(pilot) == expected(whole, "fc")
        assert "r with others fc" in on_screen(pilot)
        await pilot.press("2")
        await pilot.pause()
        assert rows(pilot) == expected(whole, "conv2")
        assert "r with others conv2" in on_screen(pilot)
        await pilot.press("space")
        # At once, not when the new numbers have come.
        assert rows(pilot)[0] == "[ ] Ann – –"
        await settled(pilot)
        assert rows(pilot) == ["[ ] Ann – –", *expected(without, "conv2")]
        await pilot.press("x", "x")
        await settled(pilot)
        assert rows(pilot) == ["[ ] Ann – –", "[ ] Ben – –", "[ ] P10 – –"]


async def test_over_several_digits_it_is_the_reports_mean_and_says_so(
    study: Study, folder: Path, report: Report
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await pilot.pause()
        whole = report.overall
        assert rows(pilot) == [
            f"[x] {name} {number(others, 2)} {number(own, 2)}"
            for name, others, own in zip(
                report.participants, whole.leave_one_out_r, whole.individual_r["fc"], strict=True
            )
        ]
        assert "(Fisher z over digits)" in on_screen(pilot)


def test_names_that_begin_alike_can_be_told_apart() -> None:
    assert shortened("Ann", 5) == "Ann  "
    assert shortened("Participant01", 8) == "Parti…01"
    assert shortened("Participant02", 8) == "Parti…02"


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (132, 43)])
async def test_everything_is_reached_with_the_keys(
    study: Study, folder: Path, report: Report, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(focused(pilot), Checklist)
        await pilot.press("right")
        reading = focused(pilot)
        assert isinstance(reading, Reading)
        seen = await read_through(pilot, reading)
        for group in report.groups:
            assert f"Digit {group.digit}: 5 people, 6 pairs" in seen
            # Wherever their lines are broken.
            bounds = group.ceilings
            for value in (bounds.individual_lower, bounds.individual_upper, bounds.mean, group.another_person_r):
                assert number(value) in seen
        assert seen.count("√ICC(C,k)") >= 3
        assert "split half" in seen
        await pilot.press("tab")
        matrix = focused(pilot)
        assert isinstance(matrix, RaterMatrix)
        names: set[str] = set()
        last = ""
        while last != (last := " ".join(str(column.label).strip() for column in matrix.ordered_columns)):
            names |= set(last.split())
            await pilot.press("right")
            await pilot.pause()
            assert matrix.virtual_size.width <= matrix.size.width, "a number is cut in two"
        assert set(report.participants) <= names
        for _ in range(24):
            await pilot.press("pagedown")
        await pilot.pause()
        assert matrix.scroll_offset.y == matrix.max_scroll_y
        for _ in range(12 + reading.virtual_size.height // reading.size.height):
            await pilot.press("pageup")
        await pilot.pause()
        assert reading.scroll_offset.y == 0
        await pilot.press("tab")
        assert isinstance(focused(pilot), Checklist)
        await pilot.press("tab", "left")
        assert isinstance(focused(pilot), Checklist)


async def test_the_matrix_stands_beside_the_numbers_where_there_is_room(study: Study, folder: Path) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(132, 43)))
    async with app.run_test(size=(132, 43)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await pilot.pause()
        facts, matrix = app.screen.query_one("#people-facts"), app.screen.query_one(RaterMatrix)
        assert matrix.region.y == facts.region.y
        assert matrix.region.x >= facts.region.right
        await pilot.resize_terminal(111, 43)
        await pilot.pause()
        await pilot.pause()
        assert matrix.region.y >= facts.region.bottom


def test_the_matrix_has_the_reports_numbers(report: Report) -> None:
    _, found = matrix(report, "fc")

    assert [row[0] for row in found if not any(row[1:])] == ["digit 0", "digit 3", "digit 8"]
    group = report.groups[1]
    assert group.pairwise_r is not None
    of_digit = found[len(NAMES) + 2 :][: len(NAMES)]
    for i, row in enumerate(of_digit):
        own = group.leave_one_out_r[i], group.layers["fc"].individual_r[i]
        assert row[1:3] == [number(own[0], 2), number(own[1], 2)]
        assert row[3:] == ["" if i == j else number(r, 2) for j, r in enumerate(group.pairwise_r[i])]


def test_many_people_have_a_sentence_in_the_place_of_the_matrix(report: Report) -> None:
    crowd = msgspec.structs.replace(report, participants=tuple(f"P{i}" for i in range(24)))

    assert has_matrix(report)
    assert why_no_correlations(report) == ""
    assert not has_matrix(crowd)
    assert why_no_correlations(crowd) == (
        "A table of r between every two people is shown for up to 20; of these 24 the JSON has it "
        "(simtui analyze --json)."
    )


async def test_that_sentence_is_on_the_screen(study: Study, folder: Path, report: Report) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        panel = app.screen.query_one(PeoplePanel)
        people = tuple(f"P{i}" for i in range(24))
        whole = msgspec.structs.replace(report.overall, leave_one_out_r=(0.5,) * 24, individual_r={"fc": (0.25,) * 24})
        await pilot.press("e")
        panel.report = msgspec.structs.replace(report, participants=people, overall=whole)
        assert not panel.query_one(RaterMatrix).display
        words = panel.query_one("#no-matrix", Static)
        assert words.display
        assert "of these 24 the JSON has it" in str(words.content)
        panel.report = report
        assert panel.query_one(RaterMatrix).display
        assert not words.display


def test_one_person_is_one_person(tmp_path: Path) -> None:
    study = drawn_study(pairs=6)
    report = analyze(study, collect(study, [rated(study, tmp_path, "Ann")]))

    heading, sentences = people_blocks(report, "fc")

    assert heading == Heading("Digit 8: 1 person, 6 pairs")
    assert isinstance(sentences, Bullets)
    single, mean = sentences.items
    assert "no ceiling: Only one person has usable ratings" in single
    assert mean.endswith(": none either")
    assert not has_matrix(report)


def test_all_numbers_of_the_text_are_here_each_ceiling_beside_its_own(report: Report) -> None:
    group = report.groups[0]
    blocks = [*people_blocks(report, "fc")]
    assert isinstance(blocks[1], Bullets)
    texts, bounds = blocks[1].items, group.ceilings

    assert f"ceiling lies between {number(bounds.individual_lower)} (lower bound)" in texts[0]
    assert "√ICC" not in texts[0]
    assert f"√ICC(C,k)): {number(bounds.mean)}" in texts[1]
    assert "lower" not in texts[1]
    told = render(blocks, width=400)
    for name in ("ICC(A,1)", "ICC(A,k)", "ICC(C,1)", "ICC(C,k)", "ICC(2,1)", "ICC(2,k)", "ICC(3,1)", "ICC(3,k)"):
        assert name in told
    for key, value in msgspec.structs.asdict(group.reliability).items():
        assert key == "split_half_r" or value is None or number(value) in told


def test_the_keys_are_in_the_list() -> None:
    listed = dict(keys_of([Checklist, Reading, RaterMatrix]))

    assert ("→  Tab", "To the numbers") in listed["People"]
    assert ("↑  PgUp  ↓  PgDn  Home  End", "Scroll") in listed["Text beside a list"]
    assert ("→", "Columns to the right") in listed["People with each other"]
