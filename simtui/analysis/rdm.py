"""Complete designs, where all pairs of a digit's images are rated: people's and a layer's spaces side by side.

Pairs that share images are not independent: permuting or resampling pairs is too sure of itself, images are the units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import Matrix, Vector
from simtui.analysis.layer_results import BothSpaces, BothTrees, Interval, Point, Rdm
from simtui.analysis.resampling import N_PERMUTATIONS, standardised

Square = NDArray[np.float64]
"""(images, images), symmetric, 0 on the diagonal."""

MIN_IMAGES = 4
"""Three images have a plane of their own whatever their dissimilarities, and six orders."""

MOST_IN_MAP = 100
"""Images: beyond, a map and a tree are not readable, and the permutations take minutes."""

_STREAM = 10
"""The generator of the permutations, after the seed: other resampling uses the streams 0 to 9 of it."""


@dataclass(frozen=True, slots=True)
class Complete:
    """The images of a complete design: names, and of each pair in order where its images stand among them."""

    names: tuple[str, ...]
    left: NDArray[np.intp]
    right: NDArray[np.intp]

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> Complete | None:
        """That of these pairs of images; None where not every two of at least four images are a pair, once."""
        names = tuple(dict.fromkeys(image for pair in pairs for image in pair))
        n = len(names)
        if n < MIN_IMAGES or len(pairs) != n * (n - 1) // 2 or len({frozenset(pair) for pair in pairs}) != len(pairs):
            return None
        if any(left == right for left, right in pairs):
            return None
        place = {name: i for i, name in enumerate(names)}
        left, right = (np.array([place[pair[side]] for pair in pairs], dtype=np.intp) for side in (0, 1))
        return cls(names, left, right)

    def square(self, values: Vector) -> Square:
        """Values of the pairs (pairs,) as a symmetric matrix, 0 on the diagonal."""
        matrix = np.zeros((len(self.names), len(self.names)))
        matrix[self.left, self.right] = matrix[self.right, self.left] = values
        return matrix


def mantel_p(design: Complete, first: Vector, second: Vector, *, seed: int = 0, n: int = N_PERMUTATIONS) -> float:
    """Two-sided p of r between two dissimilarities (pairs,), none constant, by permuting images (Mantel, 1967).

    (b + 1) / (m + 1): b of the m random orders of the images give an |r| at least as large as that seen.
    """
    rng = np.random.default_rng([seed, _STREAM])
    a, b = standardised(first), standardised(second)
    square = design.square(b)
    seen = abs(float(a @ b)) * (1 - 1e-12)
    reached, images, step = 0, len(design.names), max(1, (1 << 20) // len(a))
    for start in range(0, n, step):
        rows = min(step, n - start)
        order = np.argsort(rng.random((rows, images)), axis=1)
        reached += int((np.abs(square[order[:, design.left], order[:, design.right]] @ a) >= seen).sum())
    return (reached + 1) / (n + 1)


def spaces(
    design: Complete, people: Vector, layer: Vector, ids: Sequence[str], *, p: float | None, ci_images: Interval | None
) -> Rdm:
    """Both spaces of dissimilarities (pairs,), none constant; `ids` name the images in the order of the design.

    p, ci_images: of r between the two, by `mantel_p` and by resampling images and people.
    """
    squares = design.square(people), design.square(layer)
    theirs, its = (classical_mds(square) for square in squares)
    aligned = procrustes(its, theirs)
    return Rdm(
        mantel_p=p,
        ci_images=ci_images,
        mds_people=_places(ids, theirs),
        mds_layer=_places(ids, aligned),
        stress=BothSpaces(people=stress(squares[0], theirs), layer=stress(squares[1], its)),
        tree=BothTrees(people=newick(squares[0], ids), layer=newick(squares[1], ids)),
    )


def classical_mds(dissimilarities: Square) -> Matrix:
    """The images in a plane, (images, 2), by classical scaling (Torgerson, 1952): two eigenvectors of −½JD²J.

    Each axis is mirrored so that its farthest image is on the positive side: the same input gives the same picture.
    """
    n = len(dissimilarities)
    centre = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ dissimilarities**2 @ centre)
    plane = vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0.0))
    farthest = plane[np.abs(np.round(plane, 9)).argmax(axis=0), [0, 1]]
    return np.asarray(plane * np.where(farthest < 0, -1.0, 1.0), dtype=np.float64)


def procrustes(places: Matrix, onto: Matrix) -> Matrix:
    """`places` turned, mirrored, scaled and moved to lie as near as can be to `onto`, both (images, 2)."""
    a, b = places - places.mean(axis=0), onto - onto.mean(axis=0)
    size = float((a**2).sum())
    if size <= 0:
        return np.broadcast_to(onto.mean(axis=0), onto.shape).copy()
    u, singular, v = np.linalg.svd(a.T @ b)
    return np.asarray(a @ u @ v * (singular.sum() / size) + onto.mean(axis=0), dtype=np.float64)


def stress(dissimilarities: Square, places: Matrix) -> float:
    """Kruskal's stress-1 (1964) of distances in the plane, scaled to the dissimilarities; 0 is a perfect map."""
    upper = np.triu_indices(len(places), 1)
    wanted = dissimilarities[upper]
    shown = np.linalg.norm(places[:, None] - places, axis=2)[upper]
    size = float(shown @ shown)
    scale = float(wanted @ shown) / size if size > 0 else 0.0
    total = float(wanted @ wanted)
    return float(np.sqrt(((wanted - scale * shown) ** 2).sum() / total)) if total > 0 else 0.0


def newick(dissimilarities: Square, names: Sequence[str]) -> str:
    """The average-linkage tree (UPGMA: Sokal & Michener, 1958) in Newick format, names in quotes."""
    from scipy.cluster import hierarchy
    from scipy.spatial import distance

    merges = hierarchy.linkage(distance.squareform(dissimilarities, checks=False), "average")
    texts = ["'" + name.replace("'", "''") + "'" for name in names]
    heights = [0.0] * len(texts)
    for a, b, height, _ in merges.tolist():
        # Half the height is each side's way to where both meet.
        sides = (f"{texts[i]}:{max(0.0, height / 2 - heights[i]):.6g}" for i in (int(a), int(b)))
        texts.append(f"({','.join(sides)})")
        heights.append(height / 2)
    return f"{texts[-1]};"


def _places(ids: Sequence[str], places: Matrix) -> dict[str, Point]:
    # Rounding keeps the last bits of a linear algebra library out of a file.
    return {
        name: (round(float(x), 9) + 0.0, round(float(y), 9) + 0.0) for name, (x, y) in zip(ids, places, strict=True)
    }
