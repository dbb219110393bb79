"""What the fields of a study or session file mean: the docstrings of their data classes, field by field.

The published schemas say it, and so does everything that an export says of its columns.
"""

from __future__ import annotations

import re
from functools import lru_cache
from inspect import cleandoc
from itertools import zip_longest

from msgspec import Struct

_NAMES = r"[a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*"
_START = re.compile(rf"(?:^|(?<=\. ))({_NAMES}): ", re.MULTILINE)
"""What a docstring puts before the meaning of a field, or of several: their names, at the start of a sentence."""


@lru_cache(maxsize=32)
def descriptions(kind: type[Struct]) -> dict[str, str]:
    """What the docstring of a data class says of each of its fields; a field of which it says nothing is left out."""
    text = re.sub(r"\n +", " ", cleandoc(kind.__doc__ or ""))
    starts = [
        found for found in _START.finditer(text) if all(name in kind.__struct_fields__ for name in found[1].split(", "))
    ]
    said: dict[str, str] = {}
    for found, following in zip_longest(starts, starts[1:]):
        meaning = text[found.end() : following.start() if following else None].split("\n\n")[0].strip()
        for name in found[1].split(", "):
            said[name] = meaning
    return said
