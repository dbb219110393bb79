"""Study: what is shown. One self-contained JSON file, written once and never edited by the program."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from simtui.errors import SimtuiError, printable
from simtui.stimuli.source import Label, Source
from simtui.storage import atomic, png
from simtui.storage.json_file import kind_faults, read_json
from simtui.study.slots import list_faults

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "simtui.study"
VERSION = 1
QUESTION = "How similar do these two images look to you?"

ORDERS = ("shuffled", "fixed")
MAX_LISTS = 1000

MAX_IMAGES = 8_000
"""Enough for almost 4,000 pairs. So many are read in 2 s, however they are packed."""

_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")


class Scale(Struct, frozen=True, kw_only=True):
    """The rating scale: whole numbers from `low` to `high`, with a label at each end."""

    low: int = 1
    high: int = 10
    low_label: str = "least similar"
    high_label: str = "most similar"

    @property
    def values(self) -> range:
        return range(self.low, self.high + 1)

    def rating_of_key(self, key: str) -> int | None:
        """What a key stands for: 1 to 9 for themselves, 0 for 10 where the scale goes so far."""
        if len(key) != 1 or key not in "0123456789":
            return None
        rating = 10 if key == "0" and self.high == 10 else int(key)
        return rating if rating in self.values else None


class Pair(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two images of one class; left and right are ids of images in the study.

    digit: the class of both images; where a catch pair is of two classes, of the left one, and
        right_digit is that of the right one.
    expected: the rating that whoever looks gives, of catch pairs: the top of the scale for one image shown
        twice, the bottom for two digits. None where there is no such answer.
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
        "controversial" (where the two layers `between` disagree most) or "given".
    checkpoint_sha256: of the network's file, where a layer of it chose the pairs.
    practice, repeats, catch: how many trials of each kind a run has.
    order: "shuffled" or "fixed" (as in the file).
    lists: how many pair lists the study has; a participant meets one of them.
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
    break_every: int = 0


WRITTEN_WHERE_USED = ("by", "between", "checkpoint_sha256", "lists", "break_every")
"""Fields of the design that a study which does without them does not name in its file."""


class Study(Struct, frozen=True, kw_only=True):
    """What is shown: the pairs, the images inside them, the question and the scale.

    sha256: of the bytes of the file this study was read from (or will be written to); it names the
        study in every session and is not itself written into the file.
    practice_pairs: shown first, marked as practice, never analysed; none of their images is in `pairs`.
    catch_pairs: pairs whose answer is plain, scattered over the run to tell who looks, never analysed.
    texts: sentences that replace those of simtui.rating.texts, to run a study in another language, and the
        texts of the researcher's own, `consent` and `debrief`.
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
    images: dict[str, str]
    sha256: str = ""

    def image(self, image_id: str) -> png.Image:
        """One image: 28 rows of 28 bytes, 0 paper and 255 ink. Raises SimtuiError where there is none of that id."""
        if image_id not in self.images:
            raise SimtuiError(f"The study {self.id} has no image {printable(image_id)!r}.")
        return _decode_image(self.images[image_id])

    def pixels(self, image_ids: Iterable[str]) -> NDArray[np.uint8]:
        """These images as one array, uint8 (n, 28, 28), with the values and the error of `image`."""
        from simtui.stimuli.pixels import stacked

        return stacked(self.image(image_id) for image_id in image_ids)

    def every_pair(self) -> Iterator[Pair]:
        yield from self.practice_pairs
        yield from self.pairs
        yield from self.catch_pairs

    def pair(self, pair_id: str) -> Pair:
        return next(p for p in self.every_pair() if p.id == pair_id)

    def list_pairs(self, list_index: int = 0) -> list[Pair]:
        """The pairs of one list, which are all there are where the study has one list."""
        return [pair for pair in self.pairs if pair.list_index == list_index]

    def trials_of_run(self, list_index: int = 0) -> int:
        """How many trials a run has after the practice: pairs, repeats and catch trials."""
        return len(self.list_pairs(list_index)) + self.design.repeats + len(self.catch_pairs)


def new_study(**fields: Any) -> Study:
    """A checked study whose sha256 is that of the file `save` will write."""
    study = Study(**fields)
    _check(study, "this study")
    return msgspec.structs.replace(study, sha256=hashlib.sha256(encode(study)).hexdigest())


