"""The records of what holds for new people and new pairs; their names are those of the analysis JSON."""

from __future__ import annotations

from msgspec import Struct

Interval = tuple[float, float]
"""Lower and upper end of a 95 % interval."""


class Mixed(Struct, frozen=True, kw_only=True):
    """Ratings on similarity with people and pairs as random samples at once (crossed random effects).

    slope: rating points per standard deviation of similarity over the pairs; se, df, p, ci: of it, for new people
        and new pairs. ci_r: the same interval on the scale of Pearson r.
    var_pair, var_rater_slope: variance between pairs at equal similarity, and of people's own slopes.
    differ_f, differ_p: whether people differ in their slopes at all.
    """

    slope: float | None = None
    se: float | None = None
    df: float | None = None
    p: float | None = None
    ci: Interval | None = None
    ci_r: Interval | None = None
    var_pair: float | None = None
    var_rater_slope: float | None = None
    differ_f: float | None = None
    differ_p: float | None = None


class VsPerson(Struct, frozen=True, kw_only=True):
    """How well a layer predicts the group, less how well one more person does: mean over people of
    r(layer, mean of the others) − r(this person, mean of the others).

    ci: resampling pairs; ci_crossed: resampling pairs and people, of whom every copy is left out together.
    margin: how much worse counts as no worse; p_noninferior: one-sided, that the layer is worse by more than that.
    """

    difference: float | None = None
    ci: Interval | None = None
    ci_crossed: Interval | None = None
    margin: float = 0.1
    p_noninferior: float | None = None


class Heterogeneity(Struct, frozen=True, kw_only=True):
    """Whether r differs between digits: q = Σ (n − 3) (z − z̄)², χ² with df degrees of freedom (Cochran, 1954)."""

    q: float
    df: int
    p: float


class OverallDifference(Struct, frozen=True, kw_only=True):
    """Fisher z of a layer less that of the pixels, mean over digits, weighted with pairs − 3.

    ci: resampling pairs within digits; ci_crossed: and people, the same in all digits. p_family: two-sided, by the
        largest |t| of all layers. equivalent: the 90 % interval of ci_crossed's kind lies within ±0.1.
    """

    layer: str
    dz: float
    ci: Interval | None = None
    ci_crossed: Interval | None = None
    p_family: float | None = None
    equivalent: bool | None = None


Place = tuple[float, float]
"""Where an image stands in a plane."""


class BothSpaces(Struct, frozen=True, kw_only=True):
    """A number of the people's space, and the same of the layer's."""

    people: float
    layer: float


class BothTrees(Struct, frozen=True, kw_only=True):
    """Average-linkage trees of the images in Newick format, the lengths of branches in dissimilarity."""

    people: str
    layer: str


class Rdm(Struct, frozen=True, kw_only=True):
    """People's and a layer's dissimilarities of all pairs of a digit's images, side by side.

    mantel_p: two-sided, of r, by permuting images. ci_images: of r, resampling images and people. mds_people,
        mds_layer: by image id, its place in a plane by classical scaling, the layer's turned, mirrored and scaled onto
        the people's. stress: Kruskal's stress-1 of either plane, 0 for none. tree: which images are alike.
    """

    mantel_p: float | None
    ci_images: Interval | None
    mds_people: dict[str, Place]
    mds_layer: dict[str, Place]
    stress: BothSpaces
    tree: BothTrees
