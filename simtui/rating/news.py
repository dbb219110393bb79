"""What a host tells the process of one of its participants while it runs."""

from __future__ import annotations

import msgspec


class Closing(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The host closes in so many seconds."""

    seconds: int


class Latency(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The median time from a key to its paint in the participant's page, ms."""

    key_to_paint_ms: float


News = Closing | Latency

decode = msgspec.json.Decoder(News).decode
"""One message of bytes. Raises msgspec.MsgspecError."""
