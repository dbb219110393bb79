"""A complete design's two spaces side by side: where the images stand for people and for a layer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from simtui.analysis.layer_results import Rdm
from simtui.analysis.results import Group
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, ImageMap, Place, Table
from simtui.reporting.numbers import interval, number, p_is

_MOST_IN_TREE = 40
"""Images whose tree is drawn, branch by branch."""

_TOKEN = re.compile(r"'((?:[^']|'')*)'|\)(?::([0-9.e+-]+))?|:([0-9.e+-]+)|\(|[,;]")


def spaces(group: Group, layer: str) -> Iterator[Block]:
    """The map, who moved most, and the trees; nothing where the design is not complete."""
    found = group.layers[layer].rdm
    if found is None:
        return
    yield Bullets(tuple(_facts(found, layer)))
    drawn = image_map(group, layer)
    if drawn is not None:
        yield drawn
    order = {image: i for i, image in enumerate(found.mds_people, 1)}
    yield Table(
        ("number", "image", "people x", "people y", f"{layer} x", f"{layer} y", "apart"),
        tuple(
            (str(order[image]), printable(image, 40), *(number(each, 2) for each in (*here, *there, apart)))
            for image, here, there, apart in moved(found)
        ),
        names=2,
        note=f"{layer}'s places are turned, mirrored and scaled onto people's; apart: how far the two are",
    )
    for name, tree in (("people", found.tree.people), (printable(layer, 40), found.tree.layer)):
        if len(order) <= _MOST_IN_TREE:
            yield Table((f"tree of {name}", "joined at"), tuple(tree_rows(tree, order)))
        else:
            joins = (
                f"{' '.join(str(order[leaf]) for leaf in leaves)} at {number(height, 2)}"
                for leaves, height in merges(tree)
            )
            yield Bullets((f"tree of {name}, the most alike images first, by number: {'; '.join(joins)}",))


def moved(found: Rdm) -> list[tuple[str, tuple[float, float], tuple[float, float], float]]:
    """Each image with its places for people and for the layer, and how far these are apart; the farthest first."""
    rows = [
        (image, here, there, math.dist(here, there))
        for (image, here), there in zip(found.mds_people.items(), found.mds_layer.values(), strict=True)
    ]
    return sorted(rows, key=lambda row: -row[3])


def tree_rows(tree: str, order: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """A tree from its root down, a row for each join, with its dissimilarity, and for each image, with its number."""
    heights = dict(merges(tree))

    def below(leaves: tuple[str, ...], bars: str) -> Iterator[tuple[str, str]]:
        if len(leaves) == 1:
            yield f"{bars}─ {order[leaves[0]]} {printable(leaves[0], 40)}", ""
            return
        yield f"{bars}┐", number(heights[leaves], 2)
        ends = range(1, len(leaves))
        cut = next(i for i in ends if {leaves[:i], leaves[i:]} <= heights.keys() | {(leaf,) for leaf in leaves})
        yield from below(leaves[:cut], f"{bars}├")
        yield from below(leaves[cut:], f"{bars}└")

    yield from ((_straight(row), height) for row, height in below(max(heights, key=len), ""))


def _straight(row: str) -> str:
    """Before its last corner a row has only lines that go on, or none."""
    bars = len(row) - len(row.lstrip("├└"))
    return row[: bars - 1].replace("├", "│").replace("└", "·") + row[bars - 1 :] if bars > 1 else row


def merges(tree: str) -> list[tuple[tuple[str, ...], float]]:
    """The clusters of a Newick tree whose leaves are all at one height: members and the dissimilarity, lowest first."""
    stack: list[list[tuple[tuple[str, ...], float]]] = [[]]
    found = []
    for token in _TOKEN.finditer(tree):
        name, inner, outer = token.groups()
        text = token.group()
        if name is not None:
            stack[-1].append(((name.replace("''", "'"),), 0.0))
        elif text == "(":
            stack.append([])
        elif text.startswith(")"):
            sides = stack.pop()
            cluster = (tuple(leaf for leaves, _ in sides for leaf in leaves), max(height for _, height in sides))
            found.append((cluster[0], 2 * cluster[1]))
            stack[-1].append(cluster)
        length = inner or outer
        if length is not None:
            leaves, height = stack[-1][-1]
            stack[-1][-1] = leaves, height + float(length)
    return sorted(found, key=lambda cluster: cluster[1])


def _facts(found: Rdm, layer: str) -> Iterator[str]:
    if found.mantel_p is not None:
        ends = (
            f", resampling images and people: 95 % interval of r {interval(found.ci_images)}" if found.ci_images else ""
        )
        yield f"people's and {layer}'s dissimilarities by permuting images (Mantel): {p_is(found.mantel_p)}{ends}"
    yield (
        f"in a plane (classical scaling): stress {number(found.stress.people, 2)} for people, "
        f"{number(found.stress.layer, 2)} for {layer}; 0 is a perfect map, above 0.2 distances are not to be relied on"
    )


def image_map(group: Group, layer: str) -> ImageMap | None:
    """Where the images stand, the most moved first; None where the design is not complete."""
    found = group.layers[layer].rdm
    if found is None:
        return None
    every = [*found.mds_people.values(), *found.mds_layer.values()]
    low = [min(place[axis] for place in every) for axis in (0, 1)]
    size = max(max(place[axis] for place in every) - low[axis] for axis in (0, 1)) or 1.0

    def within(place: tuple[float, float]) -> tuple[float, float]:
        return (place[0] - low[0]) / size, (place[1] - low[1]) / size

    order = {image: i for i, image in enumerate(found.mds_people, 1)}
    places = tuple(
        Place(image, order[image], printable(image, 40), within(here), within(there), apart)
        for image, here, there, apart in moved(found)
    )
    return ImageMap(places, printable(layer, 40), f"The images as people and as {printable(layer, 40)} see them")
