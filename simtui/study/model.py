"""Study: what is shown. One self-contained JSON file, written once and never edited by the program."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from simtui.errors import SimtuiError, printable
from simtui.stimuli.source import Label, Source
from simtui.storage import png
from simtui.study.questions import Question, QuestionPage, When

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "simtui.study"
VERSION = 1
QUESTION = "How similar do these two images look to you?"

COMPLETE = "complete"
"""The sampling of a study in which every two of its images are a pair."""

MAX_LISTS = 1000

CLAIM_MINUTES, MAX_CLAIM_MINUTES = 30, 7 * 24 * 60
"""How long a run without an answer keeps its list, unless told: whoever rates answers sooner. And the longest."""


class Scale(Struct, frozen=True, kw_only=True):
    """The rating scale: whole numbers from `low` to `high`, with a label at each end."""

    low: int = 1
    high: int = 10
    low_label: str = "least similar"
    high_label: str = "most similar"

    @property
    def values(self) -> range:
        """The ratings that the scale has, lowest first."""
        return range(self.low, self.high + 1)

    @property
    def has_ten(self) -> bool:
        """Whether it ends with 10, whose key is 0."""
        return self.high == 10

    def key_of(self, rating: int) -> str:
        """The key for a rating on the scale: its number, and 0 for 10."""
        return str(rating % 10)

    def rating_of_key(self, key: str) -> int | None:
        """What a key stands for: 1 to 9 for themselves, 0 for 10 where the scale goes so far."""
        if len(key) != 1 or key not in "0123456789":
            return None
        rating = 10 if key == "0" and self.has_ten else int(key)
        return rating if rating in self.values else None


class Pair(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two images of one class; left and right are ids of images in the study.

    id: the pair's id in the study.
    left: id of the image that is the left one in the study.
    right: id of the image that is the right one in the study.
    digit: the class of both images; where a pair is of two classes, of the left one.
    right_digit: the class of the right image where it is another than that of the left one.
    expected: of a catch pair, the rating that everybody gives who looks at it: the top of the scale for one image
        shown twice, the bottom for different material. None for all other pairs.
    list_index: the pair list that the pair belongs to, from 0; practice and catch pairs are in every list.
    """

    id: str
    left: str
    right: str
    digit: Label
    right_digit: Label | None = None
    expected: int | None = None
    list_index: int = 0

    @property
    def digits(self) -> frozenset[Label]:
        """The classes that the pair shows."""
        return frozenset({self.digit} if self.right_digit is None else {self.digit, self.right_digit})


class Design(Struct, frozen=True, kw_only=True):
    """How the pairs were chosen and how one participant meets them. Times are in milliseconds.

    sampling: "random", "stratified" (evenly over the range of the similarity in the layer `by`),
        "controversial" (where the two layers `between` disagree most), "complete" (every two of some images) or
        "given".
    checkpoint_sha256: of the network's file, where a layer of it chose the pairs.
    practice, repeats, catch: how many trials of each kind a run has.
    order: "shuffled" or "fixed" (as in the file).
    lists: how many pair lists the study has; a participant meets one of them.
    catch_by: the layers in which the catch pairs of different material are the least alike that were found; null
        without catch pairs, and in files of simtui before it chose them so. catch_checkpoint_sha256: of the network's
        file, where one of these is a layer of it.
    claim_minutes: how long a run without an answer keeps its list from others; null where there is one list, and in
        files of simtui before it was asked.
    break_every: trials from one break to the next, 0 for none.
    """

    digits: list[Label]
    seed: int = 0
    sampling: str = "random"
    practice: int = 0
    repeats: int = 0
    catch: int = 0
    order: str = "shuffled"
    swap_sides: bool = True
    min_viewing_ms: int = 200
    blank_ms: int = 300
    by: str | None = None
    between: list[str] | None = None
    checkpoint_sha256: str | None = None
    lists: int = 1
    claim_minutes: int | None = None
    break_every: int = 0
    catch_by: list[str] | None = None
    catch_checkpoint_sha256: str | None = None

    @property
    def claim_s(self) -> float:
        """Seconds for which a run without an answer keeps its list."""
        return 60.0 * (CLAIM_MINUTES if self.claim_minutes is None else self.claim_minutes)


