"""What a person has said of a terminal once: which way of drawing looks whole on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from simtui.errors import SimtuiError
from simtui.storage import atomic, untrusted
from simtui.terminal.cells import Renderer

_NAMING = ("TERM", "TERM_PROGRAM", "VTE_VERSION", "XTERM_VERSION", "KONSOLE_VERSION", "WT_SESSION")
"""The variables by which terminals name themselves, where they do."""

_LARGEST = 100_000


def remembered_renderer(environ: Mapping[str, str]) -> Renderer | None:
    """What was said of a terminal like this one; None where nothing was, or what was said cannot be read."""
    try:
        found = json.loads(untrusted.read(_file(environ), "what is remembered of terminals", _LARGEST))
    except (SimtuiError, ValueError, OSError, RecursionError):
        return None
    said = found.get(_name(environ)) if isinstance(found, dict) else None
    return said if said in get_args(Renderer) else None


def remember_renderer(environ: Mapping[str, str], renderer: Renderer | None) -> Path:
    """Keep what was said, or forget it; the file where it is. Raises SimtuiError where it cannot be written."""
    path = _file(environ)
    try:
        found = json.loads(untrusted.read(path, "what is remembered of terminals", _LARGEST))
    except (SimtuiError, ValueError, RecursionError):
        found = {}
    known = found if isinstance(found, dict) else {}
    known.pop(_name(environ), None)
    if renderer is not None:
        known[_name(environ)] = renderer
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.write_failed(path, error) from None
    atomic.write(path, json.dumps(known, indent=1).encode(), force=True)
    return path


def _name(environ: Mapping[str, str]) -> str:
    # A version is enough of some variables, and their presence of others, which differ in every window.
    told = [environ.get(name, "")[:60] for name in _NAMING if name != "WT_SESSION"]
    return " ".join([*filter(None, told), *(["Windows Terminal"] if environ.get("WT_SESSION") else [])])


def _file(environ: Mapping[str, str]) -> Path:
    """Not by platformdirs, whose import takes the rating screen 20 ms."""
    folder = environ.get("XDG_CONFIG_HOME") or environ.get("APPDATA")
    return (
        (Path(folder) if folder else Path(environ.get("HOME") or "/nonexistent") / ".config")
        / "simtui"
        / "terminals.json"
    )
