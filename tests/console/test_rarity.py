"""How rare and how new each row is: in the pane, in its order, in the detail; and not known."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from iotriage.queries.answers import Answer, Status

from .driving import NARROW, WIDE, Driver, driven
from .sources import Remembering, Told

KWORKERDS = "/tmp/.x/kworkerds"


def seen_on(console: Driver, name: str, key: str) -> str:
    """What stands in the column of the row that begins with ``key``."""
    rows = console.app.rows_of(name)
    at = rows.labels.index("Seen on" if "Seen on" in rows.labels else "New")
    return rows[console.keys_of(name).index(key)].cells[at]


async def test_each_row_says_on_how_many_devices_it_is_and_what_is_new(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5")
        assert seen_on(console, "processes", KWORKERDS) == "1/41 new"
        assert seen_on(console, "processes", "/bin/sh") == "10/41 +2 new"
        assert seen_on(console, "processes", "/usr/sbin/cron") == "27/41"
        assert seen_on(console, "users", "svc-backup") == "1/28 new"
        assert "Seen on" in console.text
        assert "Seen on" not in console.app.rows_of("alerts").labels


async def test_where_there_is_little_room_only_what_is_new_is_told_until_it_is_asked_for(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5")
        assert seen_on(console, "processes", KWORKERDS) == "new"
        assert seen_on(console, "processes", "/bin/sh") == "+2"
        assert seen_on(console, "processes", "/usr/sbin/cron") == ""
        await console.press("o")
        assert seen_on(console, "processes", KWORKERDS) == "1/41 new"


async def test_the_rarest_come_first_and_the_row_is_found_again(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5")
        asked = console.keys_of("processes")
        table = console.pane("processes").table
        await console.press("o")
        assert "rarest first" in console.text
        assert table.cursor_row == 0
        ranked = console.keys_of("processes")
        assert sorted(ranked) == sorted(asked)
        assert ranked != asked
        # What gateways and controllers run as well.
        assert set(ranked[-3:]) == {"/usr/sbin/cron", "/sbin/ausearch", "/usr/sbin/ntpdate"}
        # Verdict and filter speak of the row that is shown.
        await console.press(*["down"] * ranked.index(KWORKERDS), "s")
        assert console.app.rows_of("processes")[ranked.index(KWORKERDS)].sign == "!"
        await console.press("slash", *"usr", "enter")
        filtered = console.keys_of("processes")
        assert filtered == [key for key in ranked if key in filtered]
        await console.press("slash", "escape")
        await console.press("home", *["down"] * ranked.index(KWORKERDS), "o")
        assert console.keys_of("processes") == asked
        assert table.cursor_row == asked.index(KWORKERDS)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_detail_says_it_of_the_row_and_of_each_value(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        await console.press("5")
        at = console.keys_of("processes").index("/bin/sh")
        await console.press("home", *["down"] * at, "enter")
        await console.until(lambda: "on 10 of 41 devices, here since" in console.text)
        assert "compared with the time from 2026-11-13T" in console.text
        lines = " ".join(line.text for line in console.app.screen._lines)
        assert "/bin/sh -i" in lines
        assert "new, on 1 of 41 devices, here since" in lines


async def test_nothing_is_waited_for_and_what_fails_says_why(demo: Remembering, case: Path) -> None:
    gate = threading.Event()
    why = "the line broke"
    source = Told(demo, held={"processes prevalence": gate})
    source.failing["processes prevalence"] = why
    async with driven(source, case) as console:
        await console.settled()
        console.send(*"cam-0231", "enter")
        await console.until(lambda: ("processes prevalence", "cam-0231") in source.asked)
        await console.press("5")
        assert len(console.keys_of("processes")) == 34
        assert seen_on(console, "processes", KWORKERDS) == "…"
        # Asked after the panes, and one at a time.
        first = min(at for at, (name, _) in enumerate(source.asked) if "prevalence" in name)
        assert {"alerts", "users", "ports", "logins", "processes"} <= {
            name for name, _ in source.asked[:first]
        }
        gate.set()
        await console.settled()
        assert seen_on(console, "processes", KWORKERDS) == "?"
        await console.press("o")
        assert any(why in toast for toast in console.toasts)
        await console.press("enter")
        await console.until(lambda: f"how rare it is cannot be known: {why}" in console.text)


async def test_in_part_is_told_from_whole(demo: Remembering, case: Path) -> None:
    def in_part(answer: Answer) -> Answer:
        is_one = "DevicesWithIt" in answer.names
        return replace(answer, status=Status.PARTIAL) if is_one else answer

    async with driven(Told(demo, change=in_part), case) as console:
        await console.open()
        await console.press("5")
        assert seen_on(console, "processes", KWORKERDS) == "1+/41 new?"


async def test_of_all_the_evidence_nothing_is_called_new(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, last="4w") as console:
        await console.open()
        await console.press("5")
        assert seen_on(console, "processes", KWORKERDS) == "1/41"
        await console.press("home", "enter")
        await console.until(lambda: "whether it is new cannot be known" in console.text)
        assert "no ProcessCreate or Process of this device is known before the window" in (
            console.text
        )
    async with driven(demo, case, NARROW, last="4w") as console:
        await console.open()
        await console.press("5")
        assert seen_on(console, "processes", KWORKERDS) == "?"


async def test_a_pack_without_the_question_has_no_column(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, pack="guide") as console:
        await console.open()
        await console.press("5", "o")
        assert "Seen on" not in console.text
        assert any("not a question of this pack" in toast for toast in console.toasts)


async def test_another_device_is_asked_about_anew(demo: Remembering, case: Path) -> None:
    source = Told(demo)
    async with driven(source, case) as console:
        await console.open()
        await console.press("d", *"gw-0007", "enter")
        await console.settled()
        await console.press("5")
        assert ("processes prevalence", "gw-0007") in source.asked
        assert seen_on(console, "processes", "/usr/bin/mosquitto_pub") == "6/41"
        before = source.asked.count(("processes prevalence", "gw-0007"))
        await console.press("r")
        await console.settled()
        assert source.asked.count(("processes prevalence", "gw-0007")) == before + 1
