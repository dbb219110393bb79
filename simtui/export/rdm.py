"""The format rdm: dissimilarities of all images, people's one by one and the network's layer by layer, in one npz file.

The arrays are what rsatoolbox's RDMs take: `people` and `network` as dissimilarities, `participants` and `layers` as
their descriptors, `images` and `digits` as those of the patterns.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from simtui.analysis.similarities import pair_images
from simtui.errors import SimtuiError
from simtui.export.rows import Measured
from simtui.export.tables import SIMILARITY
from simtui.session.model import Session
from simtui.study.model import Study

if TYPE_CHECKING:
    from simtui.export.write import Job

FILE = "rdm.npz"

Squares = NDArray[np.float64]


class Images:
    """The images of a study's pairs, each picture once. names: the id that it has first; labels: its class."""

    def __init__(self, study: Study) -> None:
        shown = pair_images(study, study.pairs)
        names: dict[str, tuple[str, str]] = {}
        for pair, (left, right) in zip(study.pairs, shown, strict=True):
            names.setdefault(left, (pair.left, str(pair.digit)))
            right_class = pair.digit if pair.right_digit is None else pair.right_digit
            names.setdefault(right, (pair.right, str(right_class)))
        place = {picture: i for i, picture in enumerate(names)}
        self.names = [name for name, _ in names.values()]
        self.labels = [label for _, label in names.values()]
        self._places = {pair.id: (place[a], place[b]) for pair, (a, b) in zip(study.pairs, shown, strict=True)}

    def square(self, values: Iterable[tuple[str, float]]) -> Squares:
        """Values by pair id as a symmetric matrix (images, images): 0 on the diagonal, NaN where there is none.

        Where two pairs show the same two pictures, their mean.
        """
        total, count = np.zeros((2, len(self.names), len(self.names)))
        for pair_id, value in values:
            a, b = self._places[pair_id]
            for cell in {(a, b), (b, a)}:
                total[cell] += value
                count[cell] += 1
        square: Squares = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        np.fill_diagonal(square, 0.0)
        return square


def write(job: Job) -> None:
    """Write the file into the job's folder: a person's matrix at a time, so that memory does not grow. Raises OSError.

    Raises SimtuiError where nothing is known of the network.
    """
    study = job.study
    layers = [name for name in next(iter(job.measured.values()), {}) if name.startswith(SIMILARITY)]
    if not layers:
        raise SimtuiError("The format rdm has the network's dissimilarities beside people's: name its --checkpoint.")
    images = Images(study)
    n = len(images.names)
    participants: list[str] = []

    def matrices() -> Iterable[Squares]:
        for session, _ in job.each():
            participants.append(session.participant_id)
            yield images.square(_dissimilarities(study, session))

    network = [images.square(_of_layer(job.measured, layer)) for layer in layers]
    with zipfile.ZipFile(job.folder / FILE, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "people", (job.count, n, n), matrices())
        _put(archive, "network", (len(layers), n, n), network)
        _put_texts(archive, "participants", participants)
        _put_texts(archive, "layers", [layer.removeprefix(SIMILARITY) for layer in layers])
        _put_texts(archive, "images", images.names)
        _put_texts(archive, "digits", images.labels)
        _put_texts(archive, "measures", [f"{study.scale.high} - rating", "1 - cosine similarity"])


def _dissimilarities(study: Study, session: Session) -> Iterable[tuple[str, float]]:
    for trial in session.main_trials():
        if trial.response is not None:
            yield trial.pair_id, float(study.scale.high - trial.response)


def _of_layer(measured: Measured, layer: str) -> Iterable[tuple[str, float]]:
    for pair_id, values in measured.items():
        similarity = values[layer]
        if similarity is not None:
            yield pair_id, 1 - similarity


def _put(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], parts: Iterable[Squares]) -> None:
    """An array of float64 into an npz archive, of its parts along the first axis."""
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
        npy.write_array_header_2_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
        for part in parts:
            file.write(np.ascontiguousarray(part, dtype="<f8").tobytes())


def _put_texts(archive: zipfile.ZipFile, name: str, texts: Sequence[str]) -> None:
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as file:
        npy.write_array(file, np.array(texts, dtype=np.str_), allow_pickle=False)
