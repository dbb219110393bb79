"""SteadyFooter: the keys below a screen, painted anew only where they have changed."""

from __future__ import annotations

from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer


class SteadyFooter(Footer):
    """Textual's own takes all its keys away and brings them back whenever the focus moves, three frames each time."""

    _shown: tuple[tuple[Binding, bool, str], ...] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        # Textual ignores the others: what is remembered must be what stands there.
        if not (screen.app.app_focus and self.is_attached and screen is self.screen):
            return
        active = screen.active_bindings.values()
        shown = tuple((binding, enabled, tooltip) for _, binding, enabled, tooltip in active if binding.show)
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)
