"""Several networks against the same people: every layer of each in one table, with differences from the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis import correlation, resampling
from simtui.analysis.agreement import Agreement, agreement
from simtui.analysis.comparison_results import UNTRAINED, ComparedDigit, Comparison, NetworkInfo, Row
from simtui.analysis.correlation import Vector
from simtui.analysis.layer_results import BASELINE, Interval, LayerAgreement
from simtui.analysis.people import people
from simtui.analysis.ratings import Ratings
from simtui.analysis.similarities import pair_images
from simtui.analysis.usable import UsableRatings, usable
from simtui.errors import SimtuiError, printable
from simtui.stimuli.source import Label
from simtui.study.model import Study


@dataclass(frozen=True, slots=True)
class Candidate:
    """One network's similarities of the study's pairs in its order: by layer, float64 (pairs,)."""

    info: NetworkInfo
    layers: Mapping[str, NDArray[np.float64]]


Key = tuple[str, str]
"""Network and layer."""


@dataclass(frozen=True, slots=True)
class _Digit:
    """One digit's part of the comparison. resampled: r of each row in the same bootstrap resamples."""

    about: ComparedDigit
    found: dict[Key, LayerAgreement]
    resampled: dict[Key, Vector]
    untrained: dict[Key, float | None]
    notes: list[str]
    verdict: bool


def compare(
    study: Study,
    ratings: Ratings,
    candidates: Sequence[Candidate],
    pixels: NDArray[np.float64],
    untrained: Mapping[str, NDArray[np.float64]],
    *,
    seed: int = 0,
    zscore: bool = False,
    centred: bool = False,
) -> Comparison:
    """Every layer of every candidate against the ratings, with the baselines.

    pixels: cosine of the raw images, (pairs,). untrained: by layer, of random weights in the homework's
    architecture, (seeds, pairs); empty where no candidate has that architecture. centred: all of these are of
    copies of the images with the centre of mass in the middle.
    Raises SimtuiError where two candidates have one name.
    """
    names = [candidate.info.name for candidate in candidates]
    if len(set(names)) < len(names):
        raise SimtuiError("Two networks have the same name: give each its own file or factory.")
    values: dict[Key, Vector] = {
        (candidate.info.name, layer): values for candidate in candidates for layer, values in candidate.layers.items()
    }
    values["", BASELINE] = pixels
    labels = sorted({study.group(pair) for pair in study.pairs}, key=lambda label: (isinstance(label, str), label))
    digits = [
        _digit(study, ratings, values, untrained, label, i, seed, zscore=zscore) for i, label in enumerate(labels)
    ]
    several = len(digits) > 1
    notes = [
        f"Digit {printable(digit.about.digit)}: {note}" if several else note for digit in digits for note in digit.notes
    ]
    rows = _rows(digits, list(values))
    notes += _notes(study, ratings, rows, centred=centred, several=several)
    if all(digit.verdict for digit in digits):
        notes += _better_untrained(rows)
    return Comparison(
        study_id=study.id,
        study_sha256=study.sha256,
        study_title=study.title,
        study_note=study.source.described,
        sampling=study.design.sampling,
        seed=seed,
        zscored=zscore,
        centred=centred,
        n_untrained=max((len(seeds) for seeds in untrained.values()), default=0),
        participants=ratings.participants,
        simulated=ratings.simulated,
        skipped=ratings.skipped,
        networks=tuple(candidate.info for candidate in candidates),
        digits=tuple(digit.about for digit in digits),
        rows=tuple(rows),
        notes=tuple(dict.fromkeys(notes)),
    )


def _digit(
    study: Study,
    ratings: Ratings,
    values: Mapping[Key, Vector],
    untrained: Mapping[str, NDArray[np.float64]],
    digit: Label,
    place: int,
    seed: int,
    *,
    zscore: bool,
) -> _Digit:
    where = [i for i, pair in enumerate(study.pairs) if study.group(pair) == digit]
    images = pair_images(study, [study.pairs[i] for i in where])
    used = usable(ratings.matrix[:, where], ratings.participants, zscore=zscore)
    here = {key: every[where] for key, every in values.items()}
    defined = {key: every for key, every in here.items() if np.isfinite(every).all()}
    among = people(used, seed=seed)
    against = agreement(
        {_called(key): every for key, every in defined.items()},
        used,
        images=images,
        ceilings=among.ceilings,
        seed=seed,
        compared=False,
    )
    notes = [*used.left_out, *against.notes, *among.notes]
    notes += [
        f"{_called(key)}: an image leaves this layer wholly at zero, and so it has no r."
        for key in here
        if key not in defined
    ]
    never: dict[Key, float | None] = {}
    for layer, seeds in untrained.items():
        each = [float(r) for r in correlation.pearson_rows(seeds[:, where], used.mean) if np.isfinite(r)]
        mean = correlation.fisher_mean([(r, len(where)) for r in each])
        never[UNTRAINED, layer] = mean[0] if mean else None
    return _Digit(
        about=ComparedDigit(
            digit=digit,
            n_pairs=len(where),
            n_rated=against.n_rated,
            n_participants=len(used.given),
            ceiling=among.ceilings.mean,
            another_person_r=among.another_person_r,
        ),
        found={key: against.layers[_called(key)] for key in defined},
        resampled=_resampled(against, list(defined), used, (seed, place)),
        untrained=never,
        notes=notes,
        verdict=against.verdict,
    )


