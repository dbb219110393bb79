"""From the name of a source to its images."""

from __future__ import annotations

from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Label


def load_images(
    source: str, labels: list[Label], *, drawn: int, seed: int, split: str = "test", data: Path | None = None
) -> tuple[ImageSet, list[Label]]:
    """The images of a source, and the classes to pair up (8 where none is asked for and nothing else is there).

    source: "drawn", "mnist", or a folder of images, one sub-folder a class.
    drawn: digits to draw of each class, with this seed. split, data: of MNIST, and where its files are.
    Raises SimtuiError where the source cannot be had.
    """
    if source == "drawn":
        from simtui.stimuli import drawn as drawn_digits

        labels = labels or [8]
        wrong = [label for label in labels if not (isinstance(label, int) and 0 <= label <= 9)]
        if wrong:
            raise SimtuiError(f"“{printable(wrong[0])}” is no digit that can be drawn: use 0 to 9.")
        return drawn_digits.load([int(label) for label in labels], drawn, seed), labels
    if source == "mnist":
        from simtui.stimuli import mnist

        return mnist.load(split, data), labels or [8]
    from simtui.stimuli.files import load_folder

    folder = Path(source)
    if not folder.is_dir():
        raise SimtuiError(
            f"“{printable(source)}” is neither drawn nor mnist nor a folder of images: check the name after --source."
        )
    images = load_folder(folder, labels[0] if len(labels) == 1 else None)
    classes = images.classes()
    if not labels and len(classes) > 1 and 8 not in classes:
        named = ", ".join(printable(label, 30) for label in classes[:30])
        raise SimtuiError(f"{printable(source)} has several classes ({named}): say which to pair up with --class.")
    return images, labels or (classes if len(classes) == 1 else [8])
