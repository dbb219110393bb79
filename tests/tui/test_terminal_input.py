"""What a terminal may send: keys are kept, what cannot be read is dropped, and a paste ends."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from textual.events import Key, Paste
from textual.message import Message

from simtui.tui._posix_driver import SturdyParser
from simtui.tui.terminal_input import LARGEST_PASTE, PASTE_GAP_S, PASTE_S, TerminalInput


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def terminal(clock: Clock) -> TerminalInput:
    return TerminalInput(SturdyParser, clock)


def shown(messages: Iterable[Message]) -> list[str]:
    """The keys, and pasted texts in brackets."""
    return [
        f"[{m.text}]" if isinstance(m, Paste) else (m.character or m.key)
        for m in messages
        if isinstance(m, Key | Paste)
    ]


@pytest.mark.parametrize(
    "sequence",
    [
        b"\x1b[97;5:1u",
        b"\x1b[1114112;1u",
        b"\x1b[97;1;1114112u",
        b"\x1b[99999999999999999999u",
        b"\x1b[55296u",
        b"\x1b[97;1;55296u",
        b"\x1b[:u",
        b"\x1b[1;:~",
        b"\xff\xfe",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\x1b[48;0;0;0;0t\x1b[<0;1;1M",
        b"\x1b[M\xff\xff\xff",
        b"\x1b[" + b"1;" * 10_000 + b"m",
        b"\x1b[" + b"1;" * 10_000,
    ],
)
def test_what_cannot_be_read_is_dropped_and_the_keys_around_it_are_not(
    terminal: TerminalInput, sequence: bytes
) -> None:
    keys = shown(terminal.feed(b"5" + sequence + b"\x1b[A6" + b"7"))
    assert keys[0] == "5"
    assert keys[-3:] == ["up", "6", "7"]
    assert not any("\ud800" <= character <= "\udfff" for key in keys for character in key)


@pytest.mark.parametrize("size", [1, 2, 7, 34, 35, 36, 1000])
def test_digits_of_a_sequence_that_no_key_sends_are_no_keys_in_whatever_parts_they_come(
    terminal: TerminalInput, size: int
) -> None:
    sent = b"5\x1b[" + b"1;" * 600 + b"m6\x1b[A\x1b[" + b"2" * 40 + b"\x1b[B7"
    keys = [key for at in range(0, len(sent), size) for key in shown(terminal.feed(sent[at : at + size]))]
    assert [key for key in keys if len(key) > 1 or key.isdigit()] == ["5", "6", "up", "down", "7"]


def test_keys_of_the_kitty_protocol_and_of_others_are_read_as_before(terminal: TerminalInput) -> None:
    assert shown(terminal.feed(b"\x1b[55;1;55u\x1b[13u\x1b[Z\x7f")) == ["7", "\r", "shift+tab", "\x7f"]


@pytest.mark.parametrize("cut", range(1, 17))
def test_a_paste_is_one_message_however_it_is_cut(terminal: TerminalInput, cut: int) -> None:
    data = b"\x1b[200~P07\x1b[201~8"
    assert shown(terminal.feed(data[:cut])) + shown(terminal.feed(data[cut:])) == ["[P07]", "8"]


def test_a_paste_without_an_end_is_over_when_nothing_more_of_it_comes(terminal: TerminalInput, clock: Clock) -> None:
    assert shown(terminal.feed(b"\x1b[200~555")) == []
    clock.now += PASTE_GAP_S / 2
    assert shown(terminal.feed(b"66")) == []
    clock.now += PASTE_GAP_S * 1.1
    assert shown(terminal.feed(b"")) == ["[55566]"]
    assert shown(terminal.feed(b"7")) == ["7"]


def test_a_paste_without_an_end_does_not_go_on_for_ever(terminal: TerminalInput, clock: Clock) -> None:
    list(terminal.feed(b"\x1b[200~"))
    began = clock.now
    while clock.now <= began + PASTE_S:
        clock.now += PASTE_GAP_S / 2
        keys = shown(terminal.feed(b"5"))
    assert keys[0].startswith("[55")
    assert shown(terminal.feed(b"7")) == ["7"]


@pytest.mark.parametrize("extra", range(8))
def test_of_a_paste_only_so_much_is_kept_and_its_end_is_found(terminal: TerminalInput, extra: int) -> None:
    list(terminal.feed(b"\x1b[200~"))
    for _ in range(50):
        assert shown(terminal.feed(b"x" * 4096)) == []
    list(terminal.feed(b"y" * extra + b"\x1b[20"))
    (pasted, key) = shown(terminal.feed(b"1~8"))
    assert pasted == f"[{'x' * LARGEST_PASTE}]"
    assert key == "8"


def test_what_is_pasted_is_no_sequence(terminal: TerminalInput) -> None:
    assert shown(terminal.feed(b"\x1b[200~a\x1b[Ab\x1b\x1b[201~c")) == ["[a[Ab]", "c"]


def test_of_a_paste_only_what_shows_is_kept_and_its_lines(terminal: TerminalInput) -> None:
    pasted = "\x1b[200~a\x00\x07\x7fb\x9b31m\u202e\u200bä\tc\n\u3164d\x1b[201~"
    assert shown(terminal.feed(pasted.encode())) == ["[ab31mä\tc\nd]"]


@pytest.mark.parametrize("begun", [b"\x1b[200~pasted", b"\x1b]11;rgb:00"])
def test_time_is_only_looked_at_while_something_is_unfinished(
    terminal: TerminalInput, clock: Clock, begun: bytes
) -> None:
    def unfinished_after(data: bytes) -> bool:
        list(terminal.feed(data))
        return terminal.unfinished

    assert not unfinished_after(b"5\x1b[A\x1b[6;1R")
    assert unfinished_after(begun)
    clock.now += PASTE_S
    end = time.monotonic() + 5
    while unfinished_after(b"") and time.monotonic() < end:
        pass  # Textual has a clock of its own
    assert not terminal.unfinished


def test_an_escape_may_be_a_key_or_the_beginning_of_a_sequence(terminal: TerminalInput) -> None:
    assert not list(terminal.feed(b"\x1b"))
    assert terminal.unfinished
    assert shown(terminal.feed(b"[A")) == ["up"]
    assert not terminal.unfinished
