"""One session of the console, from its case and its theme until the analyst leaves."""

from __future__ import annotations

import os
from pathlib import Path

from ..themes import ThemeError
from .console import Console
from .driver import FrugalDriver
from .ending import Ending
from .keymap import REGISTRY, Keymap
from .opening import Request, UsageProblem
from .places import PlaceKeeper
from .reporting import opened_case
from .terminal_text import speaks_utf8
from .theme_choice import mistake, open_theme


def run_console(
    request: Request,
    theme: str | None,
    case: Path | None,
    analyst: str,
    keymap: Keymap = REGISTRY,
) -> str | None:
    """Open the console; gives back the problem that ended it, None when the analyst left.

    Raises:
        PackError: the pack cannot be used.
        RulesError: the rules or the threat list cannot.
        Problem: the case or the theme cannot be opened.
    """
    # Those of the program cannot fail, and wait until the first frame is drawn.
    hinting = request.open_hinting() if request.rules or request.threats else None
    pack = request.plain_pack()
    try:
        opened = open_theme(theme, os.environ)
    except ThemeError as error:
        raise UsageProblem(mistake(error)) from None
    places = PlaceKeeper()
    with Ending(places.close) as ending, opened_case(case, analyst) as casebook:
        console = Console(
            request,
            pack,
            casebook,
            analyst,
            theme=opened,
            keymap=keymap,
            ascii_only=not speaks_utf8(),
            driver_class=FrugalDriver,
            places=places,
            ending=ending,
            hinting=hinting,
        )
        return console.run(mouse=False)
