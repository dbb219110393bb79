"""What a study file says of where its images came from."""

from __future__ import annotations

from msgspec import Struct

Label = int | str
"""The class an image belongs to: a digit, or the name of a folder that is not a number."""


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Provenance of a set of images: enough to make or find the same images again.

    name: "mnist", "drawn" or "files".
    split: "test" or "train", of MNIST.
    sha256: of the uncompressed image file of MNIST, or of the converted pixels of the user's own files.
    labels_sha256: of the uncompressed label file of MNIST.
    seed, version: of the drawing program.
    note: one line that every screen and file shows where it is not empty ("drawn digits, not MNIST").
    """

    name: str
    split: str | None = None
    sha256: str | None = None
    labels_sha256: str | None = None
    seed: int | None = None
    version: int | None = None
    note: str | None = None

    @property
    def described(self) -> str:
        """What the images are, in a line that is never empty: the note, else the source by its usual name."""
        if self.note:
            return self.note
        if self.name == "mnist":
            return f"MNIST's {self.split} set" if self.split else "MNIST"
        return "own pictures" if self.name == "files" else self.name
