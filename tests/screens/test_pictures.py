"""The README's pictures say what the app says now."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY
from tests.screens.draw import FOLDER, PICTURES, words


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_fresh(name: str) -> None:
    script = f"import sys; from tests.screens.draw import draw; sys.stdout.write(draw({name!r}))"
    drawn = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert words(drawn.stdout) == words((FOLDER / name).read_text()), "run python -m tests.screens.draw"
