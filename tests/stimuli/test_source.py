"""What a study says of its images in one line, wherever they came from."""

from __future__ import annotations

import pytest

from simtui.stimuli.source import Source


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Source(name="drawn", note="drawn digits, not MNIST"), "drawn digits, not MNIST"),
        (Source(name="mnist", split="test"), "MNIST's test set"),
        (Source(name="mnist"), "MNIST"),
        (Source(name="mnist", split="train", note="not the original images"), "not the original images"),
        (Source(name="files"), "own pictures"),
        (Source(name="files", note="given pairs"), "given pairs"),
        (Source(name="somewhere"), "somewhere"),
    ],
)
def test_every_source_says_what_its_images_are(source: Source, line: str) -> None:
    assert source.described == line
