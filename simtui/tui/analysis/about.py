"""About: what an analysis stands on, in a tab of its own."""

from __future__ import annotations

from textual.reactive import reactive

from simtui.analysis.results import Report
from simtui.reporting.provenance import about
from simtui.study.model import Study
from simtui.tui.analysis.tab_part import TabPart
from simtui.tui.widgets.reading import BlocksView


class About(BlocksView, TabPart):
    """Where every number comes from, as the report says it."""

    report: reactive[Report | None] = reactive(None)

    tab = "about"

    def __init__(self, study: Study, *, id: str) -> None:  # noqa: A002  as Textual calls it
        super().__init__("", id=id, markup=False)
        self._study = study

    def watch_report(self) -> None:
        self.changed()

    def draw(self) -> None:
        if self.report is not None:
            self.show(about(self.report, self._study))
