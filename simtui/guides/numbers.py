"""What every number of an analysis is: read from its guide, which is what the app and the report say of it too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from simtui import guides

TOPIC = "numbers"

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ENTRY = re.compile(
    r"^### ([^\n]+)\n\n(.+?)\n\nRead against: (.+?)\n\nSource: (.+?)\n(?=\n#|\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A number. section: the tab that shows it. what, against: a sentence each; source: who has it from."""

    section: str
    name: str
    what: str
    against: str
    source: str

    @property
    def told(self) -> str:
        """All that is said of it, on one line."""
        source = re.sub(r" \((\d{4})\)", r", \1", self.source.removesuffix("."))
        return f"{self.what} Read against: {self.against} ({source})"


@cache
def entries() -> tuple[Entry, ...]:
    """Every number, in the order of the guide."""
    return tuple(_entries(guides.read(TOPIC)))


def of_section(*names: str) -> tuple[Entry, ...]:
    """The numbers of these sections, section after section."""
    return tuple(entry for name in names for entry in entries() if entry.section == name)


def _entries(text: str) -> Iterator[Entry]:
    parts = _SECTION.split(text)
    for section, body in zip(parts[1::2], parts[2::2], strict=True):
        for found in _ENTRY.finditer(f"{body.rstrip()}\n"):
            yield Entry(section, *(" ".join(part.split()) for part in found.groups()))
