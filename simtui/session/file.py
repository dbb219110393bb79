"""The session file: a Session written and read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from simtui.errors import SimtuiError, printable
from simtui.session.model import FORMAT, VERSION, Session, Simulation, is_participant_id
from simtui.storage.json_file import BadJsonError, decode_json, kind_faults, read_json


def encode(session: Session) -> bytes:
    """The bytes of the session file."""
    return msgspec.json.format(msgspec.json.encode(session), indent=1) + b"\n"


def encode_simulation(simulation: Simulation) -> str:
    """As one line of JSON, to hand to another process."""
    return msgspec.json.encode(simulation).decode()


def decode_simulation(text: str) -> Simulation:
    """What `encode_simulation` gave. Raises SimtuiError for anything else."""
    try:
        return decode_json(text.encode("utf-8", "surrogateescape"), _SIMULATION_DECODER)
    except BadJsonError as fault:
        raise SimtuiError(f"What --simulated says is not a simulation: {fault}.") from None


_DECODER = msgspec.json.Decoder(Session)
_SIMULATION_DECODER = msgspec.json.Decoder(Simulation)


def load(path: Path) -> Session:
    """Read a session file.

    Raises SimtuiError, naming the file and the fault, where it is not a whole session.
    """
    session, _ = read_json(path, "a session file", _DECODER, (FORMAT, VERSION))
    for fault in kind_faults(session.format, session.version, (FORMAT, VERSION)):
        raise SimtuiError(f"{printable(path)} is not a session file: {fault}.")
    if not is_participant_id(session.participant_id):
        raise SimtuiError(
            f"{printable(path)} names an impossible participant “{printable(session.participant_id, 40)}”."
        )
    return session
