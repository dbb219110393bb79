"""What a checkpoint file is, as far as its bytes tell: all that can be refused is refused before torch is imported."""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import simtui
from simtui.errors import SimtuiError, printable
from simtui.storage import untrusted

LARGEST = 64 * 2**20
"""Bytes, packed or unpacked, beyond which a file is not read: this net's weights are 0.1 MB."""

_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # torch's own mark on files from before its zip format
_ZIP = b"PK\x03\x04"

OWN = "convnet_mnist.pt"

_HARMLESS = ("torch", "collections", "_codecs", "numpy")
"""Packages whose names weights are made of. Which of them are harmless indeed, torch's own list decides."""


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


def read(path: Path) -> bytes:
    """The bytes of a file in one of torch's two formats that names nothing but weights.

    Raises SimtuiError, one sentence, for a file that is not there, is no checkpoint, is damaged or carries code.
    """
    shown = printable(path)
    data = untrusted.read(path, "a checkpoint", LARGEST)
    _check_container(data, shown)
    for name in _names(data):
        if name.partition(".")[0] not in _HARMLESS:
            raise SimtuiError(
                f"{shown} carries code (it wants {printable(name)}) and is refused: "
                "save only {'state_dict': net.state_dict()}."
            )
    return data


def _check_container(data: bytes, shown: str) -> None:
    """Refuse everything but torch's two file formats before torch looks at it."""
    if data.startswith(_LEGACY):
        return
    if not data.startswith(_ZIP):
        if _is_pickle(data):
            raise SimtuiError(
                f"{shown} is a bare pickle, which can carry code, and is refused: save the weights with torch.save."
            )
        raise SimtuiError(f"{shown} is not a checkpoint: it is not a file that torch.save has written.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise SimtuiError(f"{shown} is a damaged checkpoint, perhaps cut short: copy or download it again.") from None
    names = {"/".join(member.filename.split("/")[1:]) for member in members}
    if any(name.startswith("code/") or name == "constants.pkl" for name in names):
        raise SimtuiError(f"{shown} is a TorchScript program, which carries code, and is refused: save its weights.")
    if "data.pkl" not in names:
        raise SimtuiError(f"{shown} is a zip file with other things in it, not a checkpoint.")
    if sum(member.file_size for member in members) > LARGEST:
        raise SimtuiError(f"{shown} is not a checkpoint of this net: it unpacks to more than {LARGEST >> 20} MB.")


def _is_pickle(data: bytes) -> bool:
    """Whether a pickle starts here; nothing in it is carried out."""
    try:
        return sum(1 for _ in pickletools.genops(data)) > 1
    except Exception:
        return False


def _names(data: bytes) -> Iterator[str]:
    """What the pickles in the file want imported, as module.name; nothing in them is carried out."""
    if data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = next(name for name in archive.namelist() if name.split("/")[1:] == ["data.pkl"])
            try:
                stream = io.BytesIO(archive.read(member))
            except Exception:  # damaged: torch says so, in a sentence of ours
                return
    else:
        stream = io.BytesIO(data)
    strings: list[str] = []
    try:
        while stream.tell() < len(stream.getbuffer()):
            for operation, argument, _ in pickletools.genops(stream):
                if operation.name in ("GLOBAL", "INST"):
                    yield str(argument).replace(" ", ".")
                elif operation.name == "STACK_GLOBAL" and len(strings) > 1:
                    yield f"{strings[-2]}.{strings[-1]}"
                elif isinstance(argument, str):
                    strings.append(argument)
    except Exception:  # the raw numbers after the pickles of torch's old format, or damage that torch will find
        return
