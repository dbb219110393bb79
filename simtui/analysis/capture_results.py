"""The records of what a network captures, as they stand in the Report."""

from __future__ import annotations

from msgspec import Struct

LEVEL = 0.05
"""Of the family-wise p from which a correlation counts as more than chance."""


class Judged(Struct, frozen=True, kw_only=True):
    """A correlation with p of the maximum statistic: how often the largest |r| of its family is as large by chance."""

    r: float | None = None
    p: float | None = None


class CovariateOfLayer(Struct, frozen=True, kw_only=True):
    """An image covariate and one layer.

    layer: r with the layer's similarity. people_given_layer: partial r with the mean rating given the layer, what
        the layer misses; layer_given_people: partial r with the layer given the mean rating, what it adds.
    """

    layer: Judged = Judged()
    people_given_layer: Judged = Judged()
    layer_given_people: Judged = Judged()


class Covariate(Struct, frozen=True, kw_only=True):
    """Something measured on the images of a pair alone, its r with the mean rating and with every layer.

    kind: "similarity" (larger is more alike, r above 0 expected) or "difference" (r below 0 expected).
    """

    name: str
    label: str
    kind: str
    people: Judged
    layers: dict[str, CovariateOfLayer]


class Capture(Struct, frozen=True, kw_only=True):
    """What one layer captures. The thresholds are the |r| that any covariate of a family must reach for p ≤ .05.

    reading: one sentence of what the numbers show, null where they show nothing.
    """

    threshold: float | None
    threshold_people_given_layer: float | None
    threshold_layer_given_people: float | None
    reading: str | None


class RankedPair(Struct, frozen=True, kw_only=True):
    """A pair with its rank for people and for a layer; 1 is the most similar."""

    id: str
    human_rank: float
    network_rank: float


class Disagreements(Struct, frozen=True, kw_only=True):
    """The pairs on which a layer and people disagree most.

    network_higher: more similar for the network than for people; people_higher: the other way round.
    """

    network_higher: tuple[RankedPair, ...]
    people_higher: tuple[RankedPair, ...]
