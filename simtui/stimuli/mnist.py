"""The real MNIST: torchvision downloads it, and any copy of its four files is read.

torchvision brings the mirrors and the checksums, so it does the downloading. It does not do the reading: its
reader wants unpacked files in `MNIST/raw` and takes neither .gz nor a flat folder, importing it costs more than a
second, and it is not there at all on a rating station, where `simtui new --source mnist` must work. The idx
format is sixteen bytes of header before the pixels; `simtui.stimuli.idx` reads it and checks it.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from simtui.errors import SimtuiError, printable
from simtui.progress import Progress, untold
from simtui.stimuli import idx
from simtui.stimuli.image_set import SIZE, ImageSet
from simtui.stimuli.source import Source
from simtui.storage import remembered

FILES = {
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
}
"""The image file and the label file of each split, unpacked; each may also end in .gz."""

ORIGINAL = {
    "test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
}
"""sha256 of the uncompressed image files that everybody's results are about."""

_PACKED_SIZES = {
    "train-images-idx3-ubyte.gz": 9_912_422,
    "train-labels-idx1-ubyte.gz": 28_881,
    "t10k-images-idx3-ubyte.gz": 1_648_877,
    "t10k-labels-idx1-ubyte.gz": 4_542,
}
_TIMEOUT = 20.0  # seconds of silence after which a mirror counts as unreachable


def data_folder(option: Path | None = None) -> Path:
    """Where MNIST is looked for: `option` (the command's --data), else $SIMTUI_DATA, else where `remember` was told.

    Else in the user's data folder.
    """
    if option is not None:
        return option.expanduser()
    if os.environ.get("SIMTUI_DATA"):
        return Path(os.environ["SIMTUI_DATA"]).expanduser()
    known = remembered.load().data
    usual = platformdirs.user_data_path("simtui")
    return Path(known) if known is not None and _has(Path(known), "test") else usual


def available(data: Path | None = None, split: str = "test") -> bool:
    """Whether both files of a split are there. They are not opened."""
    return _has(data_folder(data), split)


def remember(data: Path) -> None:
    """Look there from now on where no folder is named, if both files of the test set are there."""
    if _has(data.expanduser(), "test"):
        remembered.keep(data=str(data.expanduser().resolve()))


def _has(folder: Path, split: str) -> bool:
    return all(_find(folder, name) is not None for name in FILES[split])


def load(split: str = "test", data: Path | None = None) -> ImageSet:
    """All images of a split, ids `mnist-test-00000` and so on by position in the file, labels 0..9.

    Raises SimtuiError if a file is missing (naming the files, the folders looked in and `simtui download`) or
    damaged, or if there is not one label 0..9 for each image; ValueError for another split.
    """
    if split not in FILES:
        raise ValueError(f"MNIST has a test and a train set, no {split!r}")
    folder = data_folder(data)
    image_file, label_file = (_find(folder, name) for name in FILES[split])
    if image_file is None or label_file is None:
        raise _missing(folder, split)
    pixels, sha256 = idx.read(image_file, (SIZE, SIZE), "images")
    labels, labels_sha256 = idx.read(label_file, (), "labels")
    if len(pixels) != len(labels):
        raise SimtuiError(
            f"{printable(image_file)} has {len(pixels)} images but {printable(label_file.name)} {len(labels)} labels: "
            "delete both and run `simtui download`."
        )
    if labels.max() > 9:
        raise SimtuiError(
            f"{printable(label_file)} has the label {labels.max()}, which is no digit: "
            "delete it and run `simtui download`."
        )
    return ImageSet(
        pixels=pixels,
        labels=tuple(labels.tolist()),
        ids=tuple(f"mnist-{split}-{i:05d}" for i in range(len(pixels))),
        source=Source(
            name="mnist",
            split=split,
            sha256=sha256,
            labels_sha256=labels_sha256,
            note=None if sha256 == ORIGINAL[split] else f"not the original images of MNIST's {split} set",
        ),
    )


