"""Request: what somebody asks of a new study, and the study that comes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.stimuli.source import Label
from simtui.study.between import Classes
from simtui.study.building import images_for
from simtui.study.model import Scale, Study
from simtui.study.sampling import Presentation
from simtui.study.selection import Selection

PAIRS = 20

_SCALE = re.compile(r"([0-9]{1,2})\s*(?:-|–|\.\.|:)\s*([0-9]{1,2})\Z")


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """Which pairs of which images. None or empty: not asked for.

    labels: the classes whose pairs are of one class. between: two classes each, whose images are paired.
    complete: how many images a complete design is of. given: a file of given pairs.
    """

    labels: list[Label]
    between: list[Classes]
    pairs: int | None
    lists: int
    seed: int
    source: str
    split: str
    data: Path | None
    practice: int | None
    catch: int
    complete: int | None = None
    given: Path | None = None


def make_study(request: StudyRequest, selection: Selection, shown: Presentation) -> Study:
    """The study that is asked for. Raises SimtuiError where what is asked for contradicts itself or cannot be had."""
    if request.between and (selection.sampling != "random" or request.complete or request.given):
        raise SimtuiError(
            "--between 3,8 asks for random pairs of two classes: leave out --design complete, --pairs-from, and any "
            "--sampling but random."
        )
    if request.complete and (request.pairs is not None or selection.sampling != "random"):
        raise SimtuiError("A complete design has every pair of its --images: leave out --pairs and --sampling.")
    if request.given is not None:
        return _of_given_pairs(request, request.given, selection, shown)
    if request.complete is not None:
        return _of_all_pairs(request, request.complete, shown)
    return _of_sampled_pairs(request, selection, shown)


def _of_given_pairs(request: StudyRequest, given: Path, selection: Selection, shown: Presentation) -> Study:
    from simtui.stimuli.files import load_pairs
    from simtui.stimuli.manifest import load_manifest
    from simtui.study.sampling import given_pairs_study

    if request.practice:
        raise SimtuiError("--practice needs images that are in no pair, and --pairs-from gives none.")
    if request.pairs is not None:
        raise SimtuiError("--pairs-from gives the pairs, all of them: leave out --pairs.")
    if len(request.labels) > 1:
        raise SimtuiError("--pairs-from takes one --class: the label of all its pairs.")
    if selection.sampling != "random" or request.complete:
        raise SimtuiError("--sampling and --design choose pairs, and --pairs-from gives them: use one.")
    if given.suffix.lower() in (".csv", ".tsv"):
        left, right = load_manifest(given, request.labels[0] if request.labels else None)
    else:
        left, right = load_pairs(given, request.labels[0] if request.labels else None)
    return given_pairs_study(left, right, seed=request.seed, lists=request.lists, **shown)


def _of_all_pairs(request: StudyRequest, count: int, shown: Presentation) -> Study:
    from simtui.study.complete import complete_study

    most = -(-count // max(1, len(request.labels)))
    images, labels = images_for(
        request.source,
        request.labels,
        pairs=-(-most // 2),
        seed=request.seed,
        practice=request.practice,
        catch=request.catch,
        split=request.split,
        data=request.data,
    )
    return complete_study(
        images,
        digits=labels,
        count=count,
        seed=request.seed,
        practice=request.practice,
        lists=request.lists,
        **shown,
    )


def _of_sampled_pairs(request: StudyRequest, selection: Selection, shown: Presentation) -> Study:
    from simtui.study.sampling import sample_study

    pairs = PAIRS if request.pairs is None else request.pairs
    mixed = [label for two in request.between for label in two]
    # A pair of two classes takes one image of each.
    most = max((mixed.count(label) + 2 * (label in request.labels) for label in [*mixed, *request.labels]), default=2)
    images, labels = images_for(
        request.source,
        list(dict.fromkeys([*request.labels, *mixed])),
        pairs=-(-pairs * most // 2),
        seed=request.seed,
        practice=request.practice,
        lists=request.lists,
        catch=request.catch,
        selected=selection.sampling != "random",
        split=request.split,
        data=request.data,
    )
    return sample_study(
        images,
        digits=[label for label in labels if label in request.labels or not mixed],
        pairs=pairs,
        seed=request.seed,
        practice=request.practice,
        lists=request.lists,
        selection=selection,
        between=request.between,
        **shown,
    )


def as_label(text: str) -> Label:
    """A digit as a number, the name of any other class as it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def two_of(text: str) -> tuple[str, str]:
    """The two names in a text such as “3,8”. Raises SimtuiError where there are not two."""
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names):
        raise SimtuiError(f"--between “{printable(text, 40)}” does not name two things, as in --between 3,8.")
    return names[0], names[1]


def as_scale(text: str, low_label: str, high_label: str) -> Scale:
    """The scale in a text such as “1-7”, with the labels of its ends. Raises SimtuiError where there is none."""
    found = _SCALE.match(text.strip())
    if found is None:
        raise SimtuiError(f"--scale “{printable(text, 20)}” is no scale: write its ends, as in --scale 1-7.")
    low, high = int(found[1]), int(found[2])
    if not 0 <= low < high <= 10 or high - low > 9:
        raise SimtuiError(f"--scale {low}-{high} is not within 1-10 or 0-9: there are ten number keys.")
    return Scale(low=low, high=high, low_label=low_label, high_label=high_label)
