"""The README and the guides do what they say: every line of code runs, every name and link is there."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt

from simtui import guides
from simtui.cli import COMMANDS, app
from simtui.stimuli import mnist
from tests.builders import saved, small_study
from tests.conftest import REPOSITORY
from tests.documents import DOCUMENTS, GIVEN, blocks, run
from tests.stimuli.test_mnist import idx_bytes

README = REPOSITORY / "README.md"
NAMES = [str(path.relative_to(REPOSITORY)) for path in DOCUMENTS]


@pytest.fixture(scope="session")
def small_mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like MNIST's, with a few hundred images of noise: enough for commands that read it."""
    folder = tmp_path_factory.mktemp("mnist")
    rng = np.random.default_rng(1)
    for images, labels in mnist.FILES.values():
        (folder / images).write_bytes(idx_bytes(rng.integers(0, 256, (720, 28, 28), dtype=np.uint8)))
        (folder / labels).write_bytes(idx_bytes(np.arange(720, dtype=np.uint8) % 10))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("document", [path for path in DOCUMENTS if any(blocks(path))], ids=lambda path: path.stem)
def test_every_line_runs_as_it_stands(document: Path, tmp_path: Path, small_mnist: Path) -> None:
    if document.parent.name == "sessions":
        shutil.copytree(document.parent / "example", tmp_path / "sessions" / "example")
    (tmp_path / GIVEN).mkdir()
    saved(small_study(pairs=4, min_viewing_ms=200), tmp_path / GIVEN)
    run(document, tmp_path, {"SIMTUI_DATA": str(small_mnist)})


def test_what_is_not_run_is_little_and_says_why() -> None:
    reasons = [block.not_run for path in DOCUMENTS for block in blocks(path) if block.not_run]
    assert reasons == ["fetches 12 MB from the internet"]


def test_no_block_has_a_language_that_nothing_runs() -> None:
    languages = {(path.name, block.language) for path in DOCUMENTS for block in blocks(path)}
    assert {language for _, language in languages} == {"sh", "python", "csv", "sshd-config"}
    # tests/faults/test_kiosk_over_ssh.py runs these.
    assert [name for name, language in languages if language == "sshd-config"] == ["collecting.md"]
