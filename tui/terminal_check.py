"""What the terminal can do: colours, clipboard, mouse, what it sits in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..queries.language import tr
from ..themes import ThemeError, load_theme
from . import clipboard
from .settings import load_settings
from .terminal_text import speaks_utf8
from .theme_choice import choose, colours, mistake, own_themes

_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """What was looked at, and how it stands; ``sound`` None for what is only told.

    ``lines`` go on where one does not do.
    """

    name: str
    sound: bool | None
    said: str
    lines: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        return {True: tr("ok"), False: tr("FAILED"), None: "-"}[self.sound]


def terminal_steps() -> Iterator[Step]:
    """The terminal of this process."""
    environment = os.environ
    term = environment.get("TERM", "")
    size = shutil.get_terminal_size()
    signs = "UTF-8" if speaks_utf8() else tr("ASCII signs only: the locale is not UTF-8")
    words = f"TERM={term or tr('(not set)')}, {size.columns}x{size.lines}, {signs}"
    yield Step(tr("terminal"), term not in ("", "dumb"), words)
    wanted = environment.get("IOTRIAGE_THEME") or load_settings().theme
    yield colour_step(wanted, environment)
    yield Step(tr("mouse"), None, tr("never taken: select and copy as in any other program"))
    yield multiplexer_step(environment)
    yield clipboard_step(environment)


def colour_step(wanted: str | None, environment: Mapping[str, str]) -> Step:
    """What the terminal says, and the theme that follows from it."""
    count = colours(environment)
    many = tr("{count:,} colours", count=count) if count < 1 << 24 else tr("16 million colours")
    names = ("NO_COLOR", "COLORTERM", "COLORFGBG")
    said = [f"{name}={environment[name]}" for name in names if environment.get(name)]
    choice = choose(wanted, environment)
    told = f"{many} ({', '.join(said) or tr('by TERM alone')})"
    try:
        theme = load_theme(choice.theme, own_themes())
    except ThemeError as error:
        return Step(tr("colours"), False, f"{told}; {mistake(error)}")
    return Step(
        tr("colours"),
        True,
        tr("{told}: theme {theme}, since {why}", told=told, theme=theme.name, why=choice.why),
    )


def multiplexer_step(
    environment: Mapping[str, str], asked: Callable[[str], str] | None = None
) -> Step:
    """tmux or screen, and whether tmux lets a copy through."""
    name = clipboard.multiplexer(environment)
    if not name:
        return Step(tr("multiplexer"), None, tr("none seen"))
    if name == "screen" or not environment.get("TMUX"):
        return Step(tr("multiplexer"), None, tr("{name}, or another that says so", name=name))
    options = {
        option: (asked or _tmux)(option) for option in ("set-clipboard", "allow-passthrough")
    }
    said = ", ".join(f"{option} {value or tr('unknown')}" for option, value in options.items())
    if options["set-clipboard"] == "on" or options["allow-passthrough"] in ("on", "all"):
        return Step(tr("multiplexer"), True, f"tmux, {said}")
    hint = tr("a copy may end here: put 'set -s set-clipboard on' into tmux.conf")
    return Step(tr("multiplexer"), None, f"tmux, {said}; {hint}")


def _tmux(option: str) -> str:
    """The value of an option; nothing where tmux does not tell."""
    try:
        done = subprocess.run(
            ["tmux", "show-options", "-gAv", option],
            capture_output=True,
            check=False,
            text=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def clipboard_step(
    environment: Mapping[str, str],
    look: Callable[[], None] = clipboard.look_at_desktop,
) -> Step:
    """Which way a copy would go from here; nothing is copied."""
    limit = clipboard.OSC52_LIMIT // 4 * 3
    why = tr("over SSH")
    if not clipboard.is_remote(environment):
        try:
            look()
        except clipboard.NoDesktop as reason:
            why = tr("no desktop: {reason}", reason=reason)
        else:
            return Step(
                tr("clipboard"), True, tr("of this desktop: it can be read, nothing was changed")
            )
    if clipboard.takes_osc52(environment):
        told = tr("sent to the terminal with OSC 52, which many take and none acknowledges")
        return Step(
            tr("clipboard"),
            None,
            tr(
                "{why}; {told}; above {limit:,} bytes a file is written",
                why=why,
                told=told,
                limit=limit,
            ),
        )
    term = environment.get("TERM", "")
    return Step(
        tr("clipboard"),
        None,
        tr("{why}, and TERM={term} has no clipboard: a file is written", why=why, term=term),
    )
