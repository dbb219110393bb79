from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import rankdata
from textual.dom import DOMNode
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, DataTable, Input, Static, TabbedContent

from simtui.analysis.ratings import collect
from simtui.analysis.report import Settings
from simtui.network.layers import LAYERS
from simtui.session.importing import import_ratings
from simtui.stimuli.files import load_pairs
from simtui.study.model import Study
from simtui.study.sampling import given_pairs_study
from simtui.tui.analysis import screen as analysis
from simtui.tui.analysis.axis_bar import AxisBar
from simtui.tui.analysis.capture_panel import Gallery
from simtui.tui.analysis.checkpoint import CheckpointScreen
from simtui.tui.analysis.headline import Headline
from simtui.tui.analysis.jobs import AnalysisJob, JobDone, JobFailed, carry_out
from simtui.tui.analysis.layer_strip import LAYER_KEYS
from simtui.tui.analysis.layer_table import LayerTable
from simtui.tui.analysis.pair_table import PairTable
from simtui.tui.analysis.people_panel import Checklist
from simtui.tui.analysis.r_summary import RSummary
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.tabs import TABS
from simtui.tui.app import SimtuiApp
from simtui.tui.dialogs import HelpScreen, keys_of
from simtui.tui.theme import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT
from simtui.tui.widgets.scatter_plot import ScatterPlot
from tests.analysis.reports import analyze
from tests.tui.driving import app_with, settled, shown, terminal, until
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study()


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben", "P10")


def the_app(
    study: Study, sessions: Sequence[Path], checkpoint: Path | None = None, participants: Collection[str] = ()
) -> SimtuiApp:
    return app_with(lambda: AnalysisScreen(study, sessions, terminal(), checkpoint, participants))


def the_screen(pilot: Pilot[Any]) -> AnalysisScreen:
    assert isinstance(pilot.app.screen, AnalysisScreen)
    return pilot.app.screen


def shown_r(pilot: Pilot[Any]) -> str:
    return text_of(pilot, "#r-value").removeprefix("r = ")


def text_of(pilot: Pilot[Any], selector: str) -> str:
    return str(the_screen(pilot).query_one(selector, Static).content)


async def test_the_screen_shows_the_numbers_of_the_report(study: Study, folder: Path) -> None:
    report = analyze(study, collect(study, [folder]))
    app = the_app(study, [folder])
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert the_screen(pilot).report == report
        assert shown_r(pilot) == f"{report.overall.layers['fc'].r:.3f}"
        screen = shown(app)
        assert "fc · 3 people · 12 pairs of digit 8" in screen
        assert "drawn digits, not MNIST" in screen
        r = report.groups[0].layers["fc"].as_another_person_r
        assert "network similarity, fc (normalized)" in screen
        # Set the same task as a person, not the r of the head.
        assert r != report.overall.layers["fc"].r
        axis, names = the_screen(pilot).query_one(AxisBar).render().plain.splitlines()
        known = {
            "untrained": report.overall.untrained["fc"],
            "pixels": report.overall.layers["pixels"].r,
            "another person": report.groups[0].another_person_r,
            "ceiling": report.groups[0].ceilings.mean,
        }
        order = sorted(known, key=lambda name: known[name] or 0.0)
        assert names.split() == " ".join(f"{name} {known[name]:.2f}" for name in order).split()
        assert all(axis.partition("−1")[2].count(letter) == 1 for letter in "upac")
        # r with its interval, the axis, its names, one sentence.
        assert the_screen(pilot).query_one(RSummary).size.height == 4


async def test_the_settings_are_those_of_the_report_and_shown(study: Study, folder: Path) -> None:
    settings = Settings(layer="conv2", seed=3, zscore=True, centre=True)
    expected = analyze(study, collect(study, [folder]), seed=3, zscore=True, centre=True)
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(), settings=settings))
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        screen = the_screen(pilot)
        assert screen.report == expected
        assert shown_r(pilot) == f"{expected.overall.layers['conv2'].r:.3f}"
        assert "centred copies  ·  z-scored" in screen.query_one(Headline).render().plain
        await pilot.press("e", "space")
        await settled(pilot)
        assert screen.report is not None
        assert screen.report.zscored
        assert screen.report.centred


