"""What may be written after --preprocess, and what may not."""

from __future__ import annotations

import pytest

from simtui.errors import SimtuiError
from simtui.network.preprocess import Preprocess, parse


def test_nothing_is_mnists_own() -> None:
    assert parse("") == Preprocess(28, 1, (0.1307,), (0.3081,))


def test_imagenets() -> None:
    text = "size=224,channels=3,mean=0.485/0.456/0.406,std=0.229/0.224/0.225"

    found = parse(text)

    assert found == Preprocess(224, 3, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    assert str(found) == text
    assert parse(str(parse("mean=0.5, std=2"))) == Preprocess(mean=(0.5,), std=(2.0,))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("224", "has '224'"),
        ("size", "has 'size'"),
        ("sise=3", "has 'sise=3'"),
        ("size=28,size=29", "at most once"),
        ("size=0", "whole number from 1 to 1024"),
        ("size=9999999", "whole number from 1 to 1024"),
        ("size=²", "whole number from 1 to 1024"),
        ("channels=-1", "whole number from 1 to 16"),
        ("mean=a", "one number, or 1 with /"),
        ("mean=1/2", "one number, or 1 with /"),
        ("mean=nan", "one number"),
        ("channels=3,std=1/2", "one number, or 3 with /"),
        ("std=0", "each must be above 0"),
        ("size=\x1b[31m", r"\\x1b"),
    ],
)
def test_what_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        parse(text)
