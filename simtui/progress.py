"""How far something is: told by whatever takes a while, and shown by whoever asked for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with what is done, what there is to do in all, and a word on what is being done if there is one."""

    def __call__(self, done: int, total: int, message: str = "", /) -> None: ...


def untold(done: int, total: int, message: str = "", /) -> None:
    """Nobody asked."""
