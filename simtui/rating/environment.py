"""What a session file says of the program and the terminal it was made on."""

from __future__ import annotations

import platform
from importlib.util import find_spec
from pathlib import Path

from msgspec.structs import replace

from simtui import __version__
from simtui.rating.record import first_unanswered
from simtui.session.environment import Environment, Resumption
from simtui.session.model import Session, timestamp
from simtui.terminal.detection import Terminal


def environment(terminal: Terminal) -> Environment:
    """Programs and terminal of the rating screen; no user, no host, no address."""
    return Environment(
        simtui=__version__,
        python=platform.python_version(),
        textual=_version_of("textual"),
        term=terminal.term,
        color_depth=terminal.depth,
        renderer="ascii" if terminal.depth == "ascii" else terminal.renderer,
        columns=terminal.columns,
        rows=terminal.rows,
        ssh=terminal.ssh,
        polarity=terminal.polarity,
        terminal_round_trip_ms=terminal.round_trip_ms,
    )


def plain_environment(terminal: Terminal | None, *, ssh: bool) -> Environment:
    """The same for ratings in lines of text. terminal: None where they are written into a pipe.

    The ink is in whatever colour the reader's terminal or paper has: the polarity is unknown.
    """
    return Environment(
        simtui=__version__,
        python=platform.python_version(),
        term=terminal.term if terminal else "",
        color_depth="ascii",
        renderer="plain",
        columns=terminal.columns if terminal else 0,
        rows=terminal.rows if terminal else 0,
        ssh=ssh,
        polarity="",
    )


def with_latency(session: Session, key_to_paint_ms: float) -> Session:
    """The same session with how long its page takes now from a key to its paint; without a page, as it is."""
    last = session.resumptions[-1] if session.resumptions else None
    made_on = last.environment if last else session.environment
    if made_on.browser is None:
        return session
    made_on = replace(made_on, browser=replace(made_on.browser, key_to_paint_ms=key_to_paint_ms))
    if last is None:
        return replace(session, environment=made_on)
    return replace(session, resumptions=[*session.resumptions[:-1], replace(last, environment=made_on)])


def _version_of(package: str) -> str:
    """The version of an installed package: from the name of its record beside it, where there is one."""
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        records = list(Path(spec.origin).parent.parent.glob(f"{package}-*.dist-info"))
        if len(records) == 1:
            return records[0].name.removeprefix(f"{package}-").removesuffix(".dist-info")
    # It brings the email package along: 1.4 MB for each rater, and 10 ms.
    from importlib.metadata import version

    return version(package)


def resumed(session: Session, environment: Environment) -> Session:
    """The session, taken up again just now on what `environment` says."""
    now = timestamp()
    resumption = Resumption(timestamp=now, trial_index=first_unanswered(session), environment=environment)
    return replace(session, updated_at=now, resumptions=[*session.resumptions, resumption])
