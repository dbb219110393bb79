"""TerminalInput: from bytes of the terminal to messages for the app, whatever is sent."""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Protocol

from textual.message import Message

from simtui.errors import is_visible

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"

LARGEST_PASTE = 100_000
"""Characters of a paste that are kept."""

KEPT = "\n\r\t"
"""What is kept of a paste, apart from what shows."""
REPLY = re.compile("\x1b]11;[^\x07\x1b]{0,40}(?:\x07|\x1b\\\\)")
"""To the question for the background, which may come after the app has begun: it is no key."""

REPLY_BEGINS, REPLY_S = "\x1b]11;", 0.5
"""How the reply begins, and how long its end may take."""

OVERLONG = re.compile("\x1b\\[[0-?]{31,}[^\x1b]?")
"""A control sequence longer than any key's: Textual gives up on it after 32 characters, and its digits become keys."""

_PARAMETERS = "0123456789:;<=>?"
_BEGUN = re.compile("\x1b(?:\\[[0-?]{0,30})?\\Z")

PASTE_GAP_S, PASTE_S = 0.5, 10.0
"""Nothing more of a paste for so long, or no end of it for so long: it is over."""


class Parser(Protocol):
    """Makes messages of characters; `tick` is called now and then, for sequences that are never finished.

    unfinished: whether it is in the middle of one.
    """

    @property
    def unfinished(self) -> bool: ...

    def feed(self, data: str) -> Iterable[Message]: ...

    def tick(self) -> Iterable[Message]: ...


class TerminalInput:
    """Drops what is no text and no sequence.

    A paste is passed on when it ends, or when nothing more of it comes: a terminal that says where one begins and never
    where it ends would swallow every later key. Of a paste only so much is kept.

    make_parser: a new one takes the place of one that could not go on.
    """

    def __init__(self, make_parser: Callable[[], Parser], clock: Callable[[], float] = time.monotonic) -> None:
        self._make_parser = make_parser
        self._clock = clock
        self._decode = codecs.getincrementaldecoder("utf-8")("ignore").decode
        self._parser = make_parser()
        self._passed_on = ""
        self._sequence = ""  # the beginning of a control sequence, which the parser has; or the end of one too long
        self._reply, self._reply_began = "", 0.0
        self._paste: str | None = None
        self._paste_began = self._came = 0.0

    @property
    def unfinished(self) -> bool:
        """Whether time alone may make something of what came: then `feed` is to be called also where nothing comes."""
        return bool(self._reply) or self._paste is not None or self._parser.unfinished

    def feed(self, data: bytes) -> Iterator[Message]:
        """What came, and what became of what came before; to be called now and then while something is `unfinished`."""
        now = self._clock()
        text = self._without_overlong(self._without_reply(self._decode(data), now))
        if text:
            self._came = now
        while text:
            text = yield from self._pass_on(text) if self._paste is None else self._keep(text)
        if self._paste is not None and (now - self._came > PASTE_GAP_S or now - self._paste_began > PASTE_S):
            yield from self._end_paste()
        yield from self._parse("")

    def _without_reply(self, text: str, now: float) -> str:
        """What came, without a reply, also where that comes in two parts; one that never ends is forgotten."""
        if self._reply and now - self._reply_began > REPLY_S:
            self._reply = ""
        text, self._reply = REPLY.sub("", self._reply + text), ""
        before, begins, rest = text.rpartition(REPLY_BEGINS)
        if begins and len(rest) <= 40:
            self._reply, self._reply_began = begins + rest, now
            return before
        return text

    def _without_overlong(self, text: str) -> str:
        """What came, without what is too long for a key, however many parts it comes in."""
        if not text:
            return text
        had, text = self._sequence, self._sequence + text
        found = list(OVERLONG.finditer(text))
        if found and found[0].start() == 0 and had:
            self._parser = self._make_parser()  # forgets what it has of it
            had = ""
        goes_on = bool(found) and found[-1].end() == len(text) and text[-1] in _PARAMETERS
        rest = OVERLONG.sub("", text)
        begun = _BEGUN.search(rest)
        self._sequence = found[-1][0][:40] if goes_on else begun[0] if begun else ""
        return rest[len(had) :]

    def _pass_on(self, text: str) -> Generator[Message, None, str]:
        """Up to where a paste begins, also where its beginning came in two parts; gives what is behind it."""
        joined = self._passed_on + text
        _, begins, rest = joined.partition(PASTE_BEGINS)
        self._passed_on = "" if begins else joined[1 - len(PASTE_BEGINS) :]
        if begins:
            self._paste, self._paste_began = "", self._clock()
        yield from self._parse(text[: len(text) - len(rest)])
        return rest

    def _keep(self, text: str) -> Generator[Message, None, str]:
        """Up to where the paste ends; gives what is behind it."""
        pasted, ends, rest = ((self._paste or "") + text).partition(PASTE_ENDS)
        # Of what is too much, the last characters may be the first of its end.
        self._paste = pasted[:LARGEST_PASTE] + pasted[LARGEST_PASTE:][1 - len(PASTE_ENDS) :]
        if ends:
            yield from self._end_paste()
        return rest

    def _end_paste(self) -> Iterator[Message]:
        pasted, self._paste = (self._paste or "")[:LARGEST_PASTE], None
        # What does not show would go from the clipboard through a line of text to the terminal, as whatever it is.
        yield from self._parse("".join(c for c in pasted if c in KEPT or is_visible(c)) + PASTE_ENDS)

    def _parse(self, text: str) -> Iterator[Message]:
        """Sequence by sequence, so that one that cannot be read takes no other with it."""
        for piece in re.split("(?=\x1b)", text) if text else [""]:
            try:
                yield from self._parser.feed(piece) if piece else self._parser.tick()
            except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError):
                self._parser = self._make_parser()
