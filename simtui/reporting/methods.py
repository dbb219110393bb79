"""How the numbers were made: what the participants did, and what every number means, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simtui.analysis.ratings import Ratings
from simtui.analysis.resampling import N_BOOTSTRAP, N_PERMUTATIONS
from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.study.model import Study
from simtui.words import counted


def collection(study: Study, ratings: Ratings, report: Report) -> str:
    """What the participants did."""
    scale, design, source = study.scale, study.design, study.source
    days = sorted({session.started_at[:10] for session in ratings.sessions})
    when = f" on {days[0]}" if len(days) == 1 else f" between {days[0]} and {days[-1]}" if days else ""
    place = " ".join(filter(None, (source.name, getattr(source, "split", None) or "")))
    imported = [session for session in ratings.sessions if session.imported_from is not None]
    k = len(report.participants)
    order = "an order of their own" if design.order == "shuffled" else "the order of the study"
    shown = f", one pair at a time, in {order}{', sides swapped at random' if design.swap_sides else ''}{when}"
    whence = ""
    if imported:
        files = ", ".join(sorted({str(session.imported_from) for session in imported}))
        whose = "The ratings were" if len(imported) == k else f"The ratings of {len(imported)} of them were"
        whence = f" {whose} imported from {files}: how and when they were given is not known here."
    return printable(
        f"{counted(k, 'participant')} rated {_how_many(study, ratings)} of images, answering "
        f"“{study.question}” from {scale.low} ({scale.low_label}) to {scale.high} ({scale.high_label})"
        f"{shown if len(imported) < k else ''}.{whence} Images: {place}; pairs: "
        + ("given" if design.sampling == "given" else f"{design.sampling} sampling, seed {design.seed}")
        + ".",
        2000,
    )


def _how_many(study: Study, ratings: Ratings) -> str:
    each = np.isfinite(ratings.matrix).sum(axis=1)
    low, high, total = int(each.min()), int(each.max()), len(study.pairs)
    if low == total:
        return f"{total} pairs"
    return f"{low if low == high else f'{low} to {high}'} of {total} pairs"


def definitions(report: Report) -> Iterator[str]:
    """What every number means and where its formula comes from."""
    yield (
        "Similarity of two images in a layer: cosine of their flattened activations, s = Σxy / √(Σx² Σy²), float32 "
        f"activations and float64 sums. {_layers(report)}"
    )
    if report.centred:
        yield (
            "Network, pixels and measures saw copies of the images whose centre of mass was moved to (14, 14) by "
            "bilinear interpolation."
        )
    networks = max((len(each.each) for each in report.groups[0].untrained.values()), default=0)
    if networks:
        yield (
            f"Untrained: the same architecture with random weights, Fisher-z mean of the r of {networks} seeds; p: "
            "rank of the trained one, (b + 1) / (m + 1)."
        )
    rating = "z-scored rating" if report.zscored else "rating"
    yield (
        f"r: Pearson's, over the pairs of one digit, of similarity with the mean {rating}; "
        "over several digits the Fisher-z mean of the r within each, weighted with n − 3, never a pool. "
        "95 % interval and p for new people and new pairs: the mixed model rating ~ similarity + (1 | person) + "
        "(0 + similarity | person) + (1 | pair), in closed form for complete tables, by REML for others, with degrees "
        "of freedom after Satterthwaite (1946), on the scale of r tanh(atanh r ± atanh c), c the least |r| that "
        "excludes 0; "
        "over digits, and where pairs share images, the crossed bootstrap of people and pairs or images (percentile), "
        "the same people in all digits. Layers against pixels: difference of Fisher z, the largest |t| over layers "
        "(Westfall & Young, 1993); alike: 90 % interval within ±0.1. Fisher, for these people: "
        "tanh(atanh r ± 1.96 / √(n − 3)); BCa: bootstrap over pairs (Efron, 1987); pairs and people: crossed "
        f"bootstrap, percentile; {N_BOOTSTRAP:,} resamples. p: {N_PERMUTATIONS:,} permutations, two-sided, "
        "(b + 1) / (m + 1). Where pairs share images, images are resampled, or groups of pairs that share none with "
        "another group; the bootstrap of images is on the safe side where few are shared. rho: Spearman; tau-b: "
        "Kendall. Differences of two layers, for these people: the same resamples for both, and Williams' t (1959). "
        "Given pixels: partial r, df = n − 3."
    )
    yield (
        "ICC from the two-way table of pairs × people (McGraw & Wong, 1996, or Shrout & Fleiss, 1979); alpha: "
        "Krippendorff's; split half: mean r over halvings of the people, stepped up with Spearman–Brown. Ceiling of r "
        "with the mean rating: √ICC(C,k), interval of Shrout & Fleiss (1979), over lists from pooled mean squares. "
        "Bounds of the mean r with single people: Nili et al. (2014), of z-scored ratings. One more person: mean over "
        "people of r with the mean of all others; the network is held to the same targets, and in the bootstrap of the "
        "difference every copy of that person is left out. Power: Fisher's approximation, two-sided .05."
    )
    yield (
        "Image measures: SSIM of Wang et al. (2004); ink: at least half the darkest pixel; skeletons: Guo & Hall "
        "(1989); skeleton distance: mean distance to the nearest point of the other, both ways; slant: from second "
        "moments; deskewed: sheared by it and centred at (14, 14). A measure counts (*) where its |r| exceeds the 95th "
        "percentile of the largest |r| of all measures under permutation (Westfall & Young, 1993); for partial r what "
        "is left of the target is permuted, and what the third variable explains is taken out again (Freedman & Lane, "
        "1983)."
    )


def _layers(report: Report) -> str:
    """What the layers are, and how images enter the network."""
    entering = report.checkpoint.preprocess
    if entering is None:
        return (
            "fc: 50 units after ReLU; pool2: the second convolution after pooling, 320; conv2: 1,280, and conv1: "
            "5,760, after ReLU and before pooling; pixels: the raw grey values 0 to 255. Images enter the network as "
            "(x / 255 − 0.1307) / 0.3081."
        )
    return (
        "A layer's activations are what the module of that name returned; pixels: the raw grey values 0 to 255. Images "
        f"enter the network as (x / 255 − mean) / std, with {printable(entering, 300)}."
    )
