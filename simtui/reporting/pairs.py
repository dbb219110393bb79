"""The pairs of a digit with what people and a layer say of each."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.results import Group
from simtui.errors import printable
from simtui.reporting.blocks import Block, Images, Paragraph, Table
from simtui.reporting.numbers import number


def pairs(group: Group, layer: str) -> Iterator[Block]:
    """Every pair in the study's order, with its images and both its scores, normalized and raw."""
    yield Paragraph("net and human are normalized to 0..1; the cosine and the mean rating are raw.")
    yield Table(
        ("pair", "images", "net", "human", "cosine", "rating", "ratings"),
        tuple(
            (
                printable(pair.id),
                Images(pair.left, pair.right),
                number(pair.similarity_normalized[layer], 2),
                number(pair.human_normalized, 2),
                number(pair.similarity[layer]),
                number(pair.human, 2),
                str(pair.n_ratings),
            )
            for pair in group.pairs
        ),
    )
