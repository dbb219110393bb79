"""Texts from files: what a participant will read, and everything that is refused before anybody reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.study.wording import read_text, read_texts


def written(folder: Path, content: bytes | str | dict[str, object]) -> Path:
    path = folder / "file"
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_text_keeps_its_paragraphs_and_loses_what_no_screen_shows(tmp_path: Path) -> None:
    text = read_text(written(tmp_path, "\ufeff\r\nÜber uns  \r\n\r\n\tZwei\n\n"), "a text")
    assert text == "Über uns\n\n    Zwei"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"caf\xe9", r"not UTF-8 text \(byte 4\)"),
        (b"fine\n\x1b[2J", r"has \\x1b in line 2"),
        ("a\u202eb", "in line 1"),
        ("x" * 20_001, "20001 characters, and there is room for 20000"),
    ],
)
def test_a_text_that_no_screen_should_show_is_refused(tmp_path: Path, content: bytes | str, sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        read_text(written(tmp_path, content), "a text")


def test_sentences_are_read_by_name(tmp_path: Path) -> None:
    texts = {
        "yes": "Ja",
        "yes_key": "j",
        "minutes": "$minutes Minuten",
        "fault_busy": "$participant ist schon da.",
        "main_progress": "Paar $number von ${total}",
        "low_label": "verschieden",
        "consent": "Eins\nZwei",
        "break_end": "5 $$ für Enter",
    }
    assert read_texts(written(tmp_path, dict(texts))) == texts


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"hallo": "x"},
            "has a text “hallo”, and there is none of that name: the names are title, .*yes, yes_key, no, no_key",
        ),
        ({"\x1b[2J": "x"}, r"“\\x1b"),
        ({"yes": 1}, "is not a file of texts"),
        ({"yes": " "}, "“yes” in .* is empty"),
        ({"yes": "a\nb"}, "in line 1"),
        ({"yes": "$number"}, "names \\$number, which is filled in nowhere: that sentence has none"),
        ({"fault_full": "Die Platte ist voll: $reason"}, r"names \$reason, .* has only \$path"),
        ({"kiosk_idle": "$participant"}, "names \\$participant, .* that sentence has none"),
        ({"yes_key": "ja"}, "“ja”, and a key is one letter: such as y"),
        ({"no_key": "1"}, "a key is one letter: such as n"),
        ({"yes_key": "ν", "no_key": "Ν"}, "one key for yes and for no"),
        ({"yes_key": "N"}, "one key for yes and for no"),
        ({"main_progress": "Paar $numer"}, r"names \$numer, .* has only \$number, \$total"),
        ({"yes": "x" * 501}, "room for 500"),
        ('{"yes": "a", "yes": "b"}', "twice"),
        ("[]", "is not a file of texts"),
        ("{", "is not a file of texts"),
    ],
)
def test_sentences_that_would_fail_a_participant_are_refused(
    tmp_path: Path, content: str | dict[str, object], sentence: str
) -> None:
    with pytest.raises(SimtuiError, match=sentence) as caught:
        read_texts(written(tmp_path, content))
    assert "\x1b" not in str(caught.value)


def test_the_key_to_withdraw_is_neither_yes_nor_no(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    path.write_text(json.dumps({"yes_key": "w"}))
    with pytest.raises(SimtuiError, match="has w for yes or no and to withdraw: give another withdraw_key"):
        read_texts(path)
