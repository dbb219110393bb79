"""What a checkpoint file is, as far as its bytes tell: all that can be refused is refused before torch is imported."""

from __future__ import annotations

import hashlib
import io
import os
import pickletools
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import simtui
from simtui.errors import SimtuiError, printable
from simtui.network.pickles import Contents, PickleError, examine
from simtui.storage import untrusted

LARGEST = 64 * 2**20
"""Bytes, packed or unpacked, beyond which a file is not read: this net's weights are 0.1 MB."""

_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # torch's own mark on files from before its zip format
_ZIP = b"PK\x03\x04"

_WEIGHTS = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|torch\.(Size|device|(Q?U?[A-Z][A-Za-z0-9]*)Storage)"
    r"|torch\.(float|double|half|bfloat16|complex|long|int|short|u?int8|bool)[0-9]*"
    r"|torch\.storage\.(Untyped|Typed)Storage|torch\._utils\._rebuild_(tensor|tensor_v2|parameter)"
    r"|torch\.nn\.parameter\.Parameter"
)
"""The names that weights and plain values are made of."""

_SHA256 = re.compile(r"^([0-9A-Fa-f]{64})(?:[ \t]+\*?(.*?))?[ \t]*$", re.MULTILINE)
"""A line of `sha256sum`: the hash, and the name of the file if there is one."""

_MOST_MEMBERS = 20_000
"""Files in the archive: one a weight and a few more."""

OWN = "convnet_mnist.pt"


def default_checkpoint() -> Path:
    """Our own trained checkpoint: inside the installed package, or beside it in a source checkout."""
    package = Path(simtui.__file__).resolve().parent
    candidates = (package / "models" / OWN, package.parent / "models" / OWN)
    for path in candidates:
        if path.is_file():
            return path
    raise SimtuiError(
        f"simtui's own checkpoint is not at {printable(candidates[0])}: "
        "install simtui again, or name one with --checkpoint."
    )


def read(path: Path, most: int = LARGEST) -> bytes:
    """The bytes of a file in one of torch's two formats that names nothing but weights.

    most: bytes, packed or unpacked, beyond which it is not read.
    Raises SimtuiError, one sentence, for a file that is not there, is no checkpoint, is damaged, carries code or
    unfolds to far more than it seems; and where a file of the same name and .sha256 names another hash.
    """
    shown = printable(path)
    data = untrusted.read(path, "a checkpoint", most)
    _check_sha256(path, data)
    _check_container(data, shown, most)
    try:
        elements = 0
        for contents in _pickles(data):
            elements += contents.elements
            for name in contents.names:
                if not _WEIGHTS.fullmatch(name):
                    raise _refused(shown, name)
    except PickleError as error:
        raise SimtuiError(
            f"{shown} is refused: what is in it {error}. Copy it again, or save the weights alone."
        ) from None
    if elements > most:
        raise SimtuiError(f"{shown} is not a checkpoint of this net: it has {elements:,} weights.")
    return data


def _refused(shown: str, name: str) -> SimtuiError:
    if name.startswith("torch._utils.") or name.startswith("torch._tensor."):
        what = f"has more than plain weights and values (it wants {printable(name)})"
    else:
        what = f"carries code (it wants {printable(name)})"
    return SimtuiError(f"{shown} {what} and is refused: save only {{'state_dict': net.state_dict()}}.")


def _check_sha256(path: Path, data: bytes) -> None:
    """Where `sha256sum` has left its file beside a checkpoint, it must be that of these bytes. Raises SimtuiError."""
    beside = path.with_name(f"{path.name}.sha256")
    if not os.path.lexists(beside):
        return
    text = untrusted.read(beside, "a file of sha256sum", 65_536).decode("utf-8", "replace")
    hashes = dict(reversed(found) for found in _SHA256.findall(text))
    wanted = hashes.get(path.name) or hashes.get("")
    if wanted is None:
        raise SimtuiError(f"{printable(beside)} names no sha256 of {printable(path.name)}: mend it or remove it.")
    found = hashlib.sha256(data).hexdigest()
    if wanted.lower() != found:
        raise SimtuiError(
            f"{printable(path)} has the sha256 {found[:16]}…, and {printable(beside.name)} names {wanted[:16]}…: "
            "copy or download it again."
        )


def _check_container(data: bytes, shown: str, most: int) -> None:
    """Refuse everything but torch's two file formats before torch looks at it."""
    if data.startswith(_LEGACY):
        return
    if not data.startswith(_ZIP):
        if _is_pickle(data):
            raise SimtuiError(
                f"{shown} is a bare pickle, which can carry code, and is refused: save the weights with torch.save."
            )
        raise SimtuiError(f"{shown} is not a checkpoint: it is not a file that torch.save has written.")
    damaged = SimtuiError(f"{shown} is a damaged checkpoint, perhaps cut short: copy or download it again.")
    try:
        members = untrusted.zip_members(io.BytesIO(data), _MOST_MEMBERS)
    except untrusted.BadArchiveError:
        raise damaged from None
    names = {"/".join(member.filename.split("/")[1:]) for member in members}
    if any(name.startswith("code/") or name == "constants.pkl" for name in names):
        raise SimtuiError(f"{shown} is a TorchScript program, which carries code, and is refused: save its weights.")
    if "data.pkl" not in names:
        raise SimtuiError(f"{shown} is a zip file with other things in it, not a checkpoint.")
    if sum(member.file_size for member in members) > most:
        raise SimtuiError(f"{shown} is not a checkpoint of this net: it unpacks to more than {most >> 20} MB.")
    if len({member.filename for member in members}) < len(members) or len({*_folders(members)}) > 1:
        # Which of two files of one name is read, torch and we might see otherwise.
        raise damaged
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            whole = archive.testzip() is None
    except Exception:  # zlib and zipfile fail in many ways on a damaged file
        whole = False
    if not whole:
        raise damaged


def _folders(members: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    return (member.filename.split("/")[0] for member in members)


def _is_pickle(data: bytes) -> bool:
    """Whether a pickle starts here; nothing in it is carried out."""
    try:
        return sum(1 for _ in pickletools.genops(data)) > 1
    except Exception:
        return False


def _pickles(data: bytes) -> Iterator[Contents]:
    """What is in each pickle of the file. Raises PickleError."""
    if data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = next(name for name in archive.namelist() if name.split("/")[1:] == ["data.pkl"])
            yield examine(io.BytesIO(archive.read(member)))
        return
    # torch's mark, its protocol, the sizes of numbers, the weights, the keys of their storages; then raw numbers.
    stream = io.BytesIO(data)
    for _ in range(5):
        yield examine(stream)
