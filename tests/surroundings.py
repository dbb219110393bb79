"""One known environment for the tests and all that they start, whatever machine, user and terminal they run on."""

from __future__ import annotations

import os

_FORGOTTEN = ("LC_", "LANG", "XDG_", "TEXTUAL", "SIMTUI_", "SSH_", "COLORTERM", "NO_COLOR", "FORCE_COLOR")
"""Beginnings of the names of variables by which a machine, its user and their terminal change what programs do."""

_KNOWN = {
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
    # The processes of the suite share the cores, and threads of torch's own would only wait for one another.
    "OMP_NUM_THREADS": "1",
} | ({"PYTHONUTF8": "1"} if os.name == "nt" else {})  # what tests read and write there without naming an encoding


def forget() -> None:
    """Leave of the environment of this process only what does not change what the program says and shows."""
    for name in list(os.environ):
        # Programs believe COLUMNS and LINES sooner than their terminal, and pytest-xdist sets them in its workers.
        if name.startswith(_FORGOTTEN) or name in {"COLUMNS", "LINES", "PYTHONIOENCODING", "PYTHONUTF8"}:
            del os.environ[name]
    os.environ.update(_KNOWN)
