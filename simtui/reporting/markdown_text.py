"""Plain text as Markdown that shows it as it is, with a backslash only where it would otherwise mean something else."""

from __future__ import annotations

import re

_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
TAG = re.compile(r"<(?=[A-Za-z/!?])")
"""Where a tag could begin."""

_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_OPENING = re.compile(r"^(?:(?=#{1,6}(?:\s|$))|(?=>)|(?=[-+=](?:\s|$|[-=]))|(\d{1,9})(?=[.)](?:\s|$)))")
"""What makes a heading, a quotation, a list or a line of the first characters."""


def escaped(text: str, *, always: str = "") -> str:
    """One line of text for a paragraph, an item, a heading or a cell; `always`: characters that end what it stands in.

    Those are "|" in a cell, "*" in what is strong, "]" in the name of a picture, "#" in a heading.
    """
    text = " ".join(text.split())
    text = TAG.sub("&lt;", _ENTITY.sub("&amp;", _BACKSLASH.sub(r"\\\\", text)))
    marked = "".join(f"\\{c}" if _means_something(text, i, always) else c for i, c in enumerate(text))
    return _OPENING.sub(lambda found: f"{found[1] or ''}\\", marked, count=1)


def _means_something(text: str, i: int, always: str) -> bool:
    """Whether the character there would be more than itself."""
    c = text[i]
    if c in always or c in "`[":
        return True
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    match c:
        case "*":
            alone = before in ("", " ") and after in ("", " ")
            return i == 0 or (text.count("*") > 1 and not alone)
        case "_":
            return not (before.isalnum() and after.isalnum())
        case "~" | "$":
            return text.count(c) > 1
    return False
