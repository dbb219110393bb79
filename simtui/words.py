"""Counts and names as people read them."""

from __future__ import annotations

import re


def counted(number: int, one: str, many: str = "") -> str:
    """One pair is "1 pair", and of others there are "2 pairs"; many: where an s is not all it takes."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def natural_order(text: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """A sorting key that reads runs of digits as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part)) if part[0] in "0123456789" else (1, part) for part in parts), text


def p_in_words(p: float) -> str:
    """A p for a sentence of a note: "p = 0.031", "p < 0.001"; no p is 0."""
    return "p < 0.001" if p < 0.0005 else f"p = {p:.3f}"
