"""Live: how ratings that are still coming in go with the network, for whoever watches. No network is run for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from simtui.analysis.correlation import mean_rating, pearson
from simtui.analysis.similarities import Similarities
from simtui.study.model import Study
from simtui.words import counted

FEWEST = 3
"""People: the ratings of one or two say little of anybody else's."""


class LiveGroup(Struct, frozen=True, kw_only=True):
    """Pearson r of the layer's similarity with the mean rating over the pairs of a group; null where there is none."""

    digit: int | str
    n_pairs: int
    r: float | None


class Live(Struct, frozen=True, kw_only=True):
    """r so far. participants: with a complete run."""

    layer: str
    participants: int
    groups: tuple[LiveGroup, ...]


def live(study: Study, rated: Sequence[Mapping[str, int]], said: Similarities, layer: str = "fc") -> Live | None:
    """r so far; None with fewer than three people. rated: of each person, the ratings by pair id."""
    if len(rated) < FEWEST or layer not in said.layers:
        return None
    matrix = np.array([[ratings.get(pair.id, np.nan) for pair in study.pairs] for ratings in rated], dtype=np.float64)
    means = mean_rating(matrix)
    groups = list(dict.fromkeys(study.group(pair) for pair in study.pairs))
    found = []
    for group in groups:
        here = np.array([study.group(pair) == group for pair in study.pairs]) & np.isfinite(means)
        r = pearson(said.layers[layer][here], means[here]) if here.sum() > 2 else None
        found.append(LiveGroup(digit=group, n_pairs=int(here.sum()), r=r))
    return Live(layer=layer, participants=len(rated), groups=tuple(found))


def sentence(found: Live) -> str:
    """The same in a line, and what it must not be used for."""
    rs = ", ".join("none yet" if group.r is None else f"{group.r:.2f} ({group.digit})" for group in found.groups)
    return (
        f"r so far ({found.layer}, {counted(found.participants, 'complete run')}): {rs}. Do not stop because of it: "
        "that makes r look larger than it is."
    )
