"""The student's own words in a Markdown report: no tag in them is live, whatever stands around it."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from simtui.reporting import markdown
from simtui.reporting.blocks import OwnWords

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
