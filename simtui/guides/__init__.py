"""The guides: one Markdown file a topic, shipped with the program and read with `simtui guide`."""

from __future__ import annotations

from pathlib import Path

TOPICS = (
    "start",
    "participants",
    "terminals",
    "researchers",
    "questions",
    "collecting",
    "host",
    "analysis",
    "numbers",
    "networks",
    "machines",
    "python",
    "data",
    "files",
    "troubleshooting",
)
"""In the order in which they are listed; each is a file of that name beside this one."""


def path(topic: str) -> Path:
    """The file of a guide. topic: one of TOPICS."""
    return Path(__file__).with_name(f"{topic}.md")


def read(topic: str) -> str:
    """The guide as Markdown. topic: one of TOPICS."""
    return path(topic).read_text(encoding="utf-8")


def title(topic: str) -> str:
    """The heading of a guide, which says in one line what it is for."""
    return read(topic).partition("\n")[0].removeprefix("# ")
