"""Headline: of which study, images and network this analysis is, in one row of any width."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.study.model import Study

SHORTEST_TITLE = 12


class Headline(Widget):
    """One row. Without a report it names the study alone."""

    DEFAULT_CSS = """
    Headline { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    """

    report: reactive[Report | None] = reactive(None)

    def validate_report(self, report: Report | None) -> Report | None:
        """The last one stays while nobody is chosen: study, images and network are the same."""
        return self.report if report is None else report

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def render(self) -> Text:
        return Text(headline(self._study, self.report, self.size.width), no_wrap=True, overflow="ellipsis")


def headline(study: Study, report: Report | None, width: int) -> str:
    """Where there is no room for all of it, accuracy and space go first, then the title: it is known best."""
    title, note = printable(study.title or study.id, 200), printable(study.source.note or "", 200)
    before = ["SIMULATED RATINGS"] if report is not None and report.simulated else []
    after = [note] if note else []
    ends = [after]
    if report is not None:
        after += [word for word, is_so in (("centred copies", report.centred), ("z-scored", report.zscored)) if is_so]
        network, accuracy = printable(report.checkpoint.file, 200), report.checkpoint.test_acc
        ends = [[*after, network]]
        if accuracy is not None:
            ends.insert(0, [*after, f"{network}, {accuracy:.2f} % on MNIST"])
    lines = [gap.join([*before, title, *end]) for end in ends for gap in ("  ·  ", " · ")]
    spare = len(title) - (len(lines[-1]) - width)
    if spare >= SHORTEST_TITLE:
        lines.append(" · ".join([*before, f"{title[: spare - 1].rstrip()}…", *ends[-1]]))
    bare = " · ".join([*before, *ends[-1]]) or title
    lines.append(bare if len(bare) <= width else f"{bare[: width - 1]}…")
    return next(line for line in lines if len(line) <= max(width, 1))
