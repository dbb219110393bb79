"""What an archive says of a study in words, and the study's images: the same in every standard."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING

from simtui import __version__
from simtui.errors import printable
from simtui.study.model import Study
from simtui.words import counted

if TYPE_CHECKING:
    from simtui.export.write import Job

_UNSAFE = re.compile("[^A-Za-z0-9-]")


def name(study: Study) -> str:
    """The name of the dataset."""
    return printable(study.title or f"Similarity ratings, study {study.id}", 300)


def abstract(study: Study) -> str:
    """What the data are, in two sentences."""
    scale = study.scale
    return (
        f"Ratings of {counted(len(study.pairs), 'pair')} of images ({printable(study.source.described)}), from "
        f"{scale.low} ({printable(scale.low_label)}) to {scale.high} ({printable(scale.high_label)}). "
        f"The question was: “{printable(study.question, 300)}”"
    )


def readme(job: Job, standard: str) -> str:
    """The README of a dataset."""
    study, design = job.study, job.study.design
    return "\n".join(
        (
            f"# {name(study)}",
            "",
            abstract(study),
            "",
            f"There are data of {counted(job.count, 'participant')}. The study is {study.id} (SHA-256 of its file",
            f"{study.sha256}); its pairs were sampled: {printable(design.sampling)}, seed {design.seed}.",
            "",
            "The study file, study.json, holds the question, the scale, the images and the whole design; with simtui",
            "it can be rated again. Of each participant the run that an analysis uses is here.",
            "",
            f"simtui {__version__} exported this after the standard {standard}. It cannot know who collected the data,",
            "who paid for them, or under which licence they may be used: add that before you publish them.",
            "",
        )
    )


def changes() -> str:
    """The first entry of a dataset's log of changes; no date, so that the same data give the same bytes."""
    return f"1.0.0\n  - Exported by simtui {__version__}.\n"


def image_file(image_id: str) -> str:
    """The name of the file of an image: its id, with what is not safe in the name of a file as a number."""
    return _UNSAFE.sub(lambda found: f"_{ord(found[0]):x}_", image_id) + ".png"


def write_images(study: Study, folder: Path) -> None:
    """Write every image of a study as its PNG file. Raises OSError."""
    for image_id, data in study.images.items():
        (folder / image_file(image_id)).write_bytes(base64.b64decode(data))
