"""Parts of a widget that the style sheet knows by a class, styled when they are first drawn."""

from __future__ import annotations

from typing import ClassVar

from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.widget import Widget


class StyledParts(Widget):
    """Textual styles each of COMPONENT_CLASSES of each widget each time a class changes, drawn or
    not: with a table in each pane that was most of what the first frame waited for.

    Attributes:
        PARTS: what stands in the place of COMPONENT_CLASSES.
    """

    PARTS: ClassVar[frozenset[str]] = frozenset()

    def get_component_styles(self, *names: str) -> RenderStyles:
        for name in self.PARTS.intersection(names) - self._component_styles.keys():
            part = DOMNode(classes=name)
            part._attach(self)
            self.app.stylesheet.apply(part)
            self._component_styles[name] = part.styles
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        self._component_styles.clear()
        super().notify_style_update()
