"""The two ceilings in words: each stands beside the number that it bounds, never beside the other."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.results import Group
from simtui.errors import printable
from simtui.reporting.layout import number


def ceilings(group: Group, layer: str) -> Iterator[str]:
    """A sentence for each of the two numbers that people's agreement bounds; where it does not, the reason."""
    found, bounds, none = group.layers[layer], group.ceilings, group.no_ceilings
    single = f"mean r of {layer} with single people {number(found.mean_individual_r, 2)}"
    why = f": {printable(none.individual, 500)}" if none.individual else ""
    ends = bounds.individual_lower, bounds.individual_upper
    if ends == (None, None):
        yield f"{single}, no ceiling{why}"
    else:
        yield f"{single}, ceiling {number(ends[0], 2)} (lower) to {number(ends[1], 2)} (upper){why}"
    mean = f"r of {layer} with the mean {number(found.pearson.r, 2)}"
    if bounds.mean is not None:
        share = "" if found.r_over_ceiling is None else f", r is {number(found.r_over_ceiling, 2)} of it"
        yield f"{mean}, ceiling √ICC(C,k) {number(bounds.mean, 2)}{share}"
    elif none.mean == none.individual:
        yield f"{mean}, no ceiling either"
    else:
        yield f"{mean}, no ceiling: {printable(none.mean, 500)}"
