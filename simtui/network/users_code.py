"""Running code that is not ours: it finds what lies beside it, prints on stderr, and fails in a sentence."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from simtui.errors import SimtuiError, printable


@contextlib.contextmanager
def users_code(failed: str, advice: str = "") -> Iterator[None]:
    """For code that is not ours: it finds what lies beside it, prints nowhere but on stderr, and cannot end us.

    failed: what is said, before its own words, where it raises anything, sys.exit included.
    """
    here = str(Path.cwd())
    added = here not in sys.path
    if added:
        sys.path.insert(0, here)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except (SimtuiError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise SimtuiError(f"{failed}: {said(error)}.{f' {advice}' if advice else ''}") from None
    finally:
        if added and here in sys.path:
            sys.path.remove(here)


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's random numbers are those of the seed; the process's own are as before afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % 2**63)
        yield


def said(error: BaseException, lines: int = 1) -> str:
    """The first lines of what an error says, in one and shortened."""
    if isinstance(error, SystemExit):
        return f"it called sys.exit({printable(error.code)})"
    try:
        told = str(error)
    except Exception:  # its own words are the user's code too
        told = ""
    lines_said = [line.strip() for line in told.splitlines() if line.strip()] or [type(error).__name__]
    return printable(" ".join(lines_said[:lines]).rstrip("."), 400)
