"""The pairs on which network and people disagree most, as text: their scores and ranks, and their images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from simtui.analysis.capture_results import RankedPair
from simtui.analysis.results import Group
from simtui.errors import printable
from simtui.reporting.layout import number
from simtui.storage.png import SIZE
from simtui.study.model import Study
from simtui.terminal.cells import Look
from simtui.terminal.image_lines import image_lines
from simtui.terminal.layout import table

SIDES = ("more similar for the network", "more similar for people")

_GAP, _INDENT, _BETWEEN = 2, 2, 4
_WIDE = 2 * SIZE + _GAP

Draw = Callable[[str, str], list[str]]
"""Two images, by their ids, side by side as lines of characters, each 58 columns wide."""


def drawing(study: Study, look: Look | None) -> Draw:
    """Draws a study's images in half blocks; look: as in `image_lines`."""

    # Empty paper above and below both says nothing; in colours a line of it keeps the digits whole to the eye.
    least, margin = (128, 0) if look is None else (1, 1)

    def draw(left: str, right: str) -> list[str]:
        images = study.image(left), study.image(right)
        lines = image_lines(images, look, gap=_GAP)
        inked = [y // 2 for image in images for y, row in enumerate(image) if max(row) >= least]
        return lines[max(0, min(inked) - margin) : max(inked) + 1 + margin] if inked else lines

    return draw


def gallery(group: Group, layer: str, width: int, draw: Draw | None = None, *, zscored: bool = False) -> list[str]:
    """The pairs of each direction in a table, and below it as images; empty where there are none.

    zscored: people's ranks are of their z-scored means, and the ratings beside them are as they were given.
    """
    found = group.disagreements.get(layer)
    if found is None:
        return []
    scores = {pair.id: pair for pair in group.pairs}
    sides = tuple(zip(SIDES, (found.network_higher, found.people_higher), strict=True))
    rows = [
        [
            printable(ranked.id),
            side,
            f"{ranked.network_rank:g}",
            f"{ranked.human_rank:g}",
            number(scores[ranked.id].similarity[layer]),
            number(scores[ranked.id].human, 2),
        ]
        for side, ranks in sides
        for ranked in ranks
    ]
    if not rows:
        return []
    lines = ["", *table(["pair", "", "net rank", "human rank", "cosine", "rating"], rows, width=width, indent="  ")]
    lines.append(f"  rank 1: the most similar{'; human ranks are of z-scored ratings' if zscored else ''}")
    if draw is not None and width >= _INDENT + _WIDE:
        for side, ranks in sides:
            lines += [line for line in ("", f"  {side}:") if ranks]
            lines += drawn_pairs(group, layer, ranks, draw, width)
    return lines


def drawn_pairs(group: Group, layer: str, ranked: Sequence[RankedPair], draw: Draw, width: int = 80) -> list[str]:
    """These pairs as images, each below its scores and ranks, as many side by side as there is room for."""
    scores = {pair.id: pair for pair in group.pairs}
    blocks: list[list[str]] = []
    for one in ranked:
        pair = scores[one.id]
        caption = (
            f"{printable(one.id, 10)}: net {number(pair.similarity[layer], 2)} rank {one.network_rank:g}, "
            f"people {number(pair.human, 1)} rank {one.human_rank:g}"
        )
        blocks.append([caption.ljust(_WIDE), *draw(pair.left, pair.right)])
    a_row = max(1, (width - _INDENT + _BETWEEN) // (_WIDE + _BETWEEN))
    return [line for start in range(0, len(blocks), a_row) for line in _beside(blocks[start : start + a_row])]


def _beside(blocks: list[list[str]]) -> Iterator[str]:
    """Blocks of equal width next to each other, after an empty line."""
    yield ""
    for row in range(max(len(block) for block in blocks)):
        parts = [block[row] if row < len(block) else " " * _WIDE for block in blocks]
        yield (" " * _INDENT + (" " * _BETWEEN).join(parts)).rstrip()
