"""The Map tab: the digits at their places, a key for the other space, lines from those that moved most."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.guides.numbers import of_section
from simtui.stimuli import drawn
from simtui.study.complete import complete_study
from simtui.study.model import Study
from simtui.terminal.image_lines import small_image
from simtui.tui.analysis.map_panel import MOST_LINES, MapView
from simtui.tui.analysis.screen import AnalysisScreen
from tests.tui.driving import app_with, focused, on_screen, on_top, settled, terminal
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def complete() -> Study:
    return complete_study(drawn.load([8], 16, 0), digits=[8], count=8, seed=0)


@pytest.fixture(scope="module")
def folder(complete: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(complete, tmp_path_factory.mktemp("map"), "A", "B", "C")


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (132, 43)])
async def test_images_stand_at_their_places_and_a_key_shows_the_networks(
    complete: Study, folder: Path, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(complete, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await pilot.pause()
        view = focused(pilot)
        assert isinstance(view, MapView)
        assert view.shown is not None
        assert "in people's space" in on_screen(pilot)
        assert "Mantel p" in on_screen(pilot)
        people = view.render().plain
        assert len(view.shown.places) == 8
        # Every image is drawn, at the place that people gave it.
        columns, rows = view.image_size()
        lines = people.split("\n")
        assert len(lines) == view.size.height
        top = view.shown.places[0]
        left, above = (
            round(top.people[0] * (view.size.width - columns)),
            round((1 - top.people[1]) * (view.size.height - rows)),
        )
        for y, line in enumerate(small_image(complete.image(top.image), columns, rows)):
            for x, glyph in enumerate(line):
                assert glyph in (" ", lines[above + y][left + x])
        assert 0 < people.count("○") <= MOST_LINES
        assert "·" in people
        assert f"{top.label} moved" in on_screen(pilot)

        await pilot.press("space")
        await pilot.pause()
        assert "in the network's space" in on_screen(pilot)
        assert view.render().plain != people
        await pilot.press("space", "right")
        await pilot.pause()
        assert "in people's space" in on_screen(pilot)
        assert f"{view.shown.places[1].label} moved" in on_screen(pilot)
        await pilot.press("left", "left")
        await pilot.pause()
        assert f"{view.shown.places[-1].label} moved" in on_screen(pilot)

        await pilot.press("question_mark")
        await pilot.pause()
        assert "? numbers" in on_screen(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Numbers: Map" in on_screen(pilot)
        assert on_screen(pilot).count("Classical scaling of people's") == 1
        texts = str(pilot.app.screen.query_one("#keys").render())
        for entry in of_section("Map", "Summary"):
            assert f"{entry.name}\n{entry.told}" in texts
        await pilot.press("pagedown", "escape")
        await pilot.pause()
        assert on_top(pilot, AnalysisScreen)


async def test_without_a_complete_design_it_says_how_to_make_one(tmp_path: Path) -> None:
    study = drawn_study(6)
    folder = rated(study, tmp_path, "A", "B")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await pilot.pause()
        assert "There is no map" in on_screen(pilot)
        assert "simtui new study.json --design complete --images 12" in on_screen(pilot)


def test_a_small_image_keeps_its_shape() -> None:
    ring = tuple(bytes(255 * (49 <= (y - 14) ** 2 + (x - 14) ** 2 <= 100) for x in range(28)) for y in range(28))
    lines = small_image(ring, 8, 4)
    assert [len(line) for line in lines] == [8] * 4
    assert lines[1][3:5] == "  "
    assert " " not in (lines[0][3], lines[3][4], lines[1][0], lines[2][7])
    assert set("".join(small_image(ring, 8, 4, ascii_only=True))) == {"#", " "}
    assert small_image((bytes(28),) * 28, 4, 2) == ["    ", "    "]
