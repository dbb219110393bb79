"""The records of one layer beside people, as they stand in the Report; their names are those of the analysis JSON.

A number that cannot be had is None, never NaN, and a sentence in the report's `notes` says why.
"""

from __future__ import annotations

from msgspec import Struct

Interval = tuple[float, float]
"""Lower and upper end of a 95 % interval."""

BASELINE = "pixels"
"""The layer that is taken out of the others in `partial_given_pixels`."""

SHAPE = "deskewed_cosine"
"""The measure of the images that people are held to beside the layers: shape once slant and place are taken out."""

LEVEL = 0.05
"""Of the family-wise p from which a correlation counts as more than chance."""


class Pearson(Struct, frozen=True, kw_only=True):
    """Pearson r of network similarity with the mean rating, over pairs.

    ci: Fisher's interval; ci_bca: bootstrap over pairs, bias-corrected and accelerated; ci_crossed: bootstrap
        over pairs and raters, for new raters too. p: permutation, two-sided.
    """

    r: float | None = None
    ci: Interval | None = None
    ci_bca: Interval | None = None
    ci_crossed: Interval | None = None
    p: float | None = None


class Spearman(Struct, frozen=True, kw_only=True):
    """Spearman's rank correlation with the mean rating."""

    rho: float | None = None


class Kendall(Struct, frozen=True, kw_only=True):
    """Kendall's rank correlation with the mean rating, corrected for ties."""

    tau_b: float | None = None


class Partial(Struct, frozen=True, kw_only=True):
    """Pearson r with the mean rating after what another predictor explains of both is taken out.

    p: of the t test, two-sided. df: n − 2 − covariates.
    """

    r: float | None = None
    p: float | None = None
    df: int | None = None


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


class ForNew(Struct, frozen=True, kw_only=True):
    """95 % interval of r and its two-sided p for new people and new pairs or images, with the degrees of freedom.

    By the bootstrap of pairs or images and from people's own slopes: where `Mixed` does not reach.
    """

    ci: Interval | None = None
    df: float | None = None
    p: float | None = None


class Followed(Struct, frozen=True, kw_only=True):
    """Each person's slope on a layer or on a measure of the images, in the report's order of participants.

    slopes: rating points (of z-scored ratings their standard deviations) per standard deviation over the rated pairs;
        mean: over people. differ_f, differ_p: whether people differ in it.
    """

    slopes: tuple[float | None, ...]
    mean: float | None = None
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


Point = tuple[float, float]
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
    mds_people: dict[str, Point]
    mds_layer: dict[str, Point]
    stress: BothSpaces
    tree: BothTrees


class LayerAgreement(Struct, frozen=True, kw_only=True):
    """How well one layer's similarities agree with the ratings of one group.

    mean_individual_r: mean over participants of r with that participant's own ratings (what
        `Ceilings.individual_lower` and `individual_upper` bound).
    r_over_ceiling: Pearson r over `Ceilings.mean`; not capped, it can exceed 1.
    individual_r: r with each participant's own ratings, in the report's order of participants.
    as_another_person_r: mean over participants of r with the mean of all others: the network set the very
        task of which `Group.another_person_r` says how well a person does it.
    pairs_needed: pairs that show this r with 80 % power.
    mixed: for new people and new pairs; where pairs share images it is null, and for_new there in its place.
    vs_person: beside one more person.
    r_over_ceiling_ci: resampling pairs and people; null where the ceiling's own interval reaches 0.
    partial_given_pixels_ranks: the partial r of ranks, which needs no straight lines. rdm: of a complete design.
    """

    pearson: Pearson = Pearson()
    spearman: Spearman = Spearman()
    kendall: Kendall = Kendall()
    mean_individual_r: float | None = None
    r_over_ceiling: float | None = None
    partial_given_pixels: Partial = Partial()
    individual_r: tuple[float | None, ...] = ()
    as_another_person_r: float | None = None
    pairs_needed: int | None = None
    mixed: Mixed = Mixed()
    for_new: ForNew = ForNew()
    vs_person: VsPerson = VsPerson()
    r_over_ceiling_ci: Interval | None = None
    partial_given_pixels_ranks: Partial = Partial()
    rdm: Rdm | None = None


class LayerDifference(Struct, frozen=True, kw_only=True):
    """r of `first` minus r of `second` with the mean rating, in the same bootstrap resamples of the pairs.

    ci: the middle 95 % of the resampled differences; p: two-sided, twice the smaller share on one side of 0.
    williams_t, williams_p: Williams' test of the same (1959), df = pairs − 3. All for these very people.
    """

    first: str
    second: str
    difference: float
    ci: Interval | None
    p: float | None
    williams_t: float | None = None
    williams_p: float | None = None


class Untrained(Struct, frozen=True, kw_only=True):
    """The same layer of networks that never learnt: same architecture, random weights.

    each: Pearson r with the mean rating, by seed (0, 1, …); r: their Fisher-z mean. p: one-sided, the rank of the
    trained layer among them, (b + 1) / (m + 1), b of the m at least as high.
    """

    r: float | None = None
    each: tuple[float | None, ...] = ()
    p: float | None = None


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
