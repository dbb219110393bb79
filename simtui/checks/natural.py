"""The order in which people read names: P2 before P10."""

from __future__ import annotations

import re


def natural_order(text: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """A sorting key that reads runs of digits as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part)) if part[0] in "0123456789" else (1, part) for part in parts), text