async def test_the_homeworks_checkpoint_and_real_people_give_the_known_r(shared: Path, tmp_path: Path) -> None:
    study = given_pairs_study(*load_pairs(shared / "ratings" / "digits8.npz", 8), seed=0)
    import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)
    checkpoint = shared / "homework" / "convnet_mnist_pretrained.pt"
    async with the_app(study, [tmp_path / study.id], checkpoint).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        seen = {}
        for key, layer in LAYER_KEYS.items():
            await pilot.press(key)
            seen[layer] = shown_r(pilot)
        assert seen == {"fc": "0.494", "pool2": "0.647", "conv2": "0.627", "conv1": "0.493", "pixels": "0.478"}


async def test_a_layer_key_plots_anew_at_once_and_the_network_does_not_run_again(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = the_screen(pilot)
        report, plot = screen.report, screen.query_one(ScatterPlot)
        assert report is not None
        before = plot.plot()
        for key, layer in LAYER_KEYS.items():
            await pilot.press(key)
            assert not screen.workers
            assert shown_r(pilot) == f"{report.overall.layers[layer].r:.3f}"
            assert f" · {layer} · " in f" · {text_of(pilot, '#r-about')}"
        after = plot.plot()
        assert before is not None
        assert after is not None
        assert before.lines != after.lines
        assert screen.report is report


async def test_the_layers_tab_chooses_the_layer_for_all(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("l", "down")
        await pilot.pause()
        assert the_screen(pilot).query_one(ScatterPlot).shown_layer == LAYERS[1]
        assert f" · {LAYERS[1]} · " in text_of(pilot, "#r-about")


async def test_every_layer_stands_beside_its_untrained_twin_and_all_columns_fit(study: Study, folder: Path) -> None:
    report = analyze(study, collect(study, [folder]))
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("l")
        await pilot.pause()
        screen = shown(pilot.app)
        assert all(f"{report.overall.untrained[layer]:.3f}" in screen for layer in ("fc", "pool2", "conv2", "conv1"))
        table = the_screen(pilot).query_one(LayerTable)
        assert table.virtual_size.width <= table.size.width
        # What one must always be able to find.
        for tab in TABS.values():
            await pilot.press(tab.key)
            await pilot.pause()
            words = " ".join(shown(pilot.app).split())
            assert "? Keys" in words
            assert "q Leave" in words


async def test_other_people_change_the_statistics_and_not_the_similarities(study: Study, folder: Path) -> None:
    alone = analyze(study, collect(study, [folder]).only(["Ben", "P10"]))
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = the_screen(pilot)
        await pilot.press("e", "space")
        await settled(pilot)
        assert screen.report == alone
        assert "[ ] Ann" in shown(pilot.app)
        assert shown_r(pilot) == f"{alone.overall.layers['fc'].r:.3f}"
        await pilot.press("x")
        await settled(pilot)
        assert screen.report is not None
        assert screen.report.participants == ("Ann", "Ben", "P10")


def test_with_similarities_at_hand_the_network_is_left_alone(study: Study, folder: Path, tmp_path: Path) -> None:
    first: list[Message] = []
    carry_out(AnalysisJob(0, study, (folder,), None), first.append, lambda: False)
    done = first[-1]
    assert isinstance(done, JobDone)
    again: list[Message] = []
    nowhere = tmp_path / "no such checkpoint.pt"
    carry_out(
        AnalysisJob(1, study, (folder,), nowhere, frozenset(["Ann"]), done.similarities), again.append, lambda: False
    )
    assert isinstance(again[-1], JobDone)
    assert again[-1].report.participants == ("Ann",)
    assert again[-1].ratings.participants == ("Ann", "Ben", "P10")


async def test_nobody_checked_is_a_sentence_and_everybody_brings_the_numbers_back(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e", "x")
        await settled(pilot)
        assert "Check at least one participant." in shown(pilot.app)
        assert shown_r(pilot) == "–"
        await pilot.press("f", "s", "right", "r", "down", "l", "down", "e", "x")
        await settled(pilot)
        assert the_screen(pilot).report is not None
        assert shown_r(pilot) != "–"


async def test_ones_own_ratings_first_and_the_others_in_the_checklist(study: Study, folder: Path) -> None:
    async with the_app(study, [folder], participants=["Ben"]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Ben · 12 pairs of digit 8" in text_of(pilot, "#r-about")
        assert "One person rated" in text_of(pilot, "#r-conclusion")
        await pilot.press("e")
        await pilot.pause()
        lines = [line.split() for line in shown(pilot.app).replace("[ ]", "[_]").splitlines()]
        assert [line[:2] for line in lines if line and line[0] in ("[_]", "[x]")] == [
            ["[_]", "Ann"],
            ["[x]", "Ben"],
            ["[_]", "P10"],
        ]


async def test_pairs_stand_in_the_order_of_their_disagreement(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        report = the_screen(pilot).report
        assert report is not None
        pairs = report.groups[0].pairs
        net = rankdata([-(pair.similarity["fc"] or 0) for pair in pairs])
        human = rankdata([-(pair.human or 0) for pair in pairs])
        gaps = {pair.id: h - n for pair, n, h in zip(pairs, net, human, strict=True)}
        table = the_screen(pilot).query_one("#scatter PairTable", DataTable)
        rows = [[str(cell).strip() for cell in table.get_row_at(i)] for i in range(table.row_count)]
        assert [abs(gaps[row[0]]) for row in rows] == sorted((abs(gap) for gap in gaps.values()), reverse=True)
        assert all(float(row[-1]) == gaps[row[0]] for row in rows)
        first = next(pair for pair in pairs if pair.id == rows[0][0])
        assert f"{first.id}   network {first.similarity['fc']:.2f}   people {first.human:.1f} of 10" in shown(pilot.app)


async def test_a_row_shows_its_pair_and_marks_its_point(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r", "down", "down")
        await pilot.pause()
        table = the_screen(pilot).query_one("#pairs PairTable", DataTable)
        pair_id = str(table.get_row_at(2)[0]).strip()
        results = the_screen(pilot).query_one(Results)
        assert results.report is not None
        assert results.pair is not None
        assert results.report.groups[0].pairs[results.pair].id == pair_id
        assert the_screen(pilot).query_one(ScatterPlot).selected == results.pair
        assert f"{pair_id}   network" in shown(pilot.app)
        assert "▀" in shown(pilot.app) or "▄" in shown(pilot.app)


async def test_a_point_selects_its_row_by_arrow_and_by_click(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = the_screen(pilot)
        plot, results = screen.query_one(ScatterPlot), screen.query_one(Results)
        report = results.report
        assert report is not None
        pairs = report.groups[0].pairs

        def row_under_cursor() -> str:
            table = screen.query_one("#scatter PairTable", DataTable)
            return str(table.get_row_at(table.cursor_row)[0]).strip()

        await pilot.press("left", "left", "up")
        assert results.pair is not None
        assert row_under_cursor() == pairs[results.pair].id
        drawn = plot.plot()
        assert drawn is not None
        target = next(i for i, cell in enumerate(drawn.positions) if i != results.pair and cell is not None)
        cell = drawn.positions[target]
        assert cell is not None
        await pilot.click(ScatterPlot, offset=cell)
        await pilot.pause()
        assert results.pair is not None
        assert drawn.positions[results.pair] == cell
        assert row_under_cursor() == pairs[results.pair].id


async def test_moving_the_mouse_to_a_point_shows_its_pair(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = the_screen(pilot)
        results, plot = screen.query_one(Results), screen.query_one(ScatterPlot)
        drawn, report = plot.plot(), results.report
        assert drawn is not None
        assert report is not None
        for target in (0, 5):
            cell = drawn.positions[target]
            assert cell is not None
            await pilot.hover(ScatterPlot, offset=cell)
            await pilot.pause()
            assert results.pair is not None
            assert drawn.positions[results.pair] == cell
            pair = report.groups[0].pairs[results.pair]
            assert f"{pair.id}   network {pair.similarity['fc']:.2f}" in shown(pilot.app)
        # It stands beside the plot: a click need not leave that.
        await pilot.click(ScatterPlot, offset=drawn.positions[5] or (0, 0))
        await pilot.pause()
        assert screen.query_one(TabbedContent).active == "scatter"
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        drawn = plot.plot()
        assert drawn is not None
        await pilot.click(ScatterPlot, offset=drawn.positions[0] or (0, 0))
        await pilot.pause()
        assert screen.query_one(TabbedContent).active == "pairs"


async def test_enter_does_in_every_tab_what_the_list_says(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = the_screen(pilot)
        results = screen.query_one(Results)

        async def enter(key: str, says: str, place: type[DOMNode]) -> str:
            assert ("Enter", says) in [
                (keys.split()[-1], what) for _, lines in keys_of([place]) for keys, what in lines
            ]
            await pilot.press(key)
            await pilot.pause()
            await pilot.press("enter")
            await settled(pilot)
            return results.query_one(TabbedContent).active

        assert await enter("s", "Show the pair", ScatterPlot) == "pairs"
        assert await enter("r", "Its point in the plot", PairTable) == "scatter"
        assert await enter("l", "Plot the layer", LayerTable) == "scatter"
        assert await enter("w", "Show the pair", Gallery) == "pairs"
        assert await enter("e", "Check", Checklist) == "people"
        assert results.report is not None
        assert results.report.participants == ("Ben", "P10")
        assert await enter("a", "Try again, where there is no result", AnalysisScreen) == "about"
        assert screen.report is not None


async def test_the_plot_fills_the_window_and_follows_it(study: Study, folder: Path) -> None:
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        plot = the_screen(pilot).query_one(ScatterPlot)
        for columns, rows, beside in ((80, 24, False), (120, 40, True), (80, 30, False)):
            await pilot.resize_terminal(columns, rows)
            await pilot.pause()
            drawn = plot.plot()
            assert drawn is not None
            assert plot.region.right <= columns
            assert max(len(line) for line in drawn.lines) == plot.size.width
            assert len(drawn.lines) == plot.size.height
            assert the_screen(pilot).query_one("#pair-side").display is beside
        await pilot.resize_terminal(20, 8)
        await pilot.pause()
        assert plot.plot() is None


async def test_the_selected_point_stands_out_without_colour_in_every_theme(study: Study, folder: Path) -> None:
    app = the_app(study, [folder])
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        plot = the_screen(pilot).query_one(ScatterPlot)
        drawn = plot.plot()
        assert drawn is not None
        assert plot.selected is not None
        cell = drawn.positions[plot.selected]
        assert cell is not None
        for theme in (DARK, LIGHT, ANSI_DARK, ANSI_LIGHT):
            app.register_theme(theme)
            app.theme = theme.name
            await pilot.pause()
            text = plot.render()
            line = text.split("\n")[cell[1]]
            assert line.plain[cell[0]] == "◆"
            assert line.get_style_at_offset(app.console, cell[0]).reverse
            assert sum(row.plain.count("◆") for row in text.split("\n")) == 1
            assert "┈" in text.plain or "┊" in text.plain


async def test_before_anybody_has_rated_the_network_is_shown_and_enter_reads_the_sessions(
    study: Study, tmp_path: Path
) -> None:
    async with the_app(study, [tmp_path / study.id]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "There are no ratings of" in text_of(pilot, "#unrated-why")
        (tmp_path / study.id).mkdir()
        await pilot.press("enter")
        await settled(pilot)
        assert "no session" in text_of(pilot, "#unrated-why")
        rated(study, tmp_path, "Ann")
        await pilot.press("enter")
        await settled(pilot)
        assert shown_r(pilot) not in ("", "–")


async def test_without_the_analysis_extra_it_says_what_to_install(
    study: Study, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    async with the_app(study, [folder]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "torch" in text_of(pilot, "#fault")
        assert "pip install 'simtui[analysis]'" in text_of(pilot, "#fault")


async def test_two_pairs_have_no_r_and_the_screen_says_why(tmp_path: Path) -> None:
    study = drawn_study(pairs=2)
    async with the_app(study, [rated(study, tmp_path, "Ann", "Ben")]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert shown_r(pilot) == "–"
        assert "pairs" in text_of(pilot, "#r-sentence")
        await pilot.press("f", "2", "l", "e", "r", "a", "s")
        await pilot.pause()
        assert "nan" not in shown(pilot.app).lower()


async def test_several_digits_are_points_of_their_own_and_never_one_pool(tmp_path: Path) -> None:
    study = drawn_study(pairs=6, digits=(3, 8))
    folder = rated(study, tmp_path, "Ann", "Ben")
    async with the_app(study, [folder]).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        report = the_screen(pilot).report
        assert report is not None
        assert shown_r(pilot) == f"{report.overall.layers['fc'].r:.3f}"
        drawn = the_screen(pilot).query_one(ScatterPlot).plot()
        assert drawn is not None
        marks = {drawn.lines[cell[1]][cell[0]] for cell in drawn.positions if cell is not None}
        assert marks == {"3", "8", "◆"}
        screen = shown(pilot.app)
        assert "12 pairs of digits 3, 8" in screen
        another, network = report.overall.another_person_r, report.overall.layers["fc"].as_another_person_r
        assert f"How well one more person does: r = {another:.3f}, the network r = {network:.3f}" in screen
        await pilot.press("l")
        await pilot.pause()
        assert "digit 3" in shown(pilot.app)


async def test_another_checkpoint_is_taken_and_a_bad_one_leaves_the_result(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    from simtui.network import checkpoint
    from simtui.network.net import untrained

    other = tmp_path / "untrained.pt"
    checkpoint.save(other, untrained(1), test_acc=None)
    bad = tmp_path / "bad.pt"
    bad.write_bytes(b"no checkpoint")
    app = the_app(study, [folder])

    async def type_path(path: Path) -> None:
        await pilot.press("k")
        assert isinstance(app.screen, CheckpointScreen)
        line = app.screen.query_one(Input)
        line.value = str(path)
        line.focus()
        await pilot.press("enter")

    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        own = shown_r(pilot)
        await type_path(other)
        await settled(pilot)
        expected = analyze(study, collect(study, [folder]), other)
        assert the_screen(pilot).report == expected
        assert shown_r(pilot) != own
        assert "untrained.pt" in the_screen(pilot).query_one(Headline).render().plain
        await type_path(bad)
        await settled(pilot)
        # Why not is said where another can be chosen.
        await until(pilot, lambda: isinstance(app.screen, CheckpointScreen))
        await pilot.pause()
        assert "is not a checkpoint" in str(app.screen.query_one(".error", Static).content)
        assert app.screen.query_one(".error").display
        assert app.screen.query_one(Input).value == str(bad)
        await pilot.press("escape")
        assert the_screen(pilot).report == expected
        await type_path(tmp_path / "nowhere.pt")
        assert isinstance(app.screen, CheckpointScreen)
        assert "There is no file" in shown(app)
        await pilot.press("escape")
        await pilot.press("k", "up", "up", "enter")
        await settled(pilot)
        assert shown_r(pilot) == own


class Impatient(AnalysisScreen):
    """Its user presses Escape before the thread has said anything."""

    CSS_PATH = str(Path(str(analysis.__file__)).with_name("screen.tcss"))

    def on_mount(self) -> None:
        self.call_later(self.action_up)


async def test_the_work_can_be_stopped_and_taken_up_again(study: Study, folder: Path) -> None:
    async with app_with(lambda: Impatient(study, [folder], terminal())).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: the_screen(pilot).query_one(ContentSwitcher).current == "sentence")
        await pilot.pause()
        assert "was stopped" in text_of(pilot, "#fault")
        assert the_screen(pilot).report is None
        await pilot.press("enter")
        await settled(pilot)
        assert the_screen(pilot).report is not None


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_stopped_job_says_nothing_more(study: Study, folder: Path, steps: int) -> None:
    news: list[Message] = []
    carry_out(AnalysisJob(0, study, (folder,), None), news.append, lambda: len(news) >= steps)
    assert len(news) == steps
    assert not any(isinstance(message, JobDone | JobFailed) for message in news)


async def test_every_key_of_the_screen_does_what_the_list_says(study: Study, folder: Path) -> None:
    app = the_app(study, [folder])
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        results = the_screen(pilot).query_one(Results)
        for name, tab in TABS.items():
            await pilot.press(tab.key)
            await pilot.pause()
            assert results.query_one(TabbedContent).active == name
            assert tab.label in shown(app)
        for key, layer in LAYER_KEYS.items():
            await pilot.press(key)
            assert results.shown_layer == layer
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert results.query_one(TabbedContent).active == "pairs"
        theme = app.theme
        await pilot.press("t")
        assert app.theme != theme
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("question_mark")
        await until(pilot, lambda: "Esc closes this page" in shown(app))
        assert isinstance(app.screen, HelpScreen)
        listed = {key for _, lines in keys_of([AnalysisScreen]) for keys, _ in lines for key in keys.split()}
        tabs = {tab.key for tab in TABS.values()}
        assert listed == {*tabs, *LAYER_KEYS, "Enter", "v", "n", "h", "i", "k", "?", "q", "Esc"}
        assert ("t", "Dark or light") in keys_of([type(app)])[0][1]
        assert ("Ctrl+q  Ctrl+c", "Leave what is open") in keys_of([type(app)])[0][1]
        words = " ".join(str(app.screen.query_one("#keys", Static).content).split())
        for told in (
            "→ More alike to the network",
            "f o 2 1 p Layer: fc, pool2, conv2, conv1, pixels",
            f"{' '.join(tab.key for tab in TABS.values())} Tab: {', '.join(tab.label for tab in TABS.values())}",
            "Esc Up one level",
            "Enter Try again, where there is no result",
            "Ctrl+q Ctrl+c Leave what is open",
        ):
            assert told in words
        await pilot.press("x")
        the_screen(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running


async def test_text_from_files_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    study = drawn_study(pairs=4, title="[red]Ti\x1b[31mtle[/red]")
    folder = rated(study, tmp_path, "Ann")
    stray = folder / "[bold]x\x1b[2J.json"
    stray.write_text("{}")
    app = the_app(study, [folder])
    async with app.run_test(size=(400, 60)) as pilot:  # a path that is broken is another text
        await settled(pilot)
        assert "[red]Ti\\x1b[31mtle[/red]" in shown(app)
        await pilot.press("a")
        await pilot.pause()
        assert "[bold]x\\x1b[2J.json" in shown(app)


async def test_a_damaged_session_is_named_and_the_others_count(study: Study, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "Zoe_run-1.json").write_text('{"format": "simtui.session"')
    async with the_app(study, [copy]).run_test(size=(400, 60)) as pilot:
        await settled(pilot)
        report = the_screen(pilot).report
        assert report is not None
        assert report.participants == ("Ann", "Ben", "P10")
        await pilot.press("a")
        await pilot.pause()
        assert "Zoe_run-1.json" in shown(pilot.app)


async def test_a_checklist_of_one_can_be_unchecked(tmp_path: Path) -> None:
    study = drawn_study(pairs=4)
    async with the_app(study, [rated(study, tmp_path, "Ann")]).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e", "space")
        await settled(pilot)
        assert "[ ] Ann" in shown(pilot.app)
        assert isinstance(pilot.app.focused, Checklist)


def test_the_screens_are_there_before_torch_is(tmp_path: Path) -> None:
    code = (
        "import sys, simtui.tui.home.screen, simtui.tui.analysis.screen; "
        "print(sorted({'torch', 'scipy', 'pandas', 'plotext'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"
