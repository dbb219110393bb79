"""The study files in a folder, told by how they begin: none of them is read whole."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from simtui.study.model import FORMAT

MOST_FILES = 1000
"""JSON files of a folder that are looked into: a folder may be full of others."""

_BEGINNING = 200


def studies_at_hand(folders: Iterable[Path]) -> list[Path]:
    """The study files in these folders, not in those below them, in the order of their names."""
    return [path for folder in folders for path in sorted(islice(folder.glob("*.json"), MOST_FILES)) if _is_one(path)]


def _is_one(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return f'"{FORMAT}"'.encode() in file.read(_BEGINNING)
    except OSError:
        return False
