"""The network screen: accuracy, what is taken for what, and the digits with the network's answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.widgets import Input, Static

from simtui.network import checkpoint, container
from simtui.network.training import evaluate
from simtui.reporting import predictions
from simtui.stimuli import drawn, mnist
from simtui.tui.home.network import SHOWN, NetworkScreen
from simtui.tui.home.screen import HomeScreen
from tests.stimuli.test_mnist import idx_bytes
from tests.tui.driving import app_with, focused, on_screen, on_top, terminal, until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small MNIST of drawn digits, a few with the label of another digit."""
    made = tmp_path_factory.mktemp("mnist")
    images = drawn.load(range(10), 6, seed=0)
    labels = np.array(images.labels, dtype=np.uint8)
    labels[:3] = (labels[:3] + 1) % 10
    for (pixels, names), _ in zip(mnist.FILES.values(), range(2), strict=True):
        (made / pixels).write_bytes(idx_bytes(images.pixels))
        (made / names).write_bytes(idx_bytes(labels))
    return made


def text(screen: NetworkScreen, selector: str) -> str:
    return str(screen.query_one(selector, Static).content)


@pytest.mark.parametrize("size", [(80, 24), (132, 43), (62, 16)])
async def test_accuracy_confusions_and_predictions(
    folder: Path, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIMTUI_DATA", str(folder))
    images = mnist.load("test")
    labels = np.array(images.labels, dtype=np.int64)
    found = evaluate(checkpoint.load(container.default_checkpoint()).net, images.pixels, labels)
    app = app_with(lambda: HomeScreen(terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("n")
        await until(pilot, lambda: on_top(pilot, NetworkScreen) and "rightly" in on_screen(pilot))
        screen = app.screen
        assert isinstance(screen, NetworkScreen)
        assert f"{found.accuracy:.2f} %" in text(screen, "#accuracy")
        assert f"{found.correct} of {found.total}" in text(screen, "#accuracy")
        rows = [line.split() for line in text(screen, "#confusion").splitlines()[2:]]
        counts = predictions.confusion(labels, found.predictions)
        assert [[int(n) if n != "·" else 0 for n in row[1:11]] for row in rows] == counts.tolist()
        drawn_first = text(screen, "#predictions")
        wrong = int((found.predictions != labels).sum())
        assert wrong >= 3
        captions = [line for line in drawn_first.splitlines() if "not" in line]
        assert "!" in captions[0]
        assert drawn_first.count("!") == min(wrong, SHOWN)
        await pilot.press("w")
        await pilot.pause()
        assert text(screen, "#predictions") != drawn_first
        assert "as they come" in text(screen, "#order")
        await pilot.press("escape")
        await until(pilot, lambda: on_top(pilot, HomeScreen))


async def test_without_mnist_it_asks_where_it_is_and_remembers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIMTUI_DATA", raising=False)
    app = app_with(lambda: HomeScreen(terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("n")
        await until(pilot, lambda: isinstance(focused(pilot), Input))
        assert "simtui download" in on_screen(pilot)
        await pilot.press(*"nowhere", "enter")
        await until(pilot, lambda: "not in nowhere" in on_screen(pilot))
        await pilot.press("x")
        await pilot.pause()
        assert not app.screen.query_one(".error").display
        app.screen.query_one(Input).value = str(folder)
        await pilot.press("enter")
        await until(pilot, lambda: "rightly" in on_screen(pilot))
    assert mnist.data_folder() == folder
