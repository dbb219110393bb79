"""The pairs of one digit: their scores, and what the statistics say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from simtui.analysis.agreement import agreement
from simtui.analysis.capture import Captured, capture, disagreements
from simtui.analysis.correlation import (
    MIN_PAIRS,
    fisher_mean,
    mean_rating,
    normalize,
    optional,
    pearson_rows,
    zscore_raters,
)
from simtui.analysis.distributions import binomial_below
from simtui.analysis.layer_results import BASELINE, LayerAgreement, Untrained
from simtui.analysis.mixed import following
from simtui.analysis.overall import NamedTable, named_table, rank_p
from simtui.analysis.people import People, people
from simtui.analysis.ratings import Ratings
from simtui.analysis.rdm import MOST_IN_MAP, Complete, spaces
from simtui.analysis.results import Group, PairScore
from simtui.analysis.similarities import Similarities, pair_images
from simtui.analysis.usable import usable
from simtui.errors import printable
from simtui.stimuli.source import Label
from simtui.study.model import Pair, Study
from simtui.words import counted

Vector = NDArray[np.float64]

LOW_ACCURACY = 0.9
"""Below this share of images that the network takes for their digit, r may say more of their format than of them."""

UNLIKELY = 0.01
"""So unlikely must the network's mistakes be, were it as good on these images as on the test set, to count as low."""


def analyze_group(
    study: Study,
    ratings: Ratings,
    similarities: Similarities,
    digit: Label,
    *,
    seed: int,
    zscore: bool = False,
) -> tuple[Group, NamedTable | None, list[str]]:
    """Everything about the pairs of one digit, `named_table`, and why what is missing is missing.

    zscore: participants' ratings are z-scored before they are averaged.
    """
    where = [i for i, pair in enumerate(study.pairs) if study.group(pair) == digit]
    pairs = [study.pairs[i] for i in where]
    matrix = ratings.matrix[:, where]
    of_layers = {name: values[where] for name, values in similarities.layers.items()}
    defined = {name: values for name, values in of_layers.items() if np.isfinite(values).all()}
    images = pair_images(study, pairs)
    used = usable(matrix, ratings.participants, zscore=zscore)
    among = people(used, seed=seed)
    against = agreement(defined, used, images=images, ceilings=among.ceilings, seed=seed)
    reading, why = _accuracy(pairs, images, similarities, digit)
    never = {name: values[:, where] for name, values in similarities.untrained.items()}
    covariates = {name: values[where] for name, values in similarities.covariates.items()}
    captured = capture(covariates, defined, used.mean, seed=seed)
    nothing = LayerAgreement(individual_r=(None,) * len(matrix))
    group = Group(
        digit=digit,
        n_pairs=len(pairs),
        n_rated=against.n_rated,
        n_participants=len(used.given),
        # Where nobody can be used, what was said is still shown.
        pairs=_with_ratings(
            _scores(pairs, used.given if len(used.given) else matrix, of_layers, never, covariates, zscore=zscore),
            matrix,
            ratings.participants,
        ),
        layers=_with_spaces(
            {name: against.layers.get(name, nothing) for name in of_layers}, study, pairs, images, of_layers, used.mean
        ),
        accuracy_on_stimuli=reading.share,
        accuracy_is_low=reading.low,
        untrained=_untrained(never, used.mean, {name: layer.pearson.r for name, layer in against.layers.items()}),
        differences=against.differences,
        resampled=against.units.kind,
        verdict=against.verdict,
        detectable_r=against.detectable_r,
        follows=following(defined, covariates, used),
        disagreements=disagreements([pair.id for pair in pairs], defined, used.mean),
        **_fields(among),
        **_fields(captured),
    )
    if BASELINE in of_layers and BASELINE not in defined:
        why.append(f"Without r of {BASELINE} no layer has a partial r given them.")
    if not len(used.given) and len(pairs) < MIN_PAIRS:
        why.append(f"Only {counted(len(pairs), 'pair')}: a correlation needs {MIN_PAIRS}.")
    notes = [*used.left_out, *against.notes, *among.notes, *captured.notes, *_without_cosine(pairs, of_layers), *why]
    return group, named_table(against, used), list(dict.fromkeys(notes))


def _fields(found: People | Captured) -> dict[str, Any]:
    """What they say of the group, by the names that it has there."""
    return {name: value for name, value in asdict(found).items() if name != "notes"}


def _with_spaces(
    found: dict[str, LayerAgreement],
    study: Study,
    pairs: list[Pair],
    images: list[tuple[str, str]],
    layers: Mapping[str, Vector],
    human: Vector,
) -> dict[str, LayerAgreement]:
    """The layers with `rdm` where every two of the group's images are a pair that was rated."""
    design = Complete.of(images)
    if design is None or not np.isfinite(human).all() or len(design.names) > MOST_IN_MAP:
        return found
    names: dict[str, str] = {}
    for pair, drawn in zip(pairs, images, strict=True):
        names.setdefault(drawn[0], pair.left)
        names.setdefault(drawn[1], pair.right)
    # From 0 for the highest mean rating that could be given, or was, to 1 for the lowest.
    top, bottom = max(float(study.scale.high), human.max()), min(float(study.scale.low), human.min())
    people = (top - human) / (top - bottom)
    return {
        name: layer
        if layer.pearson.r is None
        else replace(
            layer,
            rdm=spaces(
                design,
                people,
                1 - layers[name],
                [names[image] for image in design.names],
                p=layer.pearson.p,
                ci_images=layer.pearson.ci_crossed,
            ),
        )
        for name, layer in found.items()
    }


