"""What hosting takes of a machine."""

from __future__ import annotations

DESCRIPTORS_OF_A_SEAT, DESCRIPTORS = 4, 64
"""What a seat takes in the front (line, terminal, socket, process), and the rest of the front."""

MB_OF_A_SEAT, MB_OF_THE_HOST = 20, 120
"""Memory of a participant's process that it does not share, at most, and of front and parent together."""


def at_the_door(most: int) -> int:
    """How many may stand at one front's door who have not sat down: a class begins all at once."""
    return most + 100


def descriptors(most: int) -> int:
    """The open files of a front with so many seats, both doors full."""
    return DESCRIPTORS + most * DESCRIPTORS_OF_A_SEAT + 2 * at_the_door(most)
