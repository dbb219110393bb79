"""The study behind “rate yourself”: the same choices give the same study, so that friends can be compared."""

from __future__ import annotations

from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.stimuli import mnist
from simtui.study import file as study_file
from simtui.study.building import images_for
from simtui.study.model import Study
from simtui.study.sampling import sample_study

SEED = 0
"""Of every study made here."""


def source() -> str:
    """MNIST where it is on this machine, else drawn digits."""
    return "mnist" if mnist.available() else "drawn"


def own_study(digit: int, pairs: int, root: Path) -> tuple[Study, Path]:
    """The study of these choices and its file `<root>/<study id>.json`, written if it is not there yet.

    Raises SimtuiError where there are not enough images, the file is another study's or cannot be written.
    """
    images, digits = images_for(source(), [digit], pairs=pairs, seed=SEED)
    study = sample_study(images, digits=digits, pairs=pairs, seed=SEED)
    path = root / f"{study.id}.json"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimtuiError(f"The folder {printable(root)} could not be made: {error.strerror}.") from None
    if not path.exists():
        study_file.save(study, path)
    elif study_file.load(path).sha256 != study.sha256:
        raise SimtuiError(f"{printable(path)} is there already and is not this study: move it away, then try again.")
    return study, path
