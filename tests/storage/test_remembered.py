"""What the app remembers: read back as it was kept, and never a reason not to start."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from simtui.storage import remembered, system
from simtui.storage.remembered import Remembered


def test_what_is_kept_is_there_the_next_time_and_the_rest_stays() -> None:
    assert remembered.load() == Remembered()
    remembered.keep(theme="light")
    remembered.keep(data="/somewhere")
    assert remembered.load() == Remembered(theme="light", data="/somewhere")
    assert remembered.place().is_relative_to(os.environ["XDG_CONFIG_HOME"])


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"theme": "pink"}', b'{"checkpoint": 5}', b"\xff"])
def test_a_damaged_file_is_nothing_remembered_and_is_replaced(damaged: bytes) -> None:
    remembered.place().parent.mkdir(parents=True)
    remembered.place().write_bytes(damaged)
    assert remembered.load() == Remembered()
    remembered.keep(theme="dark")
    assert remembered.load().theme == "dark"


def test_where_nothing_can_be_written_it_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file" / "below"))
    remembered.keep(theme="dark")
    assert remembered.load() == Remembered()


def test_a_checkpoint_that_is_gone_is_simtuis_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    remembered.keep(checkpoint=str(path))
    assert remembered.checkpoint() is None
    path.write_bytes(b"")
    assert remembered.checkpoint() == path


def test_its_folder_is_the_one_that_platformdirs_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system.config_folder() == platformdirs.user_config_path("simtui")
    for value in (None, "", " "):
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        if value is not None:
            monkeypatch.setenv("XDG_CONFIG_HOME", value)
        assert system.config_folder() == platformdirs.user_config_path("simtui")