def _resampled(
    against: Agreement, keys: Sequence[Key], ratings: UsableRatings, seed: tuple[int, int]
) -> dict[Key, Vector]:
    """r of each row in the same bootstrap resamples of the pairs; each digit, by its place, has its own."""
    if not against.correlated:
        return {}
    layers = np.stack(list(against.correlated.values()))
    rng = np.random.default_rng([seed[0], 0, seed[1]])
    boot = resampling.bootstrap(layers, ratings.mean[ratings.rated], against.units, rng)
    r_of = dict(zip(against.correlated, boot.T, strict=True))
    return {key: r_of[_called(key)] for key in keys if _called(key) in r_of}


def _rows(digits: Sequence[_Digit], keys: Sequence[Key]) -> list[Row]:
    means = {key: _mean(digits, key) for key in keys}
    found = {key: mean[0] for key, mean in means.items() if mean is not None}
    # Of too few pairs the numbers are shown, and no row is called the best.
    best = max(found, key=lambda key: found[key]) if found and all(digit.verdict for digit in digits) else None
    rows = []
    for network, layer in keys:
        key, mean = (network, layer), means[network, layer]
        each = tuple(digit.found[key].pearson.r if key in digit.found else None for digit in digits)
        if mean is None:
            rows.append(Row(network=network, layer=layer, r=None, by_digit=each))
            continue
        alone = digits[0].found[key] if len(digits) == 1 else LayerAgreement()
        gap = _gap(digits, key, best) if best is not None and key != best else None
        rows.append(
            Row(
                network=network,
                layer=layer,
                r=mean[0],
                ci=mean[1],
                ci_crossed=alone.pearson.ci_crossed,
                p=alone.pearson.p,
                r_over_ceiling=alone.r_over_ceiling,
                difference=mean[0] - found[best] if best is not None and key != best else None,
                difference_ci=None if gap is None else resampling.percentile_interval(gap),
                difference_p=None if gap is None else resampling.sign_p(gap),
                by_digit=each,
            )
        )
    for network, layer in digits[0].untrained:
        each = tuple(digit.untrained[network, layer] for digit in digits)
        sizes = [digit.about.n_rated for digit in digits]
        never = correlation.fisher_mean([(r, n) for r, n in zip(each, sizes, strict=True) if r is not None])
        rows.append(Row(network=network, layer=layer, r=never[0] if never else None, by_digit=each))
    return sorted(rows, key=lambda row: (row.r is None, -(row.r or 0.0)))


def _mean(digits: Sequence[_Digit], key: Key) -> tuple[float, Interval | None] | None:
    return correlation.fisher_mean(
        [
            (r, digit.about.n_rated)
            for digit in digits
            if key in digit.found and (r := digit.found[key].pearson.r) is not None
        ]
    )


def _gap(digits: Sequence[_Digit], key: Key, best: Key) -> Vector | None:
    """Over all digits, r of a row minus r of the best in each resample; None where they lack different digits."""
    both = [digit.resampled for digit in digits if key in digit.resampled and best in digit.resampled]
    if len(both) < sum(key in digit.resampled or best in digit.resampled for digit in digits):
        return None

    def overall(name: Key) -> Vector:
        # An r of exactly 1, as resamples of few pairs give, has no Fisher z.
        z = [np.arctanh(np.clip(resampled[name], -1 + 1e-12, 1 - 1e-12)) for resampled in both]
        return np.asarray(np.tanh(np.mean(z, axis=0)), dtype=np.float64)

    return overall(key) - overall(best)


def _called(key: Key) -> str:
    """A row's name in sentences, different for different rows; that of the pixels is what a partial r is given."""
    return " ".join(key).strip()


def _notes(study: Study, ratings: Ratings, rows: Sequence[Row], *, centred: bool, several: bool) -> Iterator[str]:
    if centred:
        yield "Networks and pixels saw centred copies of the images, not the images that people saw."
    if ratings.simulated:
        yield "Some of the participants are simulated, not people."
    if study.design.sampling != "random":
        how = printable(study.design.sampling, 40)
        yield f"The pairs are not known to be a random sample ({how}): r may not be that of random pairs."
    if several:
        yield (
            "Over several digits a row has no p, no interval for new raters and no ceiling: "
            "analyze gives them digit by digit."
        )
    compared = [row for row in rows if row.network != UNTRAINED and row.r is not None]
    if len(compared) > 2 and any(row.difference is not None for row in rows):
        yield (
            f"The best of {len(compared)} rows is best partly by luck, and the p of the differences from it are not "
            "corrected for that: confirm a winner on new pairs."
        )


def _better_untrained(rows: Sequence[Row]) -> Iterator[str]:
    """They are no candidates for the best row, and so can stand above it."""
    best = next((row.r for row in rows if row.network != UNTRAINED and row.r is not None), None)
    above = [row.layer for row in rows if row.network == UNTRAINED and row.r is not None and row.r > (best or -1.0)]
    if best is not None and above:
        yield (
            f"Untrained, {', '.join(above)} {'has' if len(above) == 1 else 'have'} a higher r than the best row: "
            "on these pairs a high r is no sign of what a network has learnt."
        )