def download(data: Path | None = None, on_progress: Progress = untold) -> Path:
    """Fetch what is missing of the four files, through torchvision, into `MNIST/raw` of the data folder.

    A file appears only once it is whole and has torchvision's md5. Returns the data folder. Raises SimtuiError,
    one sentence, where torchvision is not to be had, the mirrors cannot be reached (naming the four files and
    where to put them by hand), the folder cannot be written, or a damaged file is in the way.
    """
    folder = data_folder(data)
    wanted = [split for split in FILES if not _whole(split, folder)]
    if wanted:
        raw = folder / "MNIST" / "raw"
        mnist, utils = _torchvision()
        resources = [(name, md5) for name, md5 in mnist.resources if any(name[:-3] in FILES[s] for s in wanted)]
        total = sum(_PACKED_SIZES[name] for name, _ in resources)
        try:
            raw.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=raw, prefix=".downloading-") as temporary:
                done = 0
                for name, md5 in resources:
                    with _reporting(utils, on_progress, name, done, total), _timeout():
                        _fetch(mnist, utils, Path(temporary), name, md5, folder)
                    (Path(temporary) / name).replace(raw / name)
                    done += _PACKED_SIZES[name]
        except OSError as error:
            raise SimtuiError(f"{printable(raw)} cannot be written to: {error.strerror or error}.") from None
        for split in wanted:
            load(split, folder)
        on_progress(total, total, "checked")
    return folder


def _whole(split: str, folder: Path) -> bool:
    try:
        load(split, folder)
    except SimtuiError:
        return False
    return True


def _find(folder: Path, name: str) -> Path | None:
    for place in _places(folder):
        for candidate in (place / name, place / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    return None


def _places(folder: Path) -> tuple[Path, Path]:
    return folder, folder / "MNIST" / "raw"


def _names(splits: list[str]) -> str:
    names = [name for split in splits for name in FILES[split]]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _missing(folder: Path, split: str) -> SimtuiError:
    flat, raw = _places(folder)
    return SimtuiError(
        f"MNIST's {split} set is not in {printable(flat)} nor in {printable(raw)} (looked for {_names([split])}, "
        "plain or .gz): run `simtui download`, or name its folder with --data."
    )


def _torchvision() -> tuple[Any, ModuleType]:
    """torchvision's MNIST class and its download helpers, imported only here and only now."""
    try:
        from torchvision.datasets import MNIST, utils
    except ImportError as error:
        raise SimtuiError(
            f"Downloading MNIST needs torchvision (no {printable(error.name or 'torchvision')} here): "
            "pip install 'simtui[analysis]', or put the files there by hand."
        ) from None
    except (RuntimeError, AttributeError, OSError) as error:
        # Wheels of torch and torchvision from different builds: "operator torchvision::nms does not exist".
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SimtuiError(
            f"torchvision does not work beside this torch ({printable(reason)}): "
            "install both again from one and the same place."
        ) from None
    return MNIST, utils


def _fetch(mnist: Any, utils: ModuleType, into: Path, name: str, md5: str, folder: Path) -> None:
    reasons: list[str] = []
    for mirror in mnist.mirrors:
        try:
            utils.download_url(f"{mirror}{name}", str(into), filename=name, md5=md5)
        except (OSError, RuntimeError, HTTPException) as error:
            reasons.append(f"{mirror}: {printable(str(error) or type(error).__name__, 80)}")
        else:
            return
    flat, raw = _places(folder)
    raise SimtuiError(
        f"MNIST could not be downloaded ({'; '.join(reasons)}): put the files {_names(['test', 'train'])} "
        f"(plain or .gz), from any machine that has them, into {printable(flat)} or {printable(raw)}."
    )


@contextmanager
def _reporting(utils: ModuleType, report: Progress, name: str, before: int, total: int) -> Iterator[None]:
    """torchvision's own bar, one a file, replaced by calls of `report` over all files."""
    size = _PACKED_SIZES[name]

    class Bar:
        def __init__(self, *_args: object, total: int | None = None, **_kwargs: object) -> None:
            self.done, self.total = 0, total or size

        def __enter__(self) -> Bar:
            self.update(0)
            return self

        def __exit__(self, *_exception: object) -> None:
            return None

        def update(self, n: int) -> None:
            self.done += n
            report(before + min(size, size * self.done // self.total), total, name)

    own = getattr(utils, "tqdm", None)
    if own is None:  # a later torchvision may draw its bar otherwise: then it draws it, and all else holds
        yield
        return
    utils.tqdm = Bar  # type: ignore[attr-defined]
    try:
        yield
    finally:
        utils.tqdm = own  # type: ignore[attr-defined]


@contextmanager
def _timeout() -> Iterator[None]:
    """torchvision sets no time limit; behind a firewall that drops packets it would wait for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
