"""Sampling: from a set of images to the study that is made of them.

Pairs are of different images of one class, and no image is in two pairs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import msgspec
import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.pixels import pixel_cosines
from simtui.stimuli.source import Label
from simtui.storage import png
from simtui.study.between import Chosen, Classes, check_between, pairs_between
from simtui.study.catch import LEAST_ALIKE, CatchSupply, catch_pairs, other_classes
from simtui.study.file import file_fields, new_study
from simtui.study.model import CLAIM_MINUTES, MAX_LISTS, Design, Pair, Scale, Study
from simtui.study.questions import QuestionPage
from simtui.study.selection import (
    IMAGES_A_PAIR,
    POOL,
    RANDOM,
    Selection,
    digit_generator,
    select,
    shuffled_positions,
)
from simtui.study.slots import slots_fault

PRACTICE_SAMPLE = 20
"""Pairs looked at to find practice pairs that span the range of similarity."""


class Presentation(TypedDict, total=False):
    """What a study has beside its pairs; what is left out is as the Study and the Design have it."""

    title: str
    question: str
    scale: Scale
    texts: dict[str, str]
    question_pages: list[QuestionPage]
    completion_code: str
    order: str
    repeats: int
    catch: int
    claim_minutes: int
    break_every: int
    min_viewing_ms: int
    blank_ms: int
    catch_selection: Selection


def images_needed(pairs: int, practice: int, *, lists: int = 1, catch: int = 0, selected: bool = False) -> int:
    """Images of one class that a source without limit should offer for this many pairs.

    selected: whether the pairs are selected by their similarity, so that there must be a choice.
    """
    wanted = 2 * pairs * lists
    spare = (2 * PRACTICE_SAMPLE if practice else 0) + 2 * catch
    return max(wanted, min(IMAGES_A_PAIR * pairs * lists, POOL) if selected else 0) + spare


def sample_study(
    images: ImageSet,
    *,
    digits: Sequence[Label],
    pairs: int,
    seed: int,
    practice: int | None = None,
    lists: int = 1,
    selection: Selection = RANDOM,
    between: Sequence[Classes] = (),
    **presentation: Unpack[Presentation],
) -> Study:
    """A study of `pairs` pairs a digit and list, and up to `practice` practice pairs in all.

    between: two classes each, of which there are as many pairs of one image of either.
    practice: None takes 2 where there are images to spare, and fewer where there are not.
    Catch pairs take images that are in no other pair, as long as there are any.
    Raises SimtuiError where a digit is unknown, has too few images for what was asked, or the run has no room
    for its repeats and catch trials.
    """
    _check_request(images, digits, pairs, lists)
    check_between(between)
    classes = list(dict.fromkeys([*digits, *(label for two in between for label in two)]))
    check_classes(images, classes)
    check_room(pairs * (len(digits) + len(between)), presentation)
    generators = {digit: digit_generator(seed, digit) for digit in classes}
    shuffled = {digit: shuffled_positions(images.where(digit), generators[digit]) for digit in classes}
    selected = {
        digit: select(selection, images.pixels, shuffled[digit], pairs, lists, generators[digit]) for digit in digits
    }
    by_list = [[(digit, a, b) for digit in digits for a, b in selected[digit][k]] for k in range(lists)]
    left_over = _left_over(shuffled, by_list)
    mixed = pairs_between(between, left_over, pairs, lists)
    by_list = [[*within, *more] for within, more in zip(by_list, mixed, strict=True)]
    left_over = _left_over(shuffled, by_list)
    practised = practice_pairs(images, left_over, practice, f"the {pairs} pairs of each class")
    spare = _left_over(left_over, [practised])
    free = {position for positions in left_over.values() for position in positions}
    return build_study(
        images,
        lists=by_list,
        practice_pairs=practised,
        catch_supply={digit: spare[digit] + [i for i in shuffled[digit] if i not in free] for digit in classes},
        selection=selection,
        seed=seed,
        **presentation,
    )


def _left_over(shuffled: Mapping[Label, Sequence[int]], used: Sequence[Sequence[Chosen]]) -> dict[Label, list[int]]:
    """By class, the positions in no pair of these lists."""
    paired = {position for chosen in used for _, a, b in chosen for position in (a, b)}
    return {label: [i for i in positions if i not in paired] for label, positions in shuffled.items()}


def practice_pairs(
    images: ImageSet, left_over: Mapping[Label, Sequence[int]], practice: int | None, beside: str
) -> list[Chosen]:
    """Practice pairs of the images left over, by class; None for 2, or as many as there are.

    Raises SimtuiError where there are fewer than asked for beside what the study is made of.
    """
    wanted = 2 if practice is None else practice
    spare: list[Chosen] = []
    for digit, positions in left_over.items():
        some = positions[: 2 * PRACTICE_SAMPLE]
        spare += [(digit, a, b) for a, b in zip(some[::2], some[1::2], strict=False)]
    if practice is not None and len(spare) < wanted:
        raise SimtuiError(
            f"{wanted} practice pairs need {2 * wanted} more images than {beside} leave over: "
            f"ask for --practice {len(spare)} or for fewer pairs."
        )
    return _spanning(images.pixels, spare, min(wanted, len(spare)))


def given_pairs_study(
    left: ImageSet, right: ImageSet, *, seed: int, lists: int = 1, **presentation: Unpack[Presentation]
) -> Study:
    """A study of given pairs: the n-th left image with the n-th right one, as pairs p01, p02, … in order.

    lists: the pairs are dealt out to so many, the first to the first, the second to the second, and so on.

    There is no practice: the only images are those of the pairs, and catch pairs show some of them once more.
    Raises SimtuiError where the run has no room for its repeats and catch trials.
    """
    n = len(left)
    images = ImageSet(
        pixels=np.concatenate([left.pixels, right.pixels]),
        labels=left.labels + right.labels,
        ids=left.ids + right.ids,
        source=left.source,
    )
    if not 1 <= lists <= min(MAX_LISTS, n):
        raise SimtuiError(f"{n} pairs can be dealt out to 1 to {min(MAX_LISTS, n)} lists, not {lists}.")
    check_room(n // lists, presentation)
    digits = list(dict.fromkeys(left.labels))
    return build_study(
        images,
        lists=[[(left.labels[i], i, n + i) for i in range(k, n, lists)] for k in range(lists)],
        practice_pairs=[],
        catch_supply={digit: shuffled_positions(images.where(digit), digit_generator(seed, digit)) for digit in digits},
        selection=Selection("given"),
        seed=seed,
        **presentation,
    )


def build_study(
    images: ImageSet,
    *,
    lists: Sequence[Sequence[Chosen]],
    practice_pairs: Sequence[Chosen],
    catch_supply: Mapping[Label, Sequence[int]],
    selection: Selection,
    seed: int,
    **presentation: Unpack[Presentation],
) -> Study:
    """A study of these lists of pairs of `images`.

    catch_supply: by class, in the order of the design, the images that catch pairs may show, those to be used first at
    the front.
    """
    count, least_alike = presentation.get("catch", 0), presentation.get("catch_selection", LEAST_ALIKE)
    design = Design(
        digits=list(catch_supply),
        seed=seed,
        sampling=selection.sampling,
        practice=len(practice_pairs),
        by=selection.by,
        between=selection.between,
        checkpoint_sha256=selection.checkpoint_sha256,
        lists=len(lists),
        claim_minutes=presentation.get("claim_minutes", CLAIM_MINUTES) if len(lists) > 1 else None,
        catch_by=list(least_alike.layers) if count else None,
        catch_checkpoint_sha256=least_alike.checkpoint_sha256 if count else None,
        **{name: presentation[name] for name in _DESIGNED if name in presentation},  # type: ignore[literal-required]
    )
    rest = {name: value for name, value in presentation.items() if name not in (*_DESIGNED, *_NOT_SHOWN)}
    width = max(2, len(str(sum(map(len, lists)))))
    numbered = [(k, pair) for k, chosen in enumerate(lists) for pair in chosen]
    pairs = [_pair(images, pair, f"p{n:0{width}d}", k) for n, (k, pair) in enumerate(numbered, start=1)]
    practice = [_pair(images, pair, f"practice{n:0{width}d}", 0) for n, pair in enumerate(practice_pairs, start=1)]
    supply = CatchSupply(
        own=catch_supply,
        other=other_classes(images, catch_supply, seed) if count else {},
        busy={position for chosen in [*lists, practice_pairs] for _, a, b in chosen for position in (a, b)},
    )
    catch, images = catch_pairs(count, supply, images, presentation.get("scale", Scale()), least_alike)
    shown = {image for pair in [*pairs, *practice, *catch] for image in (pair.left, pair.right)}
    encoded = {name: _png_text(images.pixels[i]) for i, name in enumerate(images.ids) if name in shown}
    names = " and ".join(str(digit) for digit in design.digits)
    what = "pictures" if images.source.name == "files" else "handwritten digits"
    title = presentation.get("title") or f"Similarity of {what} ({names})"
    fields = rest | {"title": title, "source": images.source, "design": design}
    fields |= {"pairs": pairs, "practice_pairs": practice, "catch_pairs": catch, "images": encoded}
    return new_study(id=_study_id(Study(id="", **fields)), **fields)  # type: ignore[arg-type]


_DESIGNED = ("order", "repeats", "catch", "break_every", "min_viewing_ms", "blank_ms")
_NOT_SHOWN = ("claim_minutes", "catch_selection")


def _check_request(images: ImageSet, digits: Sequence[Label], pairs: int, lists: int) -> None:
    if pairs < 1:
        raise SimtuiError(f"A study needs at least 1 pair of each class, not {pairs}.")
    if not 1 <= lists <= MAX_LISTS:
        raise SimtuiError(f"A study has 1 to {MAX_LISTS} pair lists, not {lists}.")
    check_classes(images, digits)
    for digit in digits:
        available, needed = len(images.where(digit)), 2 * pairs * lists
        if available < needed:
            each = f" in each of {lists} lists" if lists > 1 else ""
            raise SimtuiError(
                f"{pairs} pairs of “{printable(digit)}”{each} need {needed} images and this source has {available}: "
                f"ask for at most {available // (2 * lists)} pairs."
            )


def check_classes(images: ImageSet, digits: Sequence[Label]) -> None:
    """Raises SimtuiError where a digit is asked for twice, or the source has no image of it."""
    if len(set(digits)) != len(digits):
        raise SimtuiError("A class was asked for twice: name each one once.")
    known = images.classes()
    for digit in digits:
        if digit not in known:
            listed = ", ".join(printable(label, 30) for label in known[:30])
            raise SimtuiError(f"There are no images of “{printable(digit)}” in this source: it has {listed}.")


def check_room(pairs: int, presentation: Presentation) -> None:
    """Said here and not while rating: a design that no run has room for."""
    fault = slots_fault(pairs, presentation.get("repeats", 0), presentation.get("catch", 0))
    if fault:
        raise SimtuiError(f"This design is impossible: {fault}.")


def _spanning(pixels: NDArray[np.uint8], candidates: Sequence[Chosen], count: int) -> list[Chosen]:
    """`count` of the candidates, spread evenly from the least to the most similar by pixel cosine.

    They anchor the scale: a participant has seen about how alike and how different pairs will be.
    """
    if count == 0:
        return []

    left, right = pixels[[a for _, a, _ in candidates]], pixels[[b for _, _, b in candidates]]
    cosines = np.nan_to_num(pixel_cosines(left, right))
    ranked = [candidates[i] for i in np.argsort(cosines, kind="stable")]
    if count == 1:
        return [ranked[len(ranked) // 2]]
    return [ranked[round(k * (len(ranked) - 1) / (count - 1))] for k in range(count)]


def _pair(images: ImageSet, chosen: Chosen, name: str, list_index: int) -> Pair:
    digit, a, b = chosen
    other = images.labels[b] if images.labels[b] != digit else None
    return Pair(id=name, left=images.ids[a], right=images.ids[b], digit=digit, right_digit=other, list_index=list_index)


def _png_text(pixels: NDArray[np.uint8]) -> str:
    return base64.b64encode(png.encode([bytes(row) for row in pixels])).decode("ascii")


def _study_id(study: Study) -> str:
    """Readable, and different for studies that differ in any way, so that no two share a session folder."""
    names = "-".join(str(digit) for digit in study.design.digits)
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in names)
    digest = hashlib.sha256(msgspec.json.encode(file_fields(study))).hexdigest()
    what = "digit" if all(isinstance(digit, int) for digit in study.design.digits) else ""
    return f"{what}{words[:32].strip('-') or 'pictures'}-{len(study.list_pairs())}-{digest[:6]}"
