"""Who follows what: each person's own slope on the layers and on what the images show, in the same unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simtui.analysis.correlation import MIN_PAIRS, Vector, is_constant, optional
from simtui.analysis.layer_results import SHAPE, Followed
from simtui.analysis.mixed import differ_in, own_slopes
from simtui.analysis.usable import UsableRatings


def following(
    layers: Mapping[str, Vector], covariates: Mapping[str, Vector], ratings: UsableRatings
) -> dict[str, Followed]:
    """How far each person's ratings rise with every layer and with `SHAPE`, by name; empty where nobody can be used.

    layers, covariates: by name, of all pairs, (pairs,); one that is constant over the rated pairs, or not known of all
    of them, is left out.
    """
    shape = {SHAPE: covariates[SHAPE]} if SHAPE in covariates else {}
    rated = ratings.rated
    h = ratings.averaged[:, rated]
    found = {}
    for name, values in (dict(layers) | shape).items():
        x = values[rated]
        if len(h) and len(x) >= MIN_PAIRS and np.isfinite(x).all() and not is_constant(x):
            f, p = differ_in(x, h)
            slopes = own_slopes(x, h)
            everybody = ratings.for_everybody(slopes)
            finite = slopes[np.isfinite(slopes)]
            mean = optional(float(finite.mean())) if finite.size else None
            found[name] = Followed(slopes=everybody, mean=mean, differ_f=f, differ_p=p)
    return found
