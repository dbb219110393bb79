"""What every test stands on: no developer's configuration, home or terminal, and the shared data if it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Before torch is imported, here and in what is started from here: the processes of the suite share the cores, and
# threads of torch's own would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"

_TERMINAL = (
    *("COLORTERM", "NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "SIMTUI_DATA", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL"),
    # Programs believe these sooner than the terminal they are on, and they are set in the processes of pytest-xdist.
    *("COLUMNS", "LINES"),
)


@pytest.fixture(autouse=True)
def _own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own and a known terminal: a test must not read what this machine's user has set up."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in {"HOME": "", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}.items():
        monkeypatch.setenv(name, str(home / folder))
    for name in _TERMINAL:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real MNIST, the homework's checkpoint and the real ratings, which are never part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data (mnist, homework, ratings) in ../shared beside the repository; it is not here")
    return SHARED
