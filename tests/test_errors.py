"""What is printed of text that anybody may have written: seen, not obeyed, and never endless."""

from __future__ import annotations

from pathlib import Path

from simtui.errors import printable


def test_control_characters_are_shown_as_escapes() -> None:
    assert printable("a\x1b[2J\n\udcc3") == "a\\x1b[2J\\x0a\\xc3"


def test_long_text_is_cut_at_its_end() -> None:
    assert printable("x" * 120) == "x" * 120
    assert printable("x" * 121) == "x" * 119 + "…"
    assert printable("x" * 11, 10) == "x" * 9 + "…"


def test_a_long_path_keeps_its_end_where_the_name_is() -> None:
    path = Path("/", *("folder",) * 50, "net.pt")
    assert len(printable(path)) == 300
    assert printable(path).startswith("…")
    assert printable(path).endswith("/folder/net.pt")
    assert printable(Path("a/net.pt")) == "a/net.pt"
