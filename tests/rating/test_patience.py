"""Waiting for a slow disk is told by another thread, which nobody waits for but while it tells."""

from __future__ import annotations

import threading
import time

import pytest

from simtui.rating import patience
from simtui.rating.patience import telling_when_slow


def test_what_is_being_told_is_told_to_its_end_and_nothing_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FELT_S", 0.0)
    monkeypatch.setattr(patience, "AGAIN_S", 0.0)
    telling, told = threading.Event(), []

    def tell(seconds: int) -> None:
        telling.set()
        time.sleep(0.01)  # the other thread may go on meanwhile, and must not have
        told.append((seconds, over))

    over = False
    for _ in range(5):
        over = False
        with telling_when_slow(tell):
            assert telling.wait(10)
        over = True
        telling.clear()
    assert len(told) >= 5
    assert set(told) == {(1, False)}


def test_where_no_thread_is_to_be_had_the_writing_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("_thread.start_new_thread", refused)
    written = False
    with telling_when_slow(lambda _: None):
        written = True
    assert written
