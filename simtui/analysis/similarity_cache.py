"""What a network said of a study, kept for the next time: torch is then not imported, and the screen opens at once.

One file in the user's cache folder for each study, checkpoint, way of looking and version of the code that computes
it; whatever cannot be read or does not fit is computed anew, and a folder that cannot be written costs the time alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import platformdirs
from numpy.typing import NDArray

import simtui
from simtui.analysis.results import CheckpointInfo
from simtui.analysis.similarities import Similarities, compute_similarities
from simtui.errors import SimtuiError
from simtui.network import container
from simtui.network.layers import LAYERS, check_layers
from simtui.progress import Progress, untold
from simtui.storage import atomic, untrusted
from simtui.study.model import Study

LARGEST_FOLDER = 128 * 2**20
"""Bytes kept in all; the files that were not used for longest go first."""

LARGEST_FILE = 32 * 2**20

_COMPUTING = ("network", "stimuli/pixels.py", "analysis/similarities.py", "analysis/covariates.py", "analysis/shape.py")
"""Whose source decides what is computed: a change in any of them makes every kept file another version's."""

_DICTS = ("layers", "untrained", "covariates")


def folder() -> Path:
    """Where the files are kept."""
    return platformdirs.user_cache_path("simtui") / "similarities"


def similarities(
    study: Study,
    checkpoint: Path | None = None,
    layers: Sequence[str] = (),
    *,
    centre: bool = False,
    keep: bool = True,
    on_progress: Progress = untold,
) -> Similarities:
    """As `compute_similarities` gives them, to the last digit; from the last time where there was one.

    keep: whether the cache is used at all, to read and to write. Raises SimtuiError as `compute_similarities` does.
    """
    names = check_layers((*LAYERS, *layers))
    path = checkpoint or container.default_checkpoint()
    data = container.read(path)
    if not keep:
        return compute_similarities(study, path, layers, centre=centre, on_progress=on_progress)
    file = folder() / f"{_key(study, hashlib.sha256(data).hexdigest(), names, centre)}.npz"
    found = _read(file, study, path.name)
    if found is None:
        found = compute_similarities(study, path, layers, centre=centre, on_progress=on_progress)
        _write(file, found)
    return found


def kept(study: Study) -> Similarities | None:
    """What simtui's own network said the last time, if that is still there: nothing is computed, or written."""
    try:
        path = container.default_checkpoint()
        digest = hashlib.sha256(container.read(path)).hexdigest()
    except SimtuiError:
        return None
    return _read(folder() / f"{_key(study, digest, check_layers(LAYERS), False)}.npz", study, path.name)


def _key(study: Study, checkpoint_sha256: str, layers: Sequence[str], centre: bool) -> str:
    said = json.dumps([study.sha256, checkpoint_sha256, list(layers), centre, _code()])
    return hashlib.sha256(said.encode()).hexdigest()[:40]


@lru_cache(maxsize=1)
def _code() -> str:
    """A digest of everything that computes similarities."""
    root = Path(simtui.__file__).parent
    digest = hashlib.sha256()
    for place in _COMPUTING:
        path = root / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(file: Path, study: Study, name: str) -> Similarities | None:
    """What is kept, under the name that the checkpoint has now; None where nothing usable is."""
    try:
        data = untrusted.read(file, "kept similarities", LARGEST_FILE)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            said = json.loads(bytes(arrays["said"]))
            parts: dict[str, dict[str, NDArray[np.float64]]] = {part: {} for part in _DICTS}
            for entry in arrays.files:
                part, _, key = entry.partition("/")
                if part in parts:
                    parts[part][key] = arrays[entry]
        with contextlib.suppress(OSError):
            os.utime(file)
        return Similarities(
            study_sha256=study.sha256,
            checkpoint=msgspec.structs.replace(msgspec.convert(said["checkpoint"], CheckpointInfo), file=name),
            predicted={str(image): int(digit) for image, digit in said["predicted"].items()},
            centred=bool(said["centred"]),
            **parts,
        )
    except (SimtuiError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile):
        return None


def _write(file: Path, found: Similarities) -> None:
    said = {
        "checkpoint": msgspec.to_builtins(found.checkpoint),
        "predicted": found.predicted,
        "centred": found.centred,
    }
    arrays = {f"{part}/{key}": value for part in _DICTS for key, value in getattr(found, part).items()}
    data = io.BytesIO()
    np.savez(data, said=np.frombuffer(json.dumps(said).encode(), dtype=np.uint8), **arrays)
    if data.tell() > LARGEST_FILE:
        return
    with contextlib.suppress(SimtuiError, OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(file, data.getvalue(), force=True)
        _make_room(file.parent)


def _make_room(place: Path) -> None:
    entries = sorted(((path.stat(), path) for path in place.glob("*.npz")), key=lambda entry: -entry[0].st_mtime)
    total = 0
    for status, path in entries:
        total += status.st_size
        if total > LARGEST_FOLDER:
            path.unlink()
