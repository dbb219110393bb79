"""The images of a study as a document shows them: as PNG, and as block characters."""

from __future__ import annotations

from dataclasses import dataclass

from simtui.analysis.results import PairScore
from simtui.errors import printable
from simtui.reporting.blocks import Picture
from simtui.reporting.gallery import Draw, drawing
from simtui.storage import png
from simtui.study.model import Study


@dataclass(frozen=True, slots=True)
class Pictures:
    """Every image that a pair shows, by its id in the study; draw: two of them as block characters."""

    by_id: dict[str, Picture]
    draw: Draw

    def of(self, pair: PairScore) -> tuple[Picture, Picture]:
        """Left and right."""
        return self.by_id[pair.left], self.by_id[pair.right]


def pictures(study: Study) -> Pictures:
    """Ink dark on light, as people know digits from paper."""
    names = dict.fromkeys(image for pair in study.pairs for image in (pair.left, pair.right))
    by_id = {
        name: Picture(
            png.encode([bytes(255 - value for value in row) for row in study.image(name)]), printable(name, 60)
        )
        for name in names
    }
    return Pictures(by_id, drawing(study, None))
