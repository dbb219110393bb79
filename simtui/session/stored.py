"""A session file as it was found in the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simtui.session.model import Session


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One session file of a participant; `session` is None where it cannot be read, and `fault` says why.

    data: the bytes of the file, which whoever goes on with the run will find there still.
    """

    path: Path
    run: int
    session: Session | None
    fault: str = ""
    data: bytes = b""

    @property
    def interrupted(self) -> Session | None:
        """The session of a run that can be gone on with; None of any other."""
        return self.session if self.session is not None and self.session.status == "in_progress" else None
