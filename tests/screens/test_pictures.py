"""The README's pictures say what the app says now."""

from __future__ import annotations

import pytest

from tests.screens.draw import FOLDER, PICTURES, draw, words


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_fresh(name: str) -> None:
    assert words(draw(name)) == words((FOLDER / name).read_text()), "run python -m tests.screens.draw"
