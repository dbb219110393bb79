"""Texts in a Markdown report show as they are; in the student's own words no tag is live, whatever is around it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from simtui.reporting import markdown
from simtui.reporting.blocks import Block, Bullets, Facts, Heading, OwnWords, Paragraph, Point, Scatter, Table
from tests.builders import small_study

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "text",
    [
        f"a lone ` backtick\n\n{SCRIPT}",
        f"a lone ` backtick\n` {SCRIPT}",
        f"- a fence in a list\n  ```\n{SCRIPT}",
        f"```no`fence\n{SCRIPT}",
        f"```\nnever closed\n\n{SCRIPT}",
        f"<!--\n```\n-->\n{SCRIPT}\n```",
        f"| ` | {SCRIPT} ` |\n|---|---|\n| ` | {SCRIPT} ` |",
        f"    indented\n{SCRIPT}",
        f"\\{SCRIPT}",
        "<a href='javascript:x'>x</a> <b\nonclick=x> </b> <?x?> <!x> <http://elsewhere.example>",
        "![x](http://elsewhere.example/x.png) \\![x](http://elsewhere.example/x.png) ![x][y]\n\n[y]: http://elsewhere.example",
    ],
)
def test_no_tag_and_no_picture_in_them_is_live(text: str) -> None:
    written = markdown.render([OwnWords(text)])
    page = MarkdownIt("commonmark").enable("table").render(written)
    for tag in ("<script", "<a href='", "<b", "<!", "<?", "<img"):
        assert tag not in page.replace("<blockquote", "").replace("<br", "")


def test_what_is_no_tag_stays_as_it_was_written() -> None:
    text = "if `a < b` and 1<2, *then* I & you -> `x`"
    assert markdown.render([OwnWords(text)]) == f"> {text}\n"


PARTS = st.sampled_from(
    [*"\\`*_{}[]()#+-.!|~$<>&=:;0123a bä–", "**", "~~", "](http://x)", "&amp;", "<b>", "1.", "- ", "[a]"]
)
TEXTS = st.lists(PARTS, min_size=1, max_size=12).map("".join)


def shown(block: Block) -> list[Token]:
    """What a code host makes of a block; its pictures have a definition, as has anything else that could be one."""
    reader = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    return reader.parse(markdown.render([block]) + "\n[a]: http://x\n")


def kinds(tokens: list[Token]) -> list[str]:
    inner = [child for token in tokens for child in token.children or ()]
    return [token.type for token in (*tokens, *inner)]


def words(tokens: list[Token]) -> list[str]:
    inline = [token for token in tokens if token.type == "inline"]
    return ["".join(child.content for child in token.children or ()) for token in inline]


@given(TEXTS)
@example("\\")
@example("*a* _b_ ~~c~~ $x$")
@example("20) x")
@example("--- ")
@example("+")
@example("# a #")
@example("a_b_c __d__")
def test_every_text_shows_as_it_is_wherever_it_stands(text: str) -> None:
    plain = " ".join(text.split())
    if not plain:
        return
    for block, frame in (
        (Paragraph(plain), ["paragraph"]),
        (Paragraph(plain, strong=True), ["paragraph", "strong"]),
        (Heading(plain), ["heading"]),
        (Bullets((plain, plain)), ["bullet_list", "list_item", "list_item", "paragraph", "paragraph"]),
        (Facts((("a", plain),)), ["bullet_list", "list_item", "paragraph"]),
    ):
        tokens = shown(block)
        opened = sorted(kind.removesuffix("_open") for kind in kinds(tokens) if kind.endswith("_open"))
        assert opened == frame
        assert set(kinds(tokens)) <= {f"{part}_{end}" for part in frame for end in ("open", "close")} | {
            "inline",
            "text",
            "text_special",
        }
        assert all(said.removeprefix("a: ") == plain for said in words(tokens))
    tokens = shown(Table((plain, "b"), ((plain, plain), ("c", "d"))))
    assert words(tokens) == [plain, "b", plain, plain, "c", "d"]
    assert not {"em_open", "strong_open", "link_open", "image", "code_inline", "html_inline"} & set(kinds(tokens))


def test_pictures_whose_names_differ_in_case_alone_are_told_apart() -> None:
    plots = [
        Scatter((Point(x, x, "8", "p1"),), title, "net", "human") for x, title in ((0.0, "Digits"), (1.0, "digits"))
    ]
    text, files = markdown.render_with_files(plots, small_study(), "pictures")
    assert sorted(files) == ["Digits.svg", "digits-x.svg"]
    assert all(f"[{name.removesuffix('.svg')}]: pictures/{name}" in text for name in files)
