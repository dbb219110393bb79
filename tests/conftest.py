"""What every test stands on: one known environment, a home of its own, and the shared data if it is there."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from simtui.storage.system import POSIX
from tests import posix, surroundings

# Here, before torch and textual are imported, which read some of it once and for all.
surroundings.forget()

# Each app that ends leaves much to collect; to look for it through all of torch and textual is a tenth of the time.
gc.set_threshold(700, 10, 100)

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"

HOMES = {
    **{"HOME": "", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"},
    **{"USERPROFILE": "", "WIN_PD_OVERRIDE_LOCAL_APPDATA": "local"},  # Windows, and platformdirs there
}
"""Where a user's files are, by variable."""


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """On Windows a module that imports what only POSIX systems have is skipped as a whole."""
    if POSIX or not posix.needed_by(module_path):
        return None
    return posix.SkippedModule.from_parent(parent, path=module_path)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The marker `posix` of a single test."""
    for marker in item.iter_markers("posix"):
        reason, *paths = marker.args
        missing = [path for path in paths if not Path(path).exists()]
        if not POSIX or missing:
            pytest.skip(f"needs {' and '.join(missing) or 'a POSIX system'}: {reason}")


@pytest.fixture(scope="session", autouse=True)
def _home_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A home for what is started by fixtures of more than one test."""
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own and a known terminal, whatever other tests or the runner have set meanwhile."""
    surroundings.forget()
    home = tmp_path_factory.mktemp("home")
    for name, folder in HOMES.items():
        monkeypatch.setenv(name, str(home / folder))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real MNIST, the homework's checkpoint and the real ratings, which are never part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data (mnist, homework, ratings) in ../shared beside the repository; it is not here")
    return SHARED
