"""What a pickle would make, found out without making it: the names it wants, and how much it unfolds to.

Of the operations only those are followed that torch carries out for weights (torch/_weights_only_unpickler.py).
A list in a list in a list, each named often, takes a few bytes in a pickle and gigabytes where it is gone through;
a tuple of tuples takes as long to hash.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_OPERATIONS = 100_000
MAX_VALUES = 100_000
"""Of one pickle: that of this net's weights takes 200 operations and makes 150 values."""


class PickleError(ValueError):
    """The pickle is damaged, or does what no pickle of weights does. The message is a phrase, without a subject."""


@dataclass(slots=True, eq=False)
class _Value:
    """A value that would be made: those in it, and itself where it is a text or a whole number."""

    inner: list[_Value] = field(default_factory=list)
    plain: object = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a pickle would make.

    names: what it wants imported, as module.name. values: how many there are, each counted as often as it is met.
    elements: how many numbers its weights have in all, as it says.
    """

    names: tuple[str, ...]
    values: int
    elements: int


_ATOMS = frozenset(
    (
        *("NONE", "NEWFALSE", "NEWTRUE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"),
        *("SHORT_BINSTRING", "EMPTY_TUPLE", "EMPTY_LIST", "EMPTY_DICT", "EMPTY_SET", "GLOBAL"),
    )
)
_IGNORED = frozenset(("PROTO", "FRAME"))
_OF_MARK = {"TUPLE": False, "APPENDS": True, "SETITEMS": True}
"""Operations on all since the last mark, and whether these go into what stands before it."""
_OF_FEW = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3, "NEWOBJ": 2, "REDUCE": 2, "BINPERSID": 1}
_INTO = {"APPEND": 1, "SETITEM": 2, "BUILD": 1}


def examine(stream: BinaryIO) -> Contents:  # noqa: PLR0912  a branch for each kind of operation
    """What the pickle that starts here would make; the stream then stands behind it. Raises PickleError."""
    names: list[str] = []
    marks: list[list[_Value]] = []
    stack: list[_Value] = []
    memo: dict[object, _Value] = {}
    elements = 0
    try:
        for number, (operation, argument, _) in enumerate(pickletools.genops(stream)):
            name = operation.name
            if number > MAX_OPERATIONS:
                raise PickleError(f"takes more than {MAX_OPERATIONS:,} steps to unpack")
            if name in _ATOMS:
                stack.append(_Value(plain=argument))
                if name == "GLOBAL":
                    names.append(str(argument).replace(" ", "."))
            elif name in _OF_FEW:
                taken = [stack.pop() for _ in range(_OF_FEW[name])][::-1]
                elements += _elements(taken[0]) if name == "BINPERSID" else 0
                stack.append(_Value(taken))
            elif name in _INTO:
                taken = [stack.pop() for _ in range(_INTO[name])]
                stack[-1].inner += taken
            elif name == "MARK":
                marks.append(stack)
                stack = []
            elif name in _OF_MARK:
                taken, stack = stack, marks.pop()
                if _OF_MARK[name]:
                    stack[-1].inner += taken
                else:
                    stack.append(_Value(taken))
            elif name in ("BINPUT", "LONG_BINPUT"):
                memo[argument] = stack[-1]
            elif name in ("BINGET", "LONG_BINGET"):
                stack.append(memo[argument])
            elif name == "STOP":
                [result] = stack
                return Contents(tuple(names), _count(result), elements)
            elif name not in _IGNORED:
                raise PickleError(f"does more than weights need ({name}), which may be code")
    except PickleError:
        raise
    except Exception:  # whatever way a damaged or hostile pickle finds to break off
        raise PickleError("is damaged, perhaps cut short") from None
    raise PickleError("is damaged, perhaps cut short")


def _elements(identity: _Value) -> int:
    """Of a storage: ("storage", its type, its key, its device, how many numbers, …)."""
    number = identity.inner[4].plain if len(identity.inner) > 4 else 0
    return number if isinstance(number, int) and number > 0 else 0


def _count(root: _Value) -> int:
    """How many values a walk through it meets. Raises PickleError for too many, or for one that is in itself."""
    counts: dict[_Value, int] = {}
    open_: set[_Value] = set()
    waiting = [root]
    while waiting:
        value = waiting[-1]
        if value in counts:
            waiting.pop()
            continue
        unknown = [inner for inner in value.inner if inner not in counts]
        if unknown:
            open_.add(value)
            if any(inner in open_ for inner in unknown):
                raise PickleError("has a value that is in itself")
            waiting += unknown
            continue
        counts[waiting.pop()] = count = 1 + sum(counts[inner] for inner in value.inner)
        open_.discard(value)
        if count > MAX_VALUES:
            raise PickleError(f"unfolds to more than {MAX_VALUES:,} values")
    return counts[root]
