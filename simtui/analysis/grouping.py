"""The pairs of one digit: their scores, and what the statistics say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.agreement import agreement
from simtui.analysis.correlation import MIN_PAIRS, mean_rating, normalize, optional
from simtui.analysis.people import people, usable_raters
from simtui.analysis.ratings import Ratings
from simtui.analysis.results import Group, LayerAgreement, PairScore
from simtui.errors import printable
from simtui.stimuli.source import Label
from simtui.study import Pair, Study

Vector = NDArray[np.float64]


def analyze_group(
    study: Study,
    ratings: Ratings,
    similarities: Mapping[str, Vector],
    predicted: Mapping[str, int],
    digit: Label,
    seed: int,
) -> tuple[Group, list[str]]:
    """Everything about the pairs of one digit, and why what is missing is missing.

    similarities: by layer, of every pair of the study, shape (pairs,). predicted: the network's digit by image.
    """
    where = [i for i, pair in enumerate(study.pairs) if pair.digit == digit]
    pairs = [study.pairs[i] for i in where]
    matrix = ratings.matrix[:, where]
    of_layers = {name: values[where] for name, values in similarities.items()}
    defined = {name: values for name, values in of_layers.items() if np.isfinite(values).all()}
    among = people(matrix, ratings.participants, seed=seed)
    against = agreement(
        defined,
        matrix,
        ratings.participants,
        images=[(pair.left, pair.right) for pair in pairs],
        ceiling=among.ceilings.mean,
        seed=seed,
    )
    kept, _ = usable_raters(matrix, ratings.participants)
    accuracy, why = _accuracy(pairs, predicted, digit)
    group = Group(
        digit=digit,
        n_pairs=len(pairs),
        n_participants=against.n_raters,
        # Where nobody can be used, what was said is still shown.
        pairs=_scores(pairs, matrix[kept] if kept.any() else matrix, of_layers),
        layers={name: against.layers.get(name, LayerAgreement()) for name in of_layers},
        reliability=among.reliability,
        ceilings=among.ceilings,
        another_person_r=among.another_person_r,
        accuracy_on_stimuli=accuracy,
    )
    if not kept.any() and len(pairs) < MIN_PAIRS:
        why.append(f"Only {len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'}: a correlation needs {MIN_PAIRS}.")
    return group, list(dict.fromkeys([*against.notes, *among.notes, *_without_cosine(pairs, of_layers), *why]))


def _scores(pairs: list[Pair], matrix: Vector, layers: Mapping[str, Vector]) -> tuple[PairScore, ...]:
    mean = mean_rating(matrix)
    human_normalized = _normalized(mean)
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
        )
        for i, pair in enumerate(pairs)
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


def _accuracy(pairs: list[Pair], predicted: Mapping[str, int], digit: Label) -> tuple[float | None, list[str]]:
    if not isinstance(digit, int) or not 0 <= digit <= 9:
        return None, [f"{printable(digit)!r} is not a digit, so the network's accuracy on these images is unknown."]
    images = dict.fromkeys(image for pair in pairs for image in (pair.left, pair.right))
    return float(np.mean([predicted[image] == digit for image in images])), []