class Study(Struct, frozen=True, kw_only=True):
    """What is shown: the pairs, the images inside them, the question and the scale.

    sha256: of the bytes of the file this study was read from (or will be written to); it names the
        study in every session and is not itself written into the file.
    practice_pairs: shown first, marked as practice, never analysed; none of their images is in `pairs`.
    catch_pairs: pairs with a known answer, scattered over the run to see whether a participant looks at the images;
        never analysed.
    texts: sentences that replace those of simtui.rating.texts, to run a study in another language, and the
        texts of the researcher's own, `consent` and `debrief`.
    question_pages: what is asked before and after the pairs, in this order.
    completion_code: what who has answered everything is given at the end, the same for all; "each" for a code of each
        participant's own; null for none.
    """

    format: str = FORMAT
    version: int = VERSION
    id: str
    title: str = ""
    question: str = QUESTION
    scale: Scale = Scale()
    source: Source
    design: Design
    pairs: list[Pair]
    practice_pairs: list[Pair] = []
    catch_pairs: list[Pair] = []
    texts: dict[str, str] = {}
    question_pages: list[QuestionPage] = []
    completion_code: str | None = None
    images: dict[str, str]
    sha256: str = ""

    def image(self, image_id: str) -> png.Image:
        """One image: 28 rows of 28 bytes, 0 paper and 255 ink. Raises SimtuiError where there is none of that id."""
        if image_id not in self.images:
            raise SimtuiError(f"The study {self.id} has no image {printable(image_id)!r}.")
        return decode_image(self.images[image_id])

    def pixels(self, image_ids: Iterable[str]) -> NDArray[np.uint8]:
        """These images as one array, uint8 (n, 28, 28), with the values and the error of `image`."""
        from simtui.stimuli.pixels import stacked

        return stacked(self.image(image_id) for image_id in image_ids)

    def _repr_html_(self) -> str:
        """The pairs as pictures, for a notebook."""
        from simtui.study.html import as_html

        return as_html(self)

    def every_pair(self) -> Iterator[Pair]:
        """The practice pairs, the pairs that are analysed, and the catch pairs."""
        yield from self.practice_pairs
        yield from self.pairs
        yield from self.catch_pairs

    def pair(self, pair_id: str) -> Pair:
        """The pair with this id, of whatever kind. Raises StopIteration where there is none."""
        return next(p for p in self.every_pair() if p.id == pair_id)

    def questions(self, when: When | None = None) -> list[Question]:
        """The questions that are asked then, or at any time, in their order."""
        return [question for page in self.question_pages if when in (None, page.when) for question in page.questions]

    def list_pairs(self, list_index: int = 0) -> list[Pair]:
        """The pairs of one list, which are all there are where the study has one list."""
        return [pair for pair in self.pairs if pair.list_index == list_index]

    def group(self, pair: Pair) -> Label:
        """What the pair is analysed with: pairs of its digit, or of its two; in a complete design all together."""
        if self.design.sampling == COMPLETE and len(self.design.digits) > 1:
            return " and ".join(map(str, self.design.digits))
        if pair.right_digit is None:
            return pair.digit
        # Which of the two is on the left says nothing.
        return " and ".join(sorted((str(pair.digit), str(pair.right_digit))))

    def trials_of_run(self, list_index: int = 0) -> int:
        """How many trials a run has after the practice: pairs, repeats and catch trials."""
        return len(self.list_pairs(list_index)) + self.design.repeats + len(self.catch_pairs)


@lru_cache(maxsize=512)
def decode_image(text: str) -> png.Image:
    """The image that a study file has as base64 text of a PNG. Raises SimtuiError for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SimtuiError("an image of this study is not base64 text: the study file is damaged.") from None
    return png.decode(data)
