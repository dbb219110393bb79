"""SturdyDriver: input that is not UTF-8 costs a key, not the app."""

from __future__ import annotations

from typing import NoReturn

from textual.drivers.linux_driver import LinuxDriver


class SturdyDriver(LinuxDriver):
    """Textual's own driver ends the app, with a traceback, on the first byte that is not UTF-8: one Alt or
    accented key on a terminal set to Latin-1, or a pasted picture."""

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except UnicodeDecodeError:
                continue  # what was read with the byte is lost; reading begins anew
            except Exception as error:
                self._app.call_later(_raise, error)
            return


def _raise(error: Exception) -> NoReturn:
    """In the app's own thread, which ends it as any mistake does."""
    raise error
