"""The README and the guides do what they say: every line of code runs, every name and link is there."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

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
    for (images, labels), number in zip(mnist.FILES.values(), (720, 120), strict=True):
        (folder / images).write_bytes(idx_bytes(rng.integers(0, 256, (number, 28, 28), dtype=np.uint8)))
        (folder / labels).write_bytes(idx_bytes(np.arange(number, dtype=np.uint8) % 10))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("document", [path for path in DOCUMENTS if any(blocks(path))], ids=lambda path: path.stem)
def test_every_line_runs_as_it_stands(document: Path, tmp_path: Path, small_mnist: Path) -> None:
    if document.stem == "data":
        pytest.importorskip("rsatoolbox", reason="rsatoolbox cannot be installed for this Python")
    if document.parent.name == "sessions":
        shutil.copytree(document.parent / "example", tmp_path / "sessions" / "example")
    (tmp_path / GIVEN).mkdir()
    saved(small_study(pairs=4, min_viewing_ms=200), tmp_path / GIVEN)
    run(document, tmp_path, {"SIMTUI_DATA": str(small_mnist)})


def test_what_is_not_run_is_little_and_says_why() -> None:
    reasons = [block.not_run for path in DOCUMENTS for block in blocks(path) if block.not_run]
    assert reasons == [
        "fetches 12 MB from the internet",
        "needs the real MNIST; tests/commands/test_homework.py runs it where that is",
    ]


def test_no_block_has_a_language_that_nothing_runs() -> None:
    languages = {(path.name, block.language) for path in DOCUMENTS for block in blocks(path)}
    assert {language for _, language in languages} == {"sh", "python", "r", "csv", "toml", "sshd-config"}
    # tests/export/test_r.py runs these.
    assert [name for name, language in languages if language == "r"] == ["README.md"]
    # tests/faults/test_kiosk_over_ssh.py runs these.
    assert [name for name, language in languages if language == "sshd-config"] == ["collecting.md"]


def test_the_readme_is_a_page_that_leads_to_every_guide() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    assert [topic for topic in guides.TOPICS if f"(simtui/guides/{topic}.md)" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = [target for token in inlines(document) for target in (token.attrs.get("href"), token.attrs.get("src"))]
    missing = [target for target in targets if target and not (document.parent / str(target)).is_file()]
    assert missing == []


def test_every_command_and_option_that_is_named_exists() -> None:
    commands = {name: app.get_command(click.Context(app), name) for name in COMMANDS}
    options = {name: _options(command) for name, command in commands.items() if command is not None}
    every = set().union(*options.values()) | {"--help", "--version"}
    wrong = []
    for document in DOCUMENTS:
        for code in (token.content for token in inlines(document) if token.type == "code_inline"):
            words = code.split()
            known = options.get(words[1], set()) if words[0] == "simtui" and len(words) > 1 else every
            named = {word.partition("=")[0] for word in words if word.startswith("--")}
            if (known == set() and words[1] not in options) or (words[0] in ("simtui", *named) and not named <= known):
                wrong.append(f"{document.name}: {code}")
    assert wrong == []


def _options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


def test_the_help_of_a_command_names_a_guide_that_names_the_command() -> None:
    for name in [name for name in COMMANDS if name != "guide"]:
        command = app.get_command(click.Context(app), name)
        assert command is not None
        topic = (command.epilog or "").rpartition("\nGuide: simtui guide ")[2]
        assert topic in guides.TOPICS, name
        assert f"simtui {name}" in guides.read(topic), name


def test_no_sentence_is_said_twice() -> None:
    said = Counter(
        sentence
        for document in DOCUMENTS
        for token in MarkdownIt().enable("table").parse(document.read_text(encoding="utf-8"))
        if token.type == "inline"
        for sentence in re.split(r"(?<=[.:?!])\s+", " ".join(token.content.split()))
        if sentence.count(" ") > 5
    )
    assert [sentence for sentence, times in said.items() if times > 1] == []


def inlines(document: Path) -> Iterator[Token]:
    for token in MarkdownIt().enable("table").parse(document.read_text(encoding="utf-8")):
        yield from token.children or ()
