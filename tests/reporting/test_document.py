"""The document to hand in: everything in it, nothing from elsewhere, nothing that runs, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from simtui.analysis.ratings import Ratings
from simtui.analysis.results import Report
from simtui.commands.report import command
from simtui.errors import SimtuiError
from simtui.guides.numbers import entries
from simtui.reporting import html, markdown, notes
from simtui.reporting.blocks import Block, Bullets, Heading, OwnWords, Paragraph, Table
from simtui.reporting.content import full
from simtui.reporting.numbers import number
from simtui.stimuli import drawn
from simtui.storage import png
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from tests.analysis.reports import analyze, imported
from tests.reporting.conftest import EVIL


class Page(HTMLParser):
    """Tags that are open, attributes of every kind, and the text outside them."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page(blocks: list[Block], study: Study) -> Page:
    return Page(html.render(blocks, study))


def test_nothing_runs_and_nothing_comes_from_elsewhere(page: Page) -> None:
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "link", "iframe", "object", "embed", "a", "base", "form"}
    for tag, attributes in page.seen:
        assert not any(name.startswith("on") for name in attributes)
        assert all(
            value is None or not value.startswith("http") for name, value in attributes.items() if name != "xmlns"
        )
        if tag == "img":
            assert str(attributes["src"]).startswith("data:image/png;base64,")
    policy = next(a["content"] for tag, a in page.seen if a.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")


def test_what_others_wrote_is_shown_and_not_obeyed(page: Page, blocks: list[Block], study: Study) -> None:
    shown = EVIL.replace("\x1b", "\\x1b")
    assert shown in "".join(page.text)
    text = markdown.render(blocks, study)
    assert "\x1b" not in text
    assert "<img" not in text
    assert "> # My answer\n>\n> It sees *slant* &lt;img" in text


def test_every_pair_is_there_as_the_image_that_was_rated(page: Page, study: Study, report: Report) -> None:
    images = [
        png.decode(base64.b64decode(str(attributes["src"]).split(",")[1]))
        for tag, attributes in page.seen
        if tag == "img"
    ]
    expected = [
        tuple(bytes(255 - value for value in row) for row in study.image(name))
        for group in report.groups
        for pair in group.pairs
        for name in (pair.left, pair.right)
    ]
    assert images[-len(expected) :] == expected


def words(page: Page) -> str:
    return " ".join("".join(page.text).split())


def test_the_numbers_are_those_of_the_report(page: Page, report: Report) -> None:
    text = words(page)
    for group in report.groups:
        pearson = group.layers["conv2"].pearson
        assert f"(digit {group.digit}): r = {number(pearson.r)}" in text
        assert f"how well one more person does: r = {number(group.another_person_r)}" in text
        for layer in group.layers.values():
            assert number(layer.pearson.r) in text
        assert number(group.reliability.alpha_interval) in text
    assert (
        f"Over all digits (Fisher-z mean of the r within each digit): r = {number(report.overall.layers['conv2'].r)}"
        in text
    )
    assert f"the network r = {number(report.overall.layers['conv2'].as_another_person_r)}" in text


def test_it_says_how_and_from_what_the_numbers_were_made(page: Page, report: Report, ratings: Ratings) -> None:
    text = words(page)
    assert "Notes of the author" in text
    assert report.study_sha256 in text
    assert report.checkpoint.sha256 in text
    for used in ratings.used:
        assert hashlib.sha256(Path(used.file).read_bytes()).hexdigest() in text
        assert Path(used.file).name in text
        assert str(Path(used.file).parent) not in text
    for words_ in ("drawn digits, not MNIST", "Seed of everything random", "numpy", "torch", "√ICC(C,k)", "49,999"):
        assert words_ in text


def test_the_same_inputs_give_the_same_bytes(
    report: Report, study: Study, ratings: Ratings, blocks: list[Block]
) -> None:
    again = full(analyze(study, ratings), study, ratings, "conv2", f"# My answer\n\nIt sees *slant* {EVIL}")

    assert html.render(again, study) == html.render(blocks, study)
    assert markdown.render(again, study) == markdown.render(blocks, study)


def test_without_notes_there_is_no_empty_heading(report: Report, study: Study, ratings: Ratings) -> None:
    assert not any(
        isinstance(block, Heading | OwnWords) and "author" in block.text
        for block in full(report, study, ratings, "fc", " \n")
    )


def test_simulated_and_missing_numbers_are_said(report: Report, study: Study, ratings: Ratings) -> None:
    changed = msgspec.structs.replace(report, simulated=True)
    assert any(
        isinstance(b, Paragraph) and b.strong and "SIMULATED" in b.text for b in full(changed, study, ratings, "fc")
    )


def test_an_unknown_layer_is_refused(report: Report, study: Study, ratings: Ratings) -> None:
    with pytest.raises(SimtuiError, match="There is no layer 'fc9'"):
        full(report, study, ratings, "fc9")


def test_markdown_tables_have_as_many_cells_as_columns() -> None:
    table = Table(("a|b", "c"), (("x|y", "1*2"), ("<z>", "`q`")))

    lines = markdown.render([table]).strip().splitlines()

    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    assert [len(row) for row in cells] == [2, 2, 2, 2]
    assert lines[0] == r"| a\|b   |     c |"
    assert lines[1] == r"| :----- | ----: |"
    assert lines[2] == r"| x\|y   |   1*2 |"
    assert lines[3] == r"| &lt;z> | \`q\` |"


def test_markdown_text_is_one_line_and_no_list() -> None:
    assert markdown.render([Bullets(("a\nb", "- c"))]) == "* a b\n* \\- c\n"
    assert markdown.render([Heading("# x", 2)]) == "## \\# x\n"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def test_the_command_writes_once(study: Study, ratings: Ratings, folder: Path) -> None:
    study_file.save(study, folder / "study.json")
    notes.write(notes.place(folder / "sessions", study.id), "my own words")
    out = folder / "report.html"

    done = run(folder / "study.json", folder / "sessions", "--out", out)

    assert done.exit_code == 0
    assert done.output.startswith(f"Wrote {out}, with the notes in ")
    first = out.read_bytes()
    assert b"my own words" in first
    with pytest.raises(SimtuiError, match="is there already and was left alone"):
        run(folder / "study.json", folder / "sessions", "--out", out)
    run(folder / "study.json", folder / "sessions", "--out", out, "--force")
    assert out.read_bytes() == first
    run(folder / "study.json", folder / "sessions", "--out", folder / "report.md", "--layer", "pool2")
    assert (folder / "report.md").read_text().startswith("# ")
    assert not list(folder.glob(".*"))


def test_the_command_refuses_other_endings_and_missing_notes(folder: Path, study: Study, ratings: Ratings) -> None:
    with pytest.raises(SimtuiError, match=r"does not end in .html or .md"):
        run(folder / "study.json", "--out", folder / "report.pdf")
    path = folder / "again.json"
    study_file.save(study, path, force=True)
    with pytest.raises(SimtuiError, match="There is no file of notes"):
        run(path, folder / "sessions", "--out", folder / "x.html", "--notes", folder / "none.md")


def test_what_was_imported_centred_or_z_scored_is_said_at_the_top(
    report: Report, study: Study, ratings: Ratings
) -> None:
    again = msgspec.structs.replace(report, centred=True, zscored=True)
    text = markdown.render(full(again, study, ratings, "conv2"), study).replace("\\", "")
    top, _, rest = text.partition("## Network against people")

    assert "**Images: centred copies for the network, pixels and measures; people saw the originals**" in top
    assert "**Each participant's ratings were z-scored before they were averaged**" in top
    assert "* Layer: conv2 (" in top
    assert "The ratings were imported from table.csv: how and when they were given is not known here." in rest
    assert "one pair at a time" not in rest


def test_over_several_digits_every_layer_is_in_one_table(report: Report, blocks: list[Block]) -> None:
    (table,) = [block for block in blocks if isinstance(block, Table) and block.header[:2] == ("layer", "all")]

    assert [row[0] for row in table.rows] == list(report.layers)
    assert [row[1] for row in table.rows] == [number(layer.r) for layer in report.overall.layers.values()]
    assert table.header[-2:] == ("3", "8")


def test_excluded_sessions_are_named_in_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    study = sample_study(drawn.load([8], 24, seed=2), digits=[8], pairs=8, seed=1)
    study_file.save(study, tmp_path / "study.json")
    imported(study, tmp_path, {"P1": [1, 4, 2, 9, 3, 3, 7, 8], "P2": [2, 4, 1, 7, 3, 4, 6, 9], "P3": [5] * 7 + [6]})

    done = CliRunner().invoke(command, ["study.json", "--out", "report.md", "--exclude", "sd<0.5"])

    assert done.exit_code == 0, done.output
    text = (tmp_path / "report.md").read_text().replace("\\", "")
    assert "Participants left out by a rule" in text
    assert "P3_run-1.json" in text
    assert "2 participants rated" in text


def test_notes_keep_their_markdown_and_break_nothing_else(study: Study, report: Report, ratings: Ratings) -> None:
    words = (
        "## Mine\n\nr\u00a0=\u00a00,43 and `a < b && c` **bold**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        f"![far](http://example.org/x.png) {'long ' * 30_000}end\n\n```\nif x < 3 && y:\n    pass"
    )
    blocks = full(report, study, ratings, "fc", words)

    page = html.render(blocks, study)
    own = page[page.index('<div class="own">') : page.index("Network against people")]
    assert "<h2>Mine</h2>" in own
    assert "<strong>bold</strong>" in own
    assert "<code>a &lt; b &amp;&amp; c</code>" in own
    assert "<td>2</td>" in own
    assert "<img" not in own
    assert "r\u00a0=\u00a00,43" in own
    assert "long end" in own
    text = markdown.render(blocks, study)
    assert "> if x < 3 && y:\n>     pass\n\n## Network against people" in text
    assert "`a < b && c`" in text
    assert "\n> &#33;[far](http" in text
    assert "long end" in text


def test_a_report_never_replaces_the_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    study = sample_study(drawn.load([8], 24, seed=2), digits=[8], pairs=6, seed=1)
    study_file.save(study, tmp_path / "study.json")
    imported(study, tmp_path, {"P1": [1, 4, 2, 9, 3, 3]})
    mine = tmp_path / "mine.md"
    mine.write_text("my own words")

    for out, options in (("mine.md", ["--notes", "mine.md"]), (f"sessions/{study.id}.notes.md", [])):
        done = CliRunner().invoke(command, ["study.json", "--out", out, "--force", *options])
        assert isinstance(done.exception, SimtuiError)
        assert "is the file of your notes" in str(done.exception)
    assert mine.read_text() == "my own words"


def test_the_methods_are_the_sentences_of_the_guide(page: Page, report: Report) -> None:
    """Of every number that the report has; there is no map here, and so nothing is said of one."""
    never = bool(report.groups[0].untrained)
    for entry in entries():
        wanted = entry.section != "Map" and (never or entry.name != "Untrained")
        assert (f"{entry.name}: {entry.told}" in page.text) is wanted, entry
