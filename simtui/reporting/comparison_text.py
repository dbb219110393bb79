"""A comparison of networks as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from simtui.analysis.comparison_results import UNTRAINED, Comparison, Row
from simtui.errors import printable
from simtui.reporting.layout import bold, interval, number, p_value
from simtui.terminal.layout import paragraphs, table
from simtui.words import counted

MIN_WIDTH = 40
_OTHER_COLUMNS = 64
"""Width of the table without the networks' names."""


def as_text(comparison: Comparison, width: int = 80, color: bool = False) -> str:
    """The table, what bounds it, and what was compared, in lines of at most `width`."""
    width = max(width, MIN_WIDTH)
    blocks = [
        [part for line in _subject(comparison) for part in wrap(line, width, subsequent_indent="  ")],
        [bold("Networks and layers, best first", color), *_rows(comparison, width), *_legend(comparison, width)],
        [bold("What bounds them", color), *paragraphs([*_bounds(comparison)], width)],
        [bold("Networks", color), *paragraphs([*_networks(comparison)], width)],
    ]
    skipped = [f"{printable(file.file, 300)}: {printable(file.reason, 300)}" for file in comparison.skipped]
    if skipped:
        blocks.append([bold("Files not used", color), *paragraphs(skipped, width)])
    if comparison.notes:
        blocks.append([bold("Notes", color), *paragraphs([printable(note, 500) for note in comparison.notes], width)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _subject(comparison: Comparison) -> Iterator[str]:
    title = f": {printable(comparison.study_title, 300)}" if comparison.study_title else ""
    yield f"Study {comparison.study_id}{title}"
    if comparison.study_note:
        yield f"Images: {printable(comparison.study_note)}"
    if comparison.simulated:
        yield "SIMULATED: some of these participants are not people"
    if comparison.centred:
        yield "Images: centred copies for the networks and pixels; people saw the originals"
    digits = ", ".join(
        f"{printable(digit.digit, 20)} ({counted(digit.n_rated, 'pair')})" for digit in comparison.digits
    )
    how = "z-scored mean rating" if comparison.zscored else "mean rating"
    yield f"r with the {how} of {counted(len(comparison.participants), 'participant')}; digits: {digits}"


def _rows(comparison: Comparison, width: int) -> list[str]:
    several = len(comparison.digits) > 1
    header = ["network", "layer", "r", "95 %", "vs best", "95 %", "p"]
    header += [printable(digit.digit, 8) for digit in comparison.digits] if several else ["of ceiling"]
    judged = any(row.difference is not None for row in comparison.rows)
    best = next((row for row in comparison.rows if judged and row.network != UNTRAINED and row.r is not None), None)
    rows = []
    for row in comparison.rows:
        gap = "baseline" if row.network == UNTRAINED else "best" if row is best else number(row.difference)
        rows.append(
            [
                _name(row, min(max(width - _OTHER_COLUMNS, 12), 40)),
                printable(row.layer, 40),
                number(row.r),
                interval(row.ci, 2),
                gap,
                interval(row.difference_ci, 2),
                p_value(row.difference_p),
                *([number(r) for r in row.by_digit] if several else [number(row.r_over_ceiling, 2)]),
            ]
        )
    return table(header, rows, width=width, keep=2, indent="  ")


def _legend(comparison: Comparison, width: int) -> list[str]:
    """Which row is called the best, and which never is."""
    if not any(row.difference is not None for row in comparison.rows):
        return wrap(
            "No row is called the best: there is nothing to conclude from.",
            width,
            initial_indent="  ",
            subsequent_indent="  ",
        )
    legend = "best: the highest r of the networks compared and of the raw pixels (no network)."
    if any(row.network == UNTRAINED for row in comparison.rows):
        legend += (
            f" untrained: Fisher-z mean r of {comparison.n_untrained} networks of the homework's architecture with"
            " random weights, a baseline: it is never called best, even where it stands above."
        )
    return wrap(legend, width, initial_indent="  ", subsequent_indent="  ")


def _name(row: Row, longest: int) -> str:
    """The network's name, its end where it is too long: that is where names differ."""
    name = printable(row.network, 300) if row.network else "no network"
    return name if len(name) <= longest else f"…{name[1 - longest :]}"


def _bounds(comparison: Comparison) -> Iterator[str]:
    for digit in comparison.digits:
        yield (
            f"digit {printable(digit.digit, 20)}: ceiling of r with the mean rating, √ICC(C,k), "
            f"{number(digit.ceiling)}; another person predicts the mean of the others with r = "
            f"{number(digit.another_person_r)}"
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
