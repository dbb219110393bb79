"""The app's way to a console of Windows, with what Textual's own lacks; part of _textual.py."""

from __future__ import annotations

from textual.drivers.windows_driver import WindowsDriver


class SturdyDriver(WindowsDriver):
    """sent: how much has been written, in characters, which on these screens are about as many as bytes."""

    sent = 0

    def write(self, data: str) -> None:
        self.sent += len(data)
        super().write(data)

    def give_terminal_back(self) -> None:
        """The console restores itself when the program ends."""
