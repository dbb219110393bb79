"""Headline: of which study, images and network this analysis is, in one row of any width.

In a low window it also warns that the network does not know the images: the summary has one sentence there.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.accuracy import accuracy_on_stimuli
from simtui.study.model import Study
from simtui.tui.analysis.r_summary import ROOMY

SHORTEST_TITLE = 12


class Headline(Widget):
    """One row. Without a report it names the study alone."""

    DEFAULT_CSS = """
    Headline { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    Headline > .headline--warning { color: $text-warning; text-style: bold; }
    Headline:ansi > .headline--warning { color: ansi_bright_yellow; }
    """
    COMPONENT_CLASSES = {"headline--warning"}

    report: reactive[Report | None] = reactive(None)

    def validate_report(self, report: Report | None) -> Report | None:
        """The last one stays while nobody is chosen: study, images and network are the same."""
        return self.report if report is None else report

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def render(self) -> Text:
        warnings = () if self.app.size.height >= ROOMY else warnings_of(self.report)
        line = headline(self._study, self.report, self.size.width, warnings)
        text = Text(line, no_wrap=True, overflow="ellipsis")
        said = next((warning for warning in warnings if warning in line), None)
        if said is not None:
            start = line.index(said)
            text.stylize(self.get_component_rich_style("headline--warning"), start, start + len(said))
        return text


def warnings_of(report: Report | None) -> tuple[str, ...]:
    """That the network does not know the images, in ever fewer words; nothing where it does."""
    accuracy = None if report is None else accuracy_on_stimuli(report.groups, several=len(report.groups) > 1)
    if accuracy is None or not accuracy.low:
        return ()
    return f"! the network {accuracy.wordings[-1]}", f"! {accuracy.wordings[-1]}"


def headline(study: Study, report: Report | None, width: int, warnings: Sequence[str] = ()) -> str:
    """Where there is no room for all of it, accuracy and space go first, then the title: it is known best.

    warnings: wordings of one that stands in front of all that, the longest first.
    """
    title, note = printable(study.title or study.id, 200), printable(study.source.note or "", 200)
    simulated = ["SIMULATED RATINGS"] if report is not None and report.simulated else []
    befores = [[*simulated, warning] for warning in warnings] or [simulated]
    after = [note] if note else []
    ends = [after]
    if report is not None:
        after += [word for word, is_so in (("centred copies", report.centred), ("z-scored", report.zscored)) if is_so]
        network, accuracy = printable(report.checkpoint.file, 200), report.checkpoint.test_acc
        ends = [[*after, network]]
        if accuracy is not None:
            ends.insert(0, [*after, f"{network}, {accuracy:.2f} % on MNIST"])
    lines = [gap.join([*before, title, *end]) for end in ends for before in befores for gap in ("  ·  ", " · ")]
    spare = len(title) - (len(lines[-1]) - width)
    if spare >= SHORTEST_TITLE:
        lines.append(" · ".join([*befores[-1], f"{title[: spare - 1].rstrip()}…", *ends[-1]]))
    lines += [" · ".join([*before, *ends[-1]]) or title for before in befores]
    lines.append(lines[-1] if len(lines[-1]) <= width else f"{lines[-1][: width - 1]}…")
    return next(line for line in lines if len(line) <= max(width, 1))
