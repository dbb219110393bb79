"""The strokes of a pair on the analysis screen: computed off it, shown over the pair, and right."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.message import Message

from simtui.analysis import shape
from simtui.analysis.report import Settings
from simtui.network import checkpoint, container
from simtui.network.net import untrained
from simtui.network.saliency import saliency
from simtui.stimuli import drawn
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from simtui.tui.analysis.jobs import SaliencyAnswer, SaliencyRequest, SaliencyWorker
from simtui.tui.analysis.pair_view import PairView
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.widgets.saliency_pair import SaliencyPair
from tests.tui.driving import app_with, settled, shown, terminal, until
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6)


def wanted(study: Study, layer: str = "conv2", *, centred: bool = False) -> SaliencyRequest:
    pair = study.pairs[0]
    return SaliencyRequest(
        checkpoint.load(container.default_checkpoint()).sha256, layer, pair.left, pair.right, centred
    )


def test_the_answer_is_the_gradient_of_that_layer(study: Study) -> None:
    news: list[Message] = []
    question = wanted(study)
    SaliencyWorker(study).answer(question, None, news.append)
    (answer,) = news
    assert isinstance(answer, SaliencyAnswer)
    assert answer.wanted == question
    left, right = study.pixels([question.left]), study.pixels([question.right])
    net = checkpoint.load(container.default_checkpoint()).net
    expected = saliency(net, left, right, "conv2")[0]
    assert answer.gradient is not None
    np.testing.assert_array_equal(answer.gradient, expected)


def off_centre() -> Study:
    """A study whose images lie off the middle, as those of no convention do."""
    images = drawn.load([8], 8, seed=0)
    moved = np.roll(images.pixels, (2, -2), axis=(1, 2))
    return sample_study(replace(images, pixels=moved), digits=(8,), pairs=4, seed=0, practice=0)


def test_of_centred_copies_the_strokes_lie_where_the_originals_are() -> None:
    study = off_centre()
    answers: list[Message] = []
    for centred in (False, True):
        SaliencyWorker(study).answer(wanted(study, centred=centred), None, answers.append)
    plain, moved = (answer.gradient for answer in answers if isinstance(answer, SaliencyAnswer))
    assert plain is not None
    assert moved is not None
    assert np.isfinite(moved).all()
    assert not np.allclose(moved, plain)
    pair = study.pairs[0]
    images = study.pixels((pair.left, pair.right)).astype(np.float64)
    seen = shape.centred(images).astype(np.float32)
    assert not np.allclose(seen, images)
    net = checkpoint.load(container.default_checkpoint()).net
    expected = shape.moved_back(saliency(net, seen[:1], seen[1:], "conv2")[0], images)
    np.testing.assert_allclose(moved, expected)
    # The network sees the same copies of images that are in the middle already.
    np.testing.assert_allclose(shape.centred(shape.centred(images)), seen, atol=1e-3)


async def test_v_shows_them_for_centred_copies_too(tmp_path: Path) -> None:
    study = off_centre()
    folder = rated(study, tmp_path, "Ann", "Ben")
    settings = Settings(centre=True)
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(), settings=settings))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        results = app.screen.query_one(Results)
        assert results.report is not None
        assert results.report.centred
        await pilot.press("v")
        await until(pilot, lambda: "red strokes make them alike to fc" in shown(app))


def test_a_checkpoint_that_has_changed_is_a_sentence_and_no_picture(study: Study, tmp_path: Path) -> None:
    other = tmp_path / "other.pt"
    checkpoint.save(other, untrained(1))
    news: list[Message] = []
    SaliencyWorker(study).answer(wanted(study), other, news.append)
    (answer,) = news
    assert isinstance(answer, SaliencyAnswer)
    assert answer.gradient is None
    assert "has changed since the analysis" in answer.sentence


@pytest.mark.parametrize("size", [(80, 24), (112, 24), (120, 40)])
async def test_v_shows_the_strokes_follows_layer_and_pair_and_goes_again(
    study: Study, tmp_path: Path, size: tuple[int, int]
) -> None:
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        results = app.screen.query_one(Results)

        def visible() -> PairView:
            return next(view for view in app.screen.query(PairView) if view.is_on_screen)

        def traced(layer: str) -> bool:
            return f"red strokes make them alike to {layer}, blue unlike." in shown(app)

        def drawn() -> bool:
            return visible().query_one(SaliencyPair).is_on_screen

        await pilot.press("v")
        await until(pilot, lambda: traced("fc"))
        strokes = visible().query_one(SaliencyPair)
        assert drawn()
        assert strokes.region.height == 14
        # What was said of the pair still is.
        assert re.search(
            r"rank by similarity: network [\d.]+, people [\d.]+ of|, rank [\d.]+  people .+, rank", shown(app)
        )
        colors = {s.style.bgcolor for s in strokes.render_line(7) if s.style is not None and s.style.bgcolor}
        assert any(c.triplet is not None and c.triplet.red != c.triplet.blue for c in colors)
        await pilot.press("2")
        await until(pilot, lambda: traced("conv2"))
        assert results.pair is not None
        before, pair = strokes.render_line(7), results.pair
        results.pair = (pair + 1) % len(study.pairs)
        await until(pilot, lambda: traced("conv2") and strokes.render_line(7) != before)
        # Once known they are there at once.
        results.pair = pair
        await pilot.pause()
        assert not app.screen.workers
        assert strokes.render_line(7) == before
        await pilot.press("v")
        await pilot.pause()
        assert not traced("conv2")
        assert not drawn()
        assert "rank by similarity" in shown(app)
