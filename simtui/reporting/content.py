"""All that is said of a Report, in order: for a terminal in brief, and in full as a document to hand in.

The parts are functions of their own, which a screen with tabs uses one by one: `summary`, `layers`, `people`,
`spaces`, `captures`, `pairs` and `provenance.about`.
"""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.ratings import Ratings
from simtui.analysis.results import Report
from simtui.errors import SimtuiError, printable
from simtui.reporting.blocks import Block, Bullets, Heading, OwnWords, Paragraph, Profile
from simtui.reporting.captures import captures
from simtui.reporting.figures import scatter
from simtui.reporting.layers import against_pixels, layers, layers_over_digits
from simtui.reporting.numbers import of_digit
from simtui.reporting.pairs import pairs
from simtui.reporting.people import people
from simtui.reporting.provenance import notes, provenance, unused_files
from simtui.reporting.spaces import spaces
from simtui.reporting.summary import summary
from simtui.study.model import Study

_HARMLESS = (
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{IDEOGRAPHIC SPACE}"
    "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
)
"""What languages and emoji are written with though Python counts it among what cannot be printed."""


def brief(report: Report, layer: str) -> list[Block]:
    """What a terminal shows of one layer, the others beside it. Raises SimtuiError for one that the Report has not."""
    require_layer(report, layer)
    return [
        *summary(report, layer, "brief"),
        scatter(report, layer),
        *_parts(report, layer, "brief"),
        *unused_files(report.skipped, "brief"),
        *notes(report.notes),
    ]


def full(report: Report, study: Study, ratings: Ratings, layer: str, own_words: str = "") -> list[Block]:
    """The document: with methods, files, and all numbers of all layers. own_words: the student's notes, "" for none.

    Reads the session files again, to name them by their hashes. Raises SimtuiError for a layer that the Report has not.
    """
    # They bring scipy along, and a text needs none of it.
    from simtui.reporting import methods

    require_layer(report, layer)
    own = (Heading("Notes of the author"), OwnWords(_harmless(own_words))) if own_words.strip() else ()
    return [
        *summary(report, layer, "full"),
        *own,
        Heading("Network against people"),
        scatter(report, layer),
        *_parts(report, layer, "full"),
        Heading("Methods"),
        Paragraph(methods.collection(study, ratings, report)),
        *(Paragraph(definition) for definition in methods.definitions(report)),
        Bullets(tuple(methods.numbers(report))),
        Heading("Where these numbers come from"),
        *provenance(report, "full"),
        *unused_files(report.skipped, "full"),
        *notes(report.notes),
    ]


def _parts(report: Report, layer: str, profile: Profile) -> Iterator[Block]:
    if len(report.groups) > 1:
        yield Heading("Layers")
        yield layers_over_digits(report)
    for group in report.groups:
        yield Heading(f"Layers{of_digit(report, group)}")
        yield from layers(report, group, layer, profile)
    yield from against_pixels(report)
    for group in report.groups:
        yield Heading(f"People{of_digit(report, group)}")
        yield from people(report, group, layer, profile)
    for group in report.groups:
        if group.layers[layer].rdm is not None:
            yield Heading(f"Map{of_digit(report, group)}")
            yield from spaces(group, layer)
    for group in report.groups:
        yield Heading(f"What {layer} captures{of_digit(report, group)}")
        yield from captures(report, group, layer)
    for group in report.groups:
        yield Heading(f"Pairs{of_digit(report, group)}")
        yield from pairs(report, group, layer)


def require_layer(report: Report, layer: str) -> None:
    """Raises SimtuiError for a layer that the Report has not."""
    if layer not in report.layers:
        raise SimtuiError(f"There is no layer {printable(layer)!r} here: choose from {', '.join(report.layers)}.")


def _harmless(text: str) -> str:
    """The student's lines, whole, without what a terminal could obey."""
    return "\n".join(
        "".join(c if c in _HARMLESS else printable(c) for c in line.expandtabs(4)) for line in text.splitlines()
    )
