"""Our themes in Textual's words."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as TextualTheme

from ..themes import Theme

#: Roles that have no name of their own in Textual.
_ROLES = ("suspicious", "expected", "drifted", "high", "medium", "low", "informational")


def textual_theme(theme: Theme) -> TextualTheme:
    """The theme, its roles as ``$role-…`` variables for the style sheet."""
    colours = theme.colours
    roles = {f"role-{role}": getattr(colours, role) for role in _ROLES}
    variables = roles | {
        "text-muted": colours.muted,
        "role-muted": colours.muted,
        "text-error": colours.error,
        "text-warning": colours.warning,
        "text-primary": colours.accent,
    }
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
            variables=base.variables | variables,
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
