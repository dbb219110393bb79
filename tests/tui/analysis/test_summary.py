"""The summary of ten seconds: in every width the words that matter most."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from rich.style import Style
from textual.geometry import Region
from textual.widgets import Static

from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.reporting.conclusion import BesidePixels, BesideUntrained, Predicts, conclude, conclusion_wordings
from simtui.study.model import Study
from simtui.tui.analysis.axis_bar import PARTS, names
from simtui.tui.analysis.headline import Headline
from simtui.tui.analysis.r_summary import RSummary
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.summary import Summary, about, brief, concluded, summarise, warned
from simtui.tui.analysis.tabs import TABS
from simtui.tui.widgets.scatter_plot import ScatterPlot
from tests.analysis.reports import analyze
from tests.tui.driving import app_with, settled, shown, terminal
from tests.tui.worlds import drawn_study, rated

STYLES = dict.fromkeys(PARTS, Style())
PEOPLE = ("Ann", "Ben", "P10")


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study()


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), *PEOPLE)


@pytest.fixture(scope="module")
def report(study: Study, folder: Path) -> Report:
    return analyze(study, collect(study, [folder]))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Report:
    study = drawn_study(pairs=6, digits=(1, 4))
    return analyze(study, collect(study, [rated(study, tmp_path_factory.mktemp("sessions"), *PEOPLE)]))


def unknown(report: Report, *shares: float) -> Report:
    """The same report of a network that knows so few images of each digit."""
    groups = [
        msgspec.structs.replace(group, accuracy_on_stimuli=share, accuracy_is_low=share < 0.95)
        for group, share in zip(report.groups, shares, strict=True)
    ]
    return msgspec.structs.replace(report, groups=tuple(groups))


def test_the_brief_summary_keeps_the_interval(report: Report) -> None:
    summary = summarise(report, "conv2")
    assert summary.ci is not None
    ends = f"{summary.ci[0]:.2f} to {summary.ci[1]:.2f}"

    r = f"r = {summary.r:.3f}"
    assert brief(summary, 110).startswith(f"correlation {r} · conv2 · 3 people · 12 pairs of digit 8 · 95 % {ends}, p ")
    assert brief(summary, 76) == f"{r} · conv2 · 3 people · 12 pairs of digit 8 · 95 % {ends}"
    assert brief(summary, 60) == f"correlation {r} ({ends}) · conv2 · 3 people"
    assert brief(summary, 44) == f"{r} ({ends}) · conv2 · 3 people"


def test_where_there_is_room_p_stands_beside_the_interval_and_then_what_the_network_knows(report: Report) -> None:
    summary = summarise(report, "fc")
    p = report.groups[0].layers["fc"].mixed.p
    assert p is not None
    assert summary.ci is not None
    interval = f"95 % interval {summary.ci[0]:.2f} to {summary.ci[1]:.2f}"
    assert f"{interval}, p = {p:.4f}" in about(summary, 90)
    assert about(summary, 160).startswith("95 % interval for new people and pairs ")
    assert about(summary, 160).endswith(" · the network reads 100.0 % rightly")
    assert about(summary, 66) == f"{interval} · {summary.about}"
    assert about(summary, 50) == f"{interval} · fc · 3 people"


def test_several_digits_have_one_r_and_no_ceiling_of_any(several: Report) -> None:
    summary = summarise(several, "fc")
    assert summary.r == several.overall.layers["fc"].r
    assert [mark.short for mark in summary.marks] == ["untrained", "pixels", "person"]
    assert names(summary, 110, STYLES).plain.endswith("ceiling: only within a digit")
    assert "ceiling" not in names(summary, 59, STYLES).plain


def test_another_person_is_held_to_the_networks_own_r_at_the_same_task(report: Report) -> None:
    same = report.overall.layers["fc"].as_another_person_r
    person = report.overall.another_person_r
    told = f"another person {person:.2f} (network {same:.2f})"
    assert told in names(summarise(report, "fc"), 110, STYLES).plain
    long, short = summarise(report, "fc").sentences
    assert short == f"How well one more person does: r = {person:.3f}, the network r = {same:.3f}."
    assert long.startswith(short[:-1])
    assert ", pixels r = " in summarise(report, "pixels").sentences[0]
    assert "(network" not in names(summarise(report, "fc"), 78, STYLES).plain


@pytest.mark.parametrize("width", [30, 40, 60, 78, 200])
def test_a_network_that_does_not_know_the_images_is_a_warning_in_every_width(
    report: Report, several: Report, width: int
) -> None:
    one = summarise(unknown(report, 0.92), "fc")
    assert "reads only 92.0 %" in warned(one, width)
    if width >= 88:
        told = "! The network reads only 92.0 % of these images rightly: r may be about their format."
        assert warned(one, width) == told
        assert "reads" not in about(one, width)
    two = summarise(unknown(several, 0.5, 0.92), "fc")
    assert "reads only 50.0 to 92.0 %" in warned(two, width)
    assert "reads only 92.0 % of the images of digit 4" in warned(summarise(unknown(several, 0.99, 0.92), "fc"), 200)
    assert not warned(summarise(report, "fc"), width)


def test_a_conclusion_is_cut_only_where_the_rest_stays_true() -> None:
    wordings = conclusion_wordings(Predicts("fc", BesidePixels("unknown", 0.48), BesideUntrained(0.4, 200, 0.2)))
    whole = wordings[0]
    summary = Summary(0.5, None, (), "", conclusion=wordings)
    assert concluded(summary, 200) == whole
    assert concluded(summary, 78, rows=2) == whole
    assert concluded(summary, 80) == f"{whole.rpartition(';')[0]}…"
    assert concluded(summary, 30) == "fc predicts people…"
    # Nothing shorter is left: the widget itself cuts it.
    assert concluded(summary, 10) == whole


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (112, 24), (132, 43)])
async def test_the_conclusion_is_on_the_screen_and_leaves_the_plot_its_room(
    study: Study, folder: Path, report: Report, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        found = conclude(report, "fc")
        assert found is not None
        said = conclusion_wordings(found)[0]
        words = " ".join(shown(app).split())
        assert (said if size == (132, 43) else said.partition(";")[0].removesuffix(".")) in words
        assert app.screen.query_one(ScatterPlot).plot() is not None
        # Of images that it does not know, all the time, and never in the place of the conclusion.
        warned_of = unknown(report, 0.92)
        app.screen.query_one(Results).report = app.screen.query_one(Headline).report = warned_of
        for tab in TABS.values():
            await pilot.press(tab.key)
            await pilot.pause()
            words = " ".join(shown(app).split())
            assert "reads only 92.0 %" in words
            assert said.partition(";")[0].partition(":")[0].removesuffix(".") in words or tab.needs_rows
        await pilot.press("s")
        await pilot.pause()
        assert app.screen.query_one(ScatterPlot).plot() is not None
        assert app.screen.query_one(RSummary).size.height <= {16: 2, 24: 4, 43: 7}[size[1]]


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (132, 43)])
async def test_under_five_pairs_the_verdict_is_withheld_before_anything_else(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    study = drawn_study(pairs=4)
    folder = rated(study, tmp_path, *PEOPLE)
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        summary = app.screen.query_one(RSummary)
        first = next(line for line in summary.query(Static) if line.display and line.region != Region())
        assert str(first.content).startswith("4 pairs: too few to conclude anything.")
        assert first.region.y == summary.region.y
        assert shown(app).count("too few to conclude") == 1
        assert summary.has_class("-withheld")
