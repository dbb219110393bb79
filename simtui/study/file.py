"""The study file: a Study written, read and checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from simtui.errors import SimtuiError, printable
from simtui.storage import atomic
from simtui.storage.json_file import kind_faults, read_json
from simtui.study.model import FORMAT, MAX_CLAIM_MINUTES, MAX_LISTS, VERSION, Design, Study, decode_image
from simtui.study.questions import page_faults
from simtui.study.slots import slots_fault

ORDERS = ("shuffled", "fixed")

MAX_IMAGES = 8_000
"""Enough for almost 4,000 pairs. So many are read in 2 s, however they are packed."""

WRITTEN_WHERE_USED = (
    "by",
    "between",
    "checkpoint_sha256",
    "lists",
    "claim_minutes",
    "break_every",
    "catch_by",
    "catch_checkpoint_sha256",
)
"""Fields of the design that a study which does without them does not name in its file."""

NAMED_WHERE_USED = ("catch_pairs", "question_pages", "completion_code")
"""The same of the study itself."""

_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")


COMPLETION_CODE = "1 to 40 letters, digits and hyphens"
_COMPLETION_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}\Z")


def is_completion_code(text: str) -> bool:
    """Whether a text can be what participants are given at the end, "each" included."""
    return _COMPLETION_CODE.match(text) is not None


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
    for name in NAMED_WHERE_USED:
        if not fields[name]:
            del fields[name]
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
    return read(path)[0]


def read(path: Path) -> tuple[Study, bytes]:
    """The study in a file, as `load` gives it, and the bytes of the file."""
    study, data = read_json(path, "a study file", _DECODER, (FORMAT, VERSION))
    _check(study, printable(path))
    return msgspec.structs.replace(study, sha256=hashlib.sha256(data).hexdigest()), data


def _check(study: Study, where: str) -> None:
    """Everything that the JSON types cannot say. Raises SimtuiError."""
    for fault in faults(study):
        raise SimtuiError(f"{where} cannot be used: {printable(fault, 300)}.")


def faults(study: Study) -> Iterator[str]:
    """Everything that the JSON types cannot say and that makes a study unusable, a sentence each with no subject."""
    yield from kind_faults(study.format, study.version, (FORMAT, VERSION))
    if not _ID.match(study.id):
        yield f"its id “{printable(study.id)}” is not 1 to 64 letters, digits and hyphens"
    yield from _pair_faults(study)
    yield from _design_faults(study)
    yield from page_faults(study.question_pages)
    if study.completion_code is not None and not is_completion_code(study.completion_code):
        yield f"its completion code “{printable(study.completion_code, 40)}” is not {COMPLETION_CODE}"
    if len(study.images) > MAX_IMAGES:
        yield f"it has {len(study.images):,} images, and more than {MAX_IMAGES:,} take too long to read"
        return
    for image_id, text in study.images.items():
        try:
            decode_image(text)
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
    if design.claim_minutes is not None and not 1 <= design.claim_minutes <= MAX_CLAIM_MINUTES:
        yield f"design.claim_minutes is {design.claim_minutes}, not 1 to {MAX_CLAIM_MINUTES}"
    if design.break_every < 0:
        yield f"design.break_every is {design.break_every}, less than 0"
    if design.catch != len(study.catch_pairs):
        yield f"design.catch is {design.catch}, and it has {len(study.catch_pairs)} catch pairs"
    yield from _list_faults(study)


def _list_faults(study: Study) -> Iterator[str]:
    """Every run that the study can lead to must have its place for each pair, repeat and catch trial."""
    lists = study.design.lists
    if not 1 <= lists <= MAX_LISTS:
        yield f"design.lists is {lists}, not 1 to {MAX_LISTS}"
        return
    sizes = [0] * lists
    for pair in study.pairs:
        if not 0 <= pair.list_index < lists:
            yield f"pair {printable(pair.id)} is of list {pair.list_index}, and the lists are 0 to {lists - 1}"
            return
        sizes[pair.list_index] += 1
    for index, size in enumerate(sizes):
        fault = slots_fault(size, study.design.repeats, len(study.catch_pairs))
        if study.pairs and not size:
            yield f"list {index} has no pairs"
        elif study.pairs and fault:
            yield fault


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
