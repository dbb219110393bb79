"""How many there are of something, in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """One pair is "1 pair", and of others there are "2 pairs"; many: where an s is not all it takes."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
