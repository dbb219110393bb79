"""Options: a list whose chosen row is in reverse video where the style sheet wants that."""

from __future__ import annotations

from dataclasses import replace

from textual.style import Style
from textual.widgets import OptionList


class Options(OptionList):
    """Textual's own drops reverse video from the style of a row, which then looks like every other in 16 colours."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        style = super().get_visual_style(*component_classes, partial=partial)
        reverse = any(self.get_component_styles(name).text_style.reverse for name in component_classes)
        return replace(style, reverse=True) if reverse else style
