"""What a line says of its terminal, as far as it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")
_LANG = re.compile(r"[A-Za-z0-9_.@-]{1,40}")


def term_of(text: str) -> str:
    """The name of a terminal, or its colours; "" where it could be anything else: a path, a sequence."""
    return text if _NAME.fullmatch(text) else ""


def lang_of(environment: Mapping[str, str]) -> str:
    """The locale of a line's characters, "" where it says none: then it is taken to be UTF-8."""
    told = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    return told if _LANG.fullmatch(told) else ""
