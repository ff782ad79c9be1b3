"""Our themes in Textual's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.filter import Monochrome, NoColor
from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as TextualTheme

from ..themes import Theme

#: Roles that have no name of their own in Textual.
_ROLES = ("suspicious", "expected", "drifted", "high", "medium", "low", "informational")
#: Where a cursor stands is seen on any background, whatever the palette, and without colours too.
_REVERSED = {
    "input-cursor-foreground": "ansi_default",
    "input-cursor-background": "ansi_default",
    "input-cursor-text-style": "reverse",
}


def dress(app: App[Any], theme: Theme) -> None:
    """Draw with a theme, and with no colour at all where it has none.

    The toolkit would turn colours into greys for NO_COLOR, even those that were asked for.
    """
    chosen = textual_theme(theme)
    app.register_theme(chosen)
    app._filters = [one for one in app._filters if not isinstance(one, NoColor | Monochrome)]
    app.no_color = theme.colourless
    if theme.colourless:
        app._filters.append(NoColor())
    app.theme = chosen.name
    if not app.is_running:
        app.stylesheet = _Stylesheet(variables=app.get_css_variables())


class _Stylesheet(Stylesheet):
    """Parses again only what has changed: before the first frame the toolkit asks for all of it a
    second time, with the same variables."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parsed_with = dict(variables)

    def reparse(self) -> None:
        if self._variables == self._parsed_with:
            # What was parsed is kept by its source.
            self.parse()
        else:
            super().reparse()
            # From now on the toolkit knows best.
            self._parsed_with = {}


def textual_theme(theme: Theme) -> TextualTheme:
    """The theme, its roles as ``$role-…`` variables for the style sheet."""
    colours = theme.colours
    roles = {f"role-{role}": getattr(colours, role) for role in _ROLES}
    styles = {f"style-{role}": how for role, how in msgspec.structs.asdict(theme.styles).items()}
    variables = (
        roles
        | styles
        | {
            "text-muted": colours.muted,
            "role-muted": colours.muted,
            "text-error": colours.error,
            "text-warning": colours.warning,
            "text-primary": colours.accent,
        }
    )
    if theme.ansi:
        # Textual's own sixteen-colour theme knows what else must not be computed.
        base = BUILTIN_THEMES["ansi-dark" if theme.dark else "ansi-light"]
        return replace(
            base,
            name=f"iotriage-{theme.name}",
            primary=colours.accent,
            accent=colours.accent,
            error=colours.error,
            warning=colours.warning,
            success=colours.expected,
            variables=base.variables | _REVERSED | variables,
        )
    return TextualTheme(
        name=f"iotriage-{theme.name}",
        primary=colours.accent,
        accent=colours.accent,
        error=colours.error,
        warning=colours.warning,
        success=colours.expected,
        foreground=colours.text,
        background=colours.background,
        surface=colours.surface,
        panel=colours.surface,
        dark=theme.dark,
        variables=variables,
    )
