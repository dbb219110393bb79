"""A Markdown report: it reads well as it is written, and its pictures are files beside it or data inside it."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt
from PIL import Image

from simtui.analysis.ratings import Ratings
from simtui.analysis.results import Report
from simtui.commands.report import command
from simtui.errors import SimtuiError
from simtui.reporting import document, markdown, notes
from simtui.reporting.blocks import Block
from simtui.reporting.content import full
from simtui.study import file as study_file
from simtui.study.model import Study


def run(*arguments: object) -> Any:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def test_the_source_of_a_markdown_report_is_read_as_it_is(report: Report, study: Study, ratings: Ratings) -> None:
    plain = msgspec.structs.replace(report, study_title="Threes and eights (MNIST)")
    text, _ = markdown.render_with_files(full(plain, study, ratings, "conv2"), study, "pictures")

    outside = re.sub(r"(?ms)^```text\n.*?^```$", "", text)
    assert outside.count("\\") <= 4
    assert "base64" not in text
    assert max(len(line) for line in outside.splitlines() if line.startswith("|")) < 400


def test_pictures_are_files_beside_a_markdown_report_or_data_inside_it(
    folder: Path, report: Report, blocks: list[Block], study: Study
) -> None:
    out = folder / "with files.md"
    document.save(blocks, study, out, "files")
    text, inline = out.read_text(), markdown.render(blocks, study)

    places = re.findall(r"(?m)^\[([A-Za-z0-9-]+)\]: (.*)$", text)
    assert len(places) > len(study.pairs)
    for name, place in places:
        assert place.startswith("with%20files-pictures/")
        data = (folder / unquote(place)).read_bytes()
        assert data.startswith(b"\x89PNG" if place.endswith(".png") else b"<svg ")
        assert f"![{name}]" in text
        assert f"![{name}]" in inline
        assert place.endswith(".svg") or f"[{name}]: data:image/png;base64,{base64.b64encode(data).decode()}" in inline
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert {place for _, place in places} == set(re.findall(r'<img src="([^"]*)"', page))
    inside = MarkdownIt("commonmark").enable("table").render(inline)
    assert len(set(re.findall(r'<img src="(data:image/png[^"]*)"', inside))) == len(places)
    pair = report.groups[0].pairs[0]
    large = Image.open(folder / unquote(next(p for n, p in places if n == re.sub(r"[^A-Za-z0-9]+", "-", pair.left))))
    expected = 255 - np.array([list(row) for row in study.image(pair.left)])
    assert np.array_equal(np.asarray(large), expected.repeat(2, axis=0).repeat(2, axis=1))
    with pytest.raises(SimtuiError, match="was left alone"):
        document.save(blocks, study, out, "files")
    out.unlink()
    with pytest.raises(SimtuiError, match="with files-pictures is there already"):
        document.save(blocks, study, out, "files")
    document.save(blocks, study, out, "files", force=True)
    assert out.read_text() == text
    with pytest.raises(SimtuiError, match="has its pictures inside it"):
        document.save(blocks, study, folder / "new.html", "files")


def test_no_note_can_put_another_picture_in_the_place_of_one(study: Study, report: Report, ratings: Ratings) -> None:
    pair = report.groups[0].pairs[0]
    elsewhere = "http://elsewhere.example/x.png"
    own = f"[{re.sub(r'[^A-Za-z0-9]+', '-', pair.left).upper()}]: {elsewhere}"

    page = (
        MarkdownIt("commonmark").enable("table").render(markdown.render(full(report, study, ratings, "fc", own), study))
    )

    assert elsewhere not in re.findall(r'src="([^"]*)"', page)
    assert page.count('src="data:image/png') >= 2 * len(study.pairs)


def test_without_notes_the_homeworks_questions_are_put_there_and_only_answers_are_in_the_report(
    study: Study, ratings: Ratings, tmp_path: Path
) -> None:
    study_file.save(study, tmp_path / "study.json")
    shutil.copytree(Path(ratings.used[0].file).parent.parent, tmp_path / "sessions")
    file = notes.place(tmp_path / "sessions", study.id)
    file.unlink(missing_ok=True)

    first = run(tmp_path / "study.json", tmp_path / "sessions", "--out", tmp_path / "a.md")
    second = run(tmp_path / "study.json", tmp_path / "sessions", "--out", tmp_path / "b.md")
    file.write_text(notes.FRESH.replace("capturing?\n", "capturing?\n\nSlant.\n", 1))
    third = run(tmp_path / "study.json", tmp_path / "sessions", "--out", tmp_path / "c.md")

    for done in (first, second):
        assert f"answer its questions in {file}" in done.output
    assert [line for line in notes.FRESH.splitlines() if line] == [f"## {each}" for each in notes.QUESTIONS]
    assert "Notes of the author" not in (tmp_path / "b.md").read_text()
    assert f"with the notes in {file}" in third.output
    assert "Problem 2" not in third.output
    assert "> ## What is it capturing?\n>\n> Slant." in (tmp_path / "c.md").read_text()
