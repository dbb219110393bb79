"""One key writes the report to hand in, another the scatter plot: beside what is there, never over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.reporting import notes
from simtui.study.model import Study
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from tests.tui.driving import app_with, on_screen, settled, terminal, until
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6)


async def test_the_report_and_the_plot_of_the_shown_layer(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rated(study, tmp_path / "sessions", "Ann", "Ben")
    notes.write(notes.place(folder, study.id), "What I saw.")
    monkeypatch.chdir(tmp_path)
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("2", "h")
        first = Path(f"{study.id}-conv2-report.html")
        await until(pilot, first.exists)
        await until(pilot, lambda: "Wrote" in on_screen(pilot))
        text = first.read_text()
        assert "What I saw." in text
        report = app.screen.query_one(Results).report
        assert report is not None
        assert f"r = {report.overall.layers['conv2'].r:.3f}" in text
        await pilot.press("h")
        second = Path(f"{study.id}-conv2-report-2.html")
        await until(pilot, second.exists)
        assert second.read_text() == text
        notes.write(notes.place(folder, study.id), notes.FRESH)
        await pilot.press("h")
        third = Path(f"{study.id}-conv2-report-3.html")
        await until(pilot, third.exists)
        assert "Notes of the author" in text
        assert "Notes of the author" not in third.read_text()
        await pilot.press("i")
        stem = f"{study.id}-conv2-scatter"
        await until(pilot, Path(f"{stem}.png").exists)
        assert Path(f"{stem}.svg").read_text().lstrip().startswith("<svg")
        assert Path(f"{stem}.png").read_bytes().startswith(b"\x89PNG")
        await settled(pilot)


async def test_where_nothing_can_be_written_a_sentence_says_so(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rated(study, tmp_path / "sessions", "Ann", "Ben")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        gone.rmdir()
        await pilot.press("h")
        await until(pilot, lambda: "there is no such" in on_screen(pilot))
        assert "Wrote" not in on_screen(pilot)
