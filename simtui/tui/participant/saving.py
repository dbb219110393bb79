"""Saying on the screen that a slow disk is being waited for, while the app that waits can paint nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.app import App
from textual.geometry import Region
from textual.widget import Widget

from simtui.rating.patience import telling_when_slow
from simtui.rating.texts import sentence
from simtui.study.model import Study
from simtui.tui._textual import write_over


@contextmanager
def saying_when_slow(app: App[Any], study: Study, place: Widget | None = None) -> Iterator[None]:
    """Inside something is put on disk. place: where it is said; in the last row of the screen where None."""
    told = False

    def tell(seconds: int) -> None:
        nonlocal told
        told = True
        region = place.region if place is not None else Region(0, app.size.height - 1, app.size.width, 1)
        style = (place or app.screen).rich_style
        write_over(app, f" {sentence(study, 'saving', seconds=seconds)}", region, style)

    with telling_when_slow(tell):
        yield
    if told:
        (place or app.screen).refresh()
