"""How the numbers were made: what the participants did, and what every number means, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simtui.analysis.ratings import Ratings
from simtui.analysis.resampling import N_BOOTSTRAP, N_PERMUTATIONS
from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.guides.numbers import entries
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
    untrained = f"; untrained networks: {networks}, of the seeds 0 to {networks - 1}" if networks else ""
    yield (
        f"Averaged: {'z-scored ratings' if report.zscored else 'ratings'}. "
        f"Bootstrap resamples: {N_BOOTSTRAP:,}; permutations: {N_PERMUTATIONS:,}, seed {report.seed}{untrained}. "
        "Where pairs share images, images are resampled, or groups of pairs that share none with another group; the "
        "bootstrap of images is on the safe side where few are shared."
    )


def numbers(report: Report) -> Iterator[str]:
    """What every number of this report is, what it is read against, and its source: the sentences of the guide."""
    mapped = any(layer.rdm is not None for group in report.groups for layer in group.layers.values())
    never = any(group.untrained for group in report.groups)
    for entry in entries():
        if (mapped or entry.section != "Map") and (never or entry.name != "Untrained"):
            yield f"{entry.name}: {entry.told}"


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
