"""The demo's intrusion from its first alert to the second device, with nothing but keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.demo.side_stories import KNOCKED
from iotriage.queries.demo.story import (
    ACCOMPLICE,
    ATTACKER,
    GUESSES,
    LISTEN,
    STEPS,
    STORY_DEVICE,
)
from markdown_it import MarkdownIt

from .driving import NARROW, Driver, driven
from .sources import Remembering


async def to_row(console: Driver, column: str, text: str) -> None:
    """The first row of the pane with that text in that column."""
    rows = console.app.rows_of(console.app.main.active_name)
    texts = [str(rows.record(index)[column]) for index in range(len(rows))]
    await console.press("home", *["down"] * texts.index(text))


async def chosen_line(console: Driver, text: str) -> None:
    """Tab to the line of a detail that begins so."""
    for _ in range(40):
        if any(re.match(rf" *> +{re.escape(text)}", line) for line in console.lines):
            return
        await console.press("tab")
    raise AssertionError(f"{text}: no such line:\n{console.text}")


async def test_from_the_first_alert_to_the_second_device(
    demo: Remembering, case: Path, world: Path
) -> None:
    async with driven(demo, case, NARROW, pack="exact") as console:
        await console.open()
        # The first alert leads to the sign-ins from the address it names.
        await console.press("1", "home", "enter")
        await chosen_line(console, ATTACKER)
        await console.press("enter")
        assert console.app.main.active_name == "logins"
        assert console.pane("logins").needle == f"={ATTACKER}"
        users = console.keys_of("logins")
        results = [row["Result"] for row in console.app.rows_of("logins").answer.records()]
        assert "Success" in results
        # The account that let it in.
        await console.press(
            "home", *["down"] * users.index("operator", users.index("operator") + 1)
        )
        record = console.app.rows_of("logins").record(console.pane("logins").table.cursor_row)
        assert (record["UserName"], record["Result"]) == ("operator", "Success")
        await console.press("s", "home", "s")
        # What ran after that sign-in.
        await console.press("7")
        await console.until(lambda: console.app.rows("sessions") is not None)
        await to_row(console, "UserName", "operator")
        await console.press("s")
        # The commands, those that deserve a look first.
        await console.press("5", "O", "home")
        assert console.keys_of("processes")[0].startswith("/")
        await console.press("/", *"=/tmp/.x/kworkerds", "enter", "s")
        # What makes it last: an account with rights, a listener, a rule for it.
        await console.press("2")
        await to_row(console, "UserName", "svc-backup")
        await console.press("s", "3", "/", *"31337", "enter", "home", "s")
        await console.press("6", "/", *f"={ATTACKER}", "enter", "home", "s", "0")
        await console.until(lambda: console.app.rows("firewall") is not None)
        await console.press("/", *"31337", "enter", "home", "s")
        # Where else that address was.
        await console.press("8", "home", "p")
        if "Where else is which value?" in console.text:
            await console.press("enter")
        await console.until(lambda: "2 devices" in console.text)
        rows = console.app.screen._rows
        at = [rows[n].cells[0] for n in range(len(rows))].index(KNOCKED)
        await console.press(*["down"] * at, "enter")
        await console.until(lambda: console.app.scope.device == KNOCKED)
        await console.settled()
        await console.press("4", "home", "s", "n", *"the same address as on cam-0231", "enter")
        await console.press("backspace")
        await console.until(lambda: console.app.scope.device == STORY_DEVICE)
        await console.settled()
        await console.press("9", "x", "enter")
        await console.until(lambda: any("written to" in toast for toast in console.toasts))
    (summary,) = world.rglob("findings-*.md")
    text = summary.read_text("utf-8")
    suspicious = text.partition("## Suspicious")[2].partition("## Expected")[0]
    for told in (ATTACKER, "operator", "kworkerds", "svc-backup", "sudo", "31337", KNOCKED):
        assert told in suspicious, told
    for command in ("useradd", "crontab -l", "shred -u /var/log/auth.log"):
        assert command in suspicious, command
    assert MarkdownIt("gfm-like").parse(text)


def is_of_the_intrusion(pane: str, row: dict[str, Any]) -> bool:
    """Read from the story itself, not from what any question says of it."""
    if pane == "processes":
        return row["Executable"] in {step[2] for step in STEPS}
    if pane == "users":
        return bool(row["UserName"] == "svc-backup")
    if pane == "ports":
        return str(row["LocalPort"]) in LISTEN or not {ATTACKER, ACCOMPLICE}.isdisjoint(
            row["AllowedRemoteIPAddress"]
        )
    if pane == "logins":
        guessed = {user for user, _ in GUESSES} | {"svc-backup"}
        return ATTACKER in row["IPAddress"] or (
            row["LoginHandler"] == "/usr/bin/sudo" and row["UserName"] in guessed
        )
    return True


@pytest.mark.parametrize("order", ["o", "oO"])
async def test_every_row_of_the_intrusion_is_among_the_first_twenty(
    demo: Remembering, case: Path, order: str
) -> None:
    async with driven(demo, case) as console:
        await console.open()
        for key, pane in enumerate(("alerts", "users", "ports", "logins", "processes"), 1):
            await console.press(str(key))
            if pane != "alerts":
                await console.press(*order)
            rows = console.app.rows_of(pane)
            shown = [is_of_the_intrusion(pane, dict(rows.record(at))) for at in range(len(rows))]
            assert 0 < sum(shown) <= 20, pane
            assert not any(shown[20:]), pane
            if pane == "processes":
                # So many that only the order can have brought them there.
                assert sum(shown) == 20
                assert len(shown) == 34
