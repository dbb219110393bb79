"""Study: what is shown. One self-contained JSON file, written once and never edited by the program."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from simtui import png
from simtui.errors import SimtuiError, printable
from simtui.jsonfile import read_json_bytes
from simtui.stimuli.source import Label, Source

FORMAT = "simtui.study"
VERSION = 1
QUESTION = "How similar do these two images look to you?"

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


class Pair(Struct, frozen=True, kw_only=True):
    """Two images of one class; left and right are ids of images in the study."""

    id: str
    left: str
    right: str
    digit: Label


class Design(Struct, frozen=True, kw_only=True):
    """How the pairs were chosen and how one participant meets them. Times are in milliseconds."""

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


class Study(Struct, frozen=True, kw_only=True):
    """What is shown: the pairs, the images inside them, the question and the scale.

    sha256: of the bytes of the file this study was read from (or will be written to); it names the
        study in every session and is not itself written into the file.
    practice_pairs: shown first, marked as practice, never analysed; none of their images is in `pairs`.
    texts: sentences that replace those of simtui.texts, to run a study in another language.
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
    texts: dict[str, str] = {}
    images: dict[str, str]
    sha256: str = ""

    def image(self, image_id: str) -> png.Image:
        """One image: 28 rows of 28 bytes, 0 paper and 255 ink."""
        return _decode_image(self.images[image_id])

    def every_pair(self) -> Iterator[Pair]:
        yield from self.practice_pairs
        yield from self.pairs

    def pair(self, pair_id: str) -> Pair:
        return next(p for p in self.every_pair() if p.id == pair_id)


def new_study(**fields: Any) -> Study:
    """A checked study whose sha256 is that of the file `save` will write."""
    study = Study(**fields)
    _check(study, "this study")
    return msgspec.structs.replace(study, sha256=hashlib.sha256(encode(study)).hexdigest())


def encode(study: Study) -> bytes:
    """The bytes of the study file; the same study always gives the same bytes."""
    fields = {k: v for k, v in msgspec.to_builtins(study).items() if k != "sha256"}
    return msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n"


def save(study: Study, path: Path, *, force: bool = False) -> None:
    """Write the study file whole or not at all.

    Raises SimtuiError where the file exists (unless `force`) or cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(encode(study))
        if force:
            temporary.replace(path)
        else:
            os.link(temporary, path)
    except FileExistsError:
        raise SimtuiError(
            f"{printable(path)} is there already and was left alone: give another name, or --force to replace it."
        ) from None
    except OSError as error:
        raise SimtuiError(f"{printable(path)} could not be written: {error.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)


def load(path: Path) -> Study:
    """Read and check a study file.

    Raises SimtuiError, naming the file and the fault, where it is not a whole and consistent study.
    """
    data = read_json_bytes(path, "a study file")
    try:
        study = msgspec.json.decode(data, type=Study)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise SimtuiError(f"{printable(path)} is not a study file: {printable(error)}.") from None
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
    for fault in _faults(study):
        raise SimtuiError(f"{where} cannot be used: {fault}.")


def _faults(study: Study) -> Iterator[str]:
    if study.format != FORMAT:
        yield f"its format is “{printable(study.format)}”, not “{FORMAT}”"
    if study.version != VERSION:
        yield f"it is of version {study.version}, and this simtui reads version {VERSION}"
    if not _ID.match(study.id):
        yield f"its id “{printable(study.id)}” is not 1 to 64 letters, digits and hyphens"
    yield from _design_faults(study.scale, study.design)
    yield from _pair_faults(study)
    for image_id, text in study.images.items():
        try:
            _decode_image(text)
        except SimtuiError as error:
            yield f"image “{printable(image_id)}”: {str(error).rstrip('.')}"


def _design_faults(scale: Scale, design: Design) -> Iterator[str]:
    if not (0 <= scale.low < scale.high <= 10):
        yield f"its scale {scale.low} to {scale.high} does not lie within 0 to 10"
    elif len(scale.values) > 10:
        yield "its scale has eleven steps, and there are ten number keys"
    for name, value in (("min_viewing_ms", design.min_viewing_ms), ("blank_ms", design.blank_ms)):
        if not 0 <= value <= 60_000:
            yield f"design.{name} is {value}, not 0 to 60000 ms"


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
