"""TabPart: what stands in a tab, and is brought up to date only while that is open."""

from __future__ import annotations

from textual.reactive import reactive
from textual.widget import Widget


class TabPart(Widget):
    """Draws itself anew when what it shows has changed; in a tab that is not open it waits until that is opened.

    Subclasses have reactives for what they show, whose watchers call `changed`, and `draw`; whoever composes them binds
    these. It stands behind another base, whose styles and component classes Textual would not look for otherwise.
    """

    open_tab: reactive[str] = reactive("", repaint=False)

    tab = ""
    """The name of the tab it stands in."""

    _stale = False

    def draw(self) -> None:
        """Show what the reactives have."""
        raise NotImplementedError

    def changed(self) -> None:
        """Something that is shown is not what it was."""
        self._stale = not (self.is_mounted and self.open_tab == self.tab)
        if not self._stale:
            self.draw()

    def watch_open_tab(self) -> None:
        if self._stale:
            self.changed()