def _untrained(
    layers: Mapping[str, Vector], human: Vector, trained: Mapping[str, float | None]
) -> dict[str, Untrained]:
    """r of each layer (seeds, pairs) of the untrained networks with the mean rating that the layers are held to.

    trained: the r of the layers themselves.
    """
    found = {}
    for name, values in layers.items():
        each = [optional(r) for r in pearson_rows(values, human)]
        mean = fisher_mean([(r, len(human)) for r in each if r is not None])
        p = rank_p(trained.get(name), each)
        found[name] = Untrained(r=mean[0] if mean else None, each=tuple(each), p=p)
    return found


def _scores(
    pairs: list[Pair],
    matrix: Vector,
    layers: Mapping[str, Vector],
    untrained: Mapping[str, Vector],
    covariates: Mapping[str, Vector],
    *,
    zscore: bool,
) -> tuple[PairScore, ...]:
    mean, mean_z = mean_rating(matrix), mean_rating(zscore_raters(matrix))
    human_normalized = _normalized(mean_z if zscore else mean)
    never = {name: values.mean(axis=0) for name, values in untrained.items()}
    normalized = {name: _normalized(values) for name, values in layers.items()}
    return tuple(
        PairScore(
            id=pair.id,
            left=pair.left,
            right=pair.right,
            n_ratings=int(np.isfinite(matrix[:, i]).sum()),
            human=optional(mean[i]),
            human_normalized=human_normalized[i],
            similarity={name: optional(values[i]) for name, values in layers.items()},
            similarity_normalized={name: values[i] for name, values in normalized.items()},
            human_z=optional(mean_z[i]),
            untrained={name: optional(values[i]) for name, values in never.items()},
            covariates={name: optional(values[i]) for name, values in covariates.items()},
        )
        for i, pair in enumerate(pairs)
    )


def _with_ratings(pairs: tuple[PairScore, ...], matrix: Vector, participants: tuple[str, ...]) -> tuple[PairScore, ...]:
    """The pairs with what everybody said of them, those who were left out of the mean too."""
    return tuple(
        replace(
            pair,
            ratings={name: int(given) for name, given in zip(participants, column, strict=True) if np.isfinite(given)},
        )
        for pair, column in zip(pairs, matrix.T, strict=True)
    )


def _without_cosine(pairs: list[Pair], layers: Mapping[str, Vector]) -> Iterator[str]:
    for name, values in layers.items():
        lacking = [pair.id for pair, value in zip(pairs, values, strict=True) if not np.isfinite(value)]
        if lacking:
            yield (
                f"An image of {', '.join(lacking)} leaves the layer {name} wholly at zero: it has no cosine there, "
                "and so the layer no r."
            )


def _normalized(values: Vector) -> list[float | None]:
    scaled = normalize(values)
    return [None] * len(values) if scaled is None else [optional(value) for value in scaled]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the network reads a group's images. share: taken for their digit, 0 to 1. low: too few of them."""

    share: float | None = None
    low: bool = False


def _accuracy(
    pairs: list[Pair], images: list[tuple[str, str]], similarities: Similarities, digit: Label
) -> tuple[_Reading, list[str]]:
    if not isinstance(digit, int) or not 0 <= digit <= 9:
        return _Reading(), [
            f"{printable(digit)!r} is not a digit, so the network's accuracy on these images is unknown."
        ]
    if not similarities.predicted:
        name = printable(similarities.checkpoint.file)
        return _Reading(), [
            f"Which digit {name} takes an image for is not known, and so not how it reads these images."
        ]
    ids = {
        drawn: image
        for pair, shown in zip(pairs, images, strict=True)
        for image, drawn in zip((pair.left, pair.right), shown, strict=True)
    }.values()
    right, n = sum(similarities.predicted[image] == digit for image in ids), len(ids)
    share, test_acc = right / n, similarities.checkpoint.test_acc
    usual = "" if test_acc is None else f", and {test_acc:.1f} % of MNIST's test set"
    low = share < LOW_ACCURACY
    if test_acc is not None:
        low = low or binomial_below(right, n, test_acc / 100) < UNLIKELY
    if not low:
        return _Reading(share), []
    again = "" if similarities.centred else "; --centre repeats the analysis on centred copies"
    return _Reading(share, low), [
        f"The network takes only {100 * share:.0f} % of these images for the digit that they show{usual}: r may "
        f"reflect their format (size, place, stroke) as much as their shape{again}."
    ]