def encode(study: Study) -> bytes:
    """The bytes of the study file; the same study always gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(file_fields(study)), indent=2) + b"\n"


def file_fields(study: Study) -> dict[str, Any]:
    """What the study file says, as plain values. What later versions added is named only where it is used."""
    fields: dict[str, Any] = msgspec.to_builtins(study)
    del fields["sha256"]
    if not study.catch_pairs:
        del fields["catch_pairs"]
    for field in msgspec.structs.fields(Design):
        if field.name in WRITTEN_WHERE_USED and fields["design"][field.name] == field.default:
            del fields["design"][field.name]
    return fields


def save(study: Study, path: Path, *, force: bool = False) -> None:
    """Write the study file whole or not at all.

    Raises SimtuiError where the file exists (unless `force`) or cannot be written.
    """
    atomic.write(path, encode(study), force=force)


_DECODER = msgspec.json.Decoder(Study)


def load(path: Path) -> Study:
    """Read and check a study file.

    Raises SimtuiError, naming the file and the fault, where it is not a whole and consistent study.
    """
    study, data = read_json(path, "a study file", _DECODER, (FORMAT, VERSION))
    _check(study, printable(path))
    return msgspec.structs.replace(study, sha256=hashlib.sha256(data).hexdigest())


@lru_cache(maxsize=512)
def _decode_image(text: str) -> png.Image:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SimtuiError("an image of this study is not base64 text: the study file is damaged.") from None
    return png.decode(data)


def _check(study: Study, where: str) -> None:
    """Everything that the JSON types cannot say. Raises SimtuiError."""
    for fault in faults(study):
        raise SimtuiError(f"{where} cannot be used: {printable(fault, 300)}.")


def faults(study: Study) -> Iterator[str]:
    yield from kind_faults(study.format, study.version, (FORMAT, VERSION))
    if not _ID.match(study.id):
        yield f"its id “{printable(study.id)}” is not 1 to 64 letters, digits and hyphens"
    yield from _pair_faults(study)
    yield from _design_faults(study)
    if len(study.images) > MAX_IMAGES:
        yield f"it has {len(study.images):,} images, and more than {MAX_IMAGES:,} take too long to read"
        return
    for image_id, text in study.images.items():
        try:
            _decode_image(text)
        except SimtuiError as error:
            yield f"image “{printable(image_id)}”: {str(error).rstrip('.')}"


def _design_faults(study: Study) -> Iterator[str]:
    scale, design = study.scale, study.design
    if not (0 <= scale.low < scale.high <= 10):
        yield f"its scale {scale.low} to {scale.high} does not lie within 0 to 10"
    elif len(scale.values) > 10:
        yield "its scale has eleven steps, and there are ten number keys"
    for name, value in (("min_viewing_ms", design.min_viewing_ms), ("blank_ms", design.blank_ms)):
        if not 0 <= value <= 60_000:
            yield f"design.{name} is {value}, not 0 to 60000 ms"
    if design.order not in ORDERS:
        yield f"design.order is “{printable(design.order)}”, not {' or '.join(ORDERS)}"
    if design.break_every < 0:
        yield f"design.break_every is {design.break_every}, less than 0"
    if design.catch != len(study.catch_pairs):
        yield f"design.catch is {design.catch}, and it has {len(study.catch_pairs)} catch pairs"
    if not 1 <= design.lists <= MAX_LISTS:
        yield f"design.lists is {design.lists}, not 1 to {MAX_LISTS}"
    elif study.pairs:
        list_of = [(pair.id, pair.list_index) for pair in study.pairs]
        yield from list_faults(list_of, design.lists, design.repeats, len(study.catch_pairs))


def _pair_faults(study: Study) -> Iterator[str]:
    if not study.pairs:
        yield "it has no pairs"
    seen: set[str] = set()
    for pair in study.every_pair():
        if pair.id in seen:
            yield f"two pairs have the id “{printable(pair.id)}”"
        if not _ID.match(pair.id):
            yield f"the pair id “{printable(pair.id)}” is not 1 to 64 letters, digits and hyphens"
        seen.add(pair.id)
        for image_id in (pair.left, pair.right):
            if image_id not in study.images:
                yield f"pair {printable(pair.id)} names the image “{printable(image_id)}”, which is not in the file"
        if pair.expected is not None and pair.expected not in study.scale.values:
            yield f"pair {printable(pair.id)} expects the rating {pair.expected}, which is not on the scale"
    for pair in study.catch_pairs:
        if pair.expected is None:
            yield f"the catch pair {printable(pair.id)} has no expected rating"
