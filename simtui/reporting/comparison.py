"""What is said of a comparison of networks."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.comparison_results import UNTRAINED, Comparison, Row
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, Heading, Paragraph, Table
from simtui.reporting.numbers import interval, number, p_value
from simtui.reporting.provenance import notes, unused_files
from simtui.reporting.summary import CEILING
from simtui.words import counted

_COLUMNS = (
    "r: correlation with the mean rating, with its 95 % interval for these people and new pairs. vs best: r less that "
    "of the best row, with its 95 % interval and p, how rarely chance alone goes as far."
)
_OTHER_COLUMNS = 64
"""Width of the table without the networks' names."""


def comparison_blocks(comparison: Comparison, width: int = 80) -> list[Block]:
    """What was compared, the table of networks and layers, what bounds them, and what they are.

    width: of the text that this becomes; networks' names are shortened so that they leave room for the numbers.
    """
    title = f": {printable(comparison.study_title, 300)}" if comparison.study_title else ""
    return [
        Heading(f"Study {printable(comparison.study_id)}{title}", 1),
        *(Paragraph(sentence, strong=True) for sentence in _warnings(comparison)),
        Paragraph(_subject(comparison)),
        Heading("Networks and layers, best first"),
        _table(comparison, min(max(width - _OTHER_COLUMNS, 12), 40)),
        Heading("What bounds them"),
        Bullets(tuple(_bounds(comparison))),
        Heading("Networks"),
        Bullets(tuple(_networks(comparison))),
        *unused_files(comparison.skipped, "brief"),
        *notes(comparison.notes),
    ]


def _warnings(comparison: Comparison) -> Iterator[str]:
    if comparison.study_note:
        yield f"Images: {printable(comparison.study_note)}"
    if comparison.simulated:
        yield "SIMULATED: some of these participants are not people"
    if comparison.centred:
        yield "Images: centred copies for the networks and pixels; people saw the originals"


def _subject(comparison: Comparison) -> str:
    digits = ", ".join(
        f"{printable(digit.digit, 20)} ({counted(digit.n_rated, 'pair')})" for digit in comparison.digits
    )
    how = "z-scored mean rating" if comparison.zscored else "mean rating"
    return f"r with the {how} of {counted(len(comparison.participants), 'participant')}; digits: {digits}"


def _table(comparison: Comparison, longest: int) -> Table:
    """longest: characters of a network's name."""
    several = len(comparison.digits) > 1
    digits = [printable(digit.digit, 8) for digit in comparison.digits] if several else ["of ceiling"]
    judged = any(row.difference is not None for row in comparison.rows)
    best = next((row for row in comparison.rows if judged and row.network != UNTRAINED and row.r is not None), None)
    rows = tuple(
        (
            _name(row, longest),
            printable(row.layer, 40),
            number(row.r),
            interval(row.ci, 2),
            "baseline" if row.network == UNTRAINED else "best" if row is best else number(row.difference),
            interval(row.difference_ci, 2),
            p_value(row.difference_p),
            *([number(r) for r in row.by_digit] if several else [number(row.r_over_ceiling, 2)]),
        )
        for row in comparison.rows
    )
    header = ("network", "layer", "r", "95 %", "vs best", "95 %", "p", *digits)
    return Table(header, rows, names=2, note=_legend(comparison, judged=judged))


def _legend(comparison: Comparison, *, judged: bool) -> str:
    """Which row is called the best, and which never is."""
    if not judged:
        return f"{_COLUMNS} No row is called the best: there is nothing to conclude from."
    legend = f"{_COLUMNS} best: the highest r of the networks compared and of the raw pixels (no network)."
    if any(row.network == UNTRAINED for row in comparison.rows):
        legend += (
            f" untrained: Fisher-z mean r of {comparison.n_untrained} networks of the homework's architecture with"
            " random weights, a baseline: it is never called best, even where it stands above."
        )
    return legend


def _name(row: Row, longest: int) -> str:
    """The network's name, its end where it is too long: that is where names differ."""
    name = printable(row.network, 300) if row.network else "no network"
    return name if len(name) <= longest else f"…{name[1 - longest :]}"


def _bounds(comparison: Comparison) -> Iterator[str]:
    for digit in comparison.digits:
        yield (
            f"digit {printable(digit.digit, 20)}: {CEILING} {number(digit.ceiling)}; one more person predicts the mean "
            f"of the others with r = {number(digit.another_person_r)}"
        )


def _networks(comparison: Comparison) -> Iterator[str]:
    for network in comparison.networks:
        facts = [f"sha256 {network.sha256[:12]}…"]
        if network.test_acc is not None:
            facts.insert(0, f"{network.test_acc:.2f} % of MNIST's test set, says its file")
        if network.weights:
            facts.append(f"weights {printable(network.weights)}")
        elif network.preprocess:
            facts.append(f"weights as the factory made them; what is random in them is of seed {comparison.seed}")
        if network.preprocess:
            facts.append(f"preprocess {network.preprocess}")
        if network.name != printable(network.source) and not network.preprocess:
            facts.append(printable(network.source, 300))
        yield f"{printable(network.name)}: {'; '.join(facts)}"
