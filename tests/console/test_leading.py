"""From an alert to the rows it is about, and what its detail says of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.alert_catalogue import entry_for
from iotriage.queries.alert_values import AlertValue, values_of
from iotriage.queries.entities import graph_of
from iotriage.queries.language import tr
from iotriage.queries.packs.loading import PANES
from iotriage.queries.printable import printable
from iotriage.tui.casebook.findings import members
from iotriage.tui.leads import Lead, Leading
from iotriage.tui.searching import Search
from iotriage.tui.widgets.lines_view import LinesView

from .driving import NARROW, WIDE, Driver, driven
from .evidence import event, evidence, heard
from .hostile import TEXTS
from .sources import NOW, Remembering
from .test_reading import read_to_the_end

ATTACKER = "203.0.113.66"


async def open_alert(console: Driver, name: str) -> None:
    names = [row["AlertName"] for row in console.app.rows_of("alerts").answer.records()]
    await console.press("1", "home", *["down"] * names.index(name), "enter")


def chosen(console: Driver) -> str:
    """The text of the line that Enter follows, as it is marked on the screen."""
    marked = [line[1:].strip() for line in console.lines[1:-1] if line.startswith((" >", ">"))]
    assert len(marked) == 1, console.text
    return marked[0].removeprefix(">").strip()


@pytest.mark.parametrize("size", [NARROW], ids=("narrow",))
async def test_enter_leads_from_the_brute_force_to_its_sign_ins(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        window = console.app.scope
        await open_alert(console, "Brute force attack succeeded")
        assert chosen(console).startswith(f"{ATTACKER} (Full Source Address, ")
        await console.press("enter")
        assert console.app.screen is console.app.main
        assert console.app.main.active_name == "logins"
        rows = console.app.rows_of("logins")
        shown = [rows.record(index) for index in range(len(rows))]
        everything = rows.answer.records()
        assert shown == [row for row in everything if ATTACKER in row["IPAddress"]]
        assert 0 < len(shown) < len(everything)
        assert f"filter ={ATTACKER}" in console.text
        assert console.app.scope == window
        # It is a filter like any: it goes as any goes.
        await console.press("/", "escape")
        assert len(rows) == len(everything)


async def test_the_next_line_leads_elsewhere(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await open_alert(console, "Detected suspicious use of the useradd command")
        assert chosen(console).startswith("svc-backup (Command Line, 1 row")
        await console.press("tab")
        assert chosen(console).startswith("useradd -m ")
        await console.press("enter")
        rows = console.app.rows_of("processes")
        assert console.app.main.active_name == "processes"
        assert len(rows) == 1
        assert rows.record(0)["Executable"].endswith("useradd")
        # An entity leads to where it occurs; the one before the first line is the last.
        await open_alert(console, "Detected suspicious use of the useradd command")
        await console.press("shift+tab")
        assert "useradd" in chosen(console)
        await console.press("y", "1", "enter", "tab", "shift+tab")
        assert chosen(console).startswith("svc-backup")


async def test_a_pane_that_was_never_shown_is_led_to_as_well(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW, pack="exact") as console:
        await console.open()
        await console.until(lambda: console.app.rows("bruteforce") is not None)
        await open_alert(console, "Brute force attack succeeded")
        await console.press("tab", "tab")
        assert chosen(console).startswith(f"{ATTACKER} (Full Source Address, 1 row")
        await console.press("enter")
        assert console.app.main.active_name == "bruteforce"
        assert f"filter ={ATTACKER}" in console.text
        assert len(console.app.rows_of("bruteforce")) == 1


async def test_what_an_alert_names_is_looked_for_elsewhere(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await open_alert(console, "Brute force attack succeeded")
        await console.press("p")
        await console.until(lambda: "2 devices" in console.text)
        assert f"Where else: address {ATTACKER}" in console.text
        assert "gw-0007" in console.text
        await console.press("escape")
        await open_alert(console, "Brute force attack succeeded")
        # The last lines that can be chosen are names among the entities.
        await console.press("shift+tab", "shift+tab")
        assert chosen(console) == "account operator"
        await console.press("p")
        await console.until(lambda: "Where else: user operator" in console.text)


async def test_the_detail_of_an_alert_explains_it(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW, pack="exact") as console:
        await console.open()
        await open_alert(console, "Reverse shells")
        said = await read_to_the_end(console)
        entry = entry_for("IoT_ReverseShell", "")
        assert entry is not None
        assert entry.meaning in said
        assert entry.remedy in said
        for check in entry.checks:
            assert check.question in console.app.pack.panes
            assert f"{tr(console.app.pack.questions[check.question].title)}: {check.reason}" in said
        assert "known by its type (Reverse shells): micro agent, legacy agent, there High" in said
        # The demo's row names tactics and no techniques.
        assert "Execution, Command and Control (the alert's own)" in said
        assert "T1059.004 Unix Shell, T0807 Command-Line Interface (ICS) (suggested)" in said
        assert "iotdevice cam-0231" in said
        assert "IoTHub: azure-resource plant-7" in said
        assert "Host: host cam-0231 (above)" in said
        await console.press("escape", "i")
        said = await read_to_the_end(console)
        order = ["Credential Access", "Discovery", "Command and Control", "Impact"]
        places = [said.index(f"{tactic} ") for tactic in order]
        assert places == sorted(places)
        assert "Credential Access 1 alert themselves, suggested for 1 alert" in said


def alert(**columns: Any) -> dict[str, Any]:
    hub = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/plant"
    return {
        "TimeGenerated": NOW.isoformat(),
        "AlertName": "Unheard of",
        "AlertSeverity": "High",
        "ResourceId": hub,
        "SystemAlertId": "a",
        "ExtendedProperties": json.dumps({"DeviceId": "cam-1"}),
        **columns,
    }


async def test_an_alert_that_nobody_knows_is_said_to_be_so(case: Path) -> None:
    unknown = alert(TimeGenerated="2026-11-21T11:00:00Z", AlertType="Unheard_Of", Entities="{")
    source = evidence(*heard(), alerts=[unknown])
    async with driven(source, case, WIDE) as console:
        await console.open("cam-1")
        await console.press("1", "enter")
        said = await read_to_the_end(console)
        assert "in no catalogue, neither by its type nor by its name" in said
        assert "What to check first" not in said
        assert "tactics (none)" in said
        assert "Entities are no JSON: see the row" in said
        # Nothing can be followed: Enter goes back, as it does in every detail.
        await console.press("tab", "enter")
        assert console.app.screen is console.app.main


async def test_names_that_want_to_command_are_led_to_all_the_same(case: Path) -> None:
    texts = [text for text in TEXTS if text.strip() and "\ud800" not in text]
    entities = [{"$id": str(n), "Type": "ip", "Address": text} for n, text in enumerate(texts)]
    ran = [
        event("ProcessCreate", 2 + n / 100, {"Executable": "/bin/x", "CommandLine": text[:2000]})
        for n, text in enumerate(texts)
    ]
    properties = {"DeviceId": "cam-1", "Command Line": texts[0], "User Name": texts[1]}
    hostile = alert(
        TimeGenerated="2026-11-21T11:00:00Z",
        AlertType="IoT_ReverseShell",
        Entities=json.dumps(entities),
        ExtendedProperties=json.dumps(properties),
    )
    async with driven(evidence(*ran, alerts=[hostile]), case, NARROW) as console:
        await console.open("cam-1")
        await console.press("1", "enter")
        lines = console.app.screen.query_one(LinesView)
        targets = [line for line in lines._paragraphs if line.target is not None]
        assert len(targets) > len(texts)
        assert all(len(line.text) < 400 for line in targets)
        for steps in range(0, len(targets), 7):
            console.app.screen.query_one(LinesView).choose(steps)
            await console.press("enter")
            assert console.app.screen is console.app.main
            needle = console.app.main.active.needle
            assert printable(needle) == needle
            await console.press("1", "enter")


# Without a console: whatever is offered leaves the rows that are meant.

cells = st.one_of(
    st.text(max_size=6), st.sampled_from(["10.0.0.1", "10.0.0.11", "root", "!x", '"q"', "=1"])
)
tables = st.lists(st.tuples(cells, st.lists(cells, max_size=3)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(tables, cells, st.sampled_from(["address", "user", "port", "word", "command"]))
def test_a_lead_leaves_every_row_that_has_the_value(
    rows: Sequence[tuple[str, list[str]]], text: str, kind: Any
) -> None:
    value = AlertValue(kind, text, "somewhere")
    leading = Leading(PANES, {"processes": rows, "logins": rows}.get)
    entry = entry_for("IoT_Bruteforce_Success", "")
    assert entry is not None
    for checked in leading.checks(entry, [value] if text else []):
        assert checked.question in ("logins", "processes")
        (lead,) = checked.leads
        has = [
            at for at, (one, several) in enumerate(rows) if text in (one, *several) and text != ""
        ]
        search = Search(rows, lead.needle)
        search.go_on(1)
        found = search.found if lead.needle else list(range(len(rows)))
        assert set(has) <= set(found)
        if lead.value is None:
            # All rows, and the value is said not to be there, where one was looked for.
            assert lead.needle == ""
        else:
            assert lead.rows == len(found) > 0
            assert printable(lead.needle) == lead.needle
            if has and printable(text) == text:
                folded = text.casefold()
                exactly = [
                    at
                    for at, row in enumerate(rows)
                    if folded in [part.casefold() for cell in row for part in members(cell)]
                ]
                assert found == exactly


def test_what_has_not_been_answered_is_led_to_widely() -> None:
    leading = Leading(PANES, lambda name: None)
    entry = entry_for("IoT_Bruteforce_Success", "")
    assert entry is not None
    values = values_of(
        {"ExtendedProperties": json.dumps({"User Name": "mei", "IP": "192.0.2.1"})}, graph_of("")
    )
    logins, processes = leading.checks(entry, values)
    assert [lead.needle for lead in logins.leads] == ["mei", "192.0.2.1"]
    assert all(lead.rows is None for lead in (*logins.leads, *processes.leads))


def test_a_pane_that_the_pack_lacks_is_not_offered() -> None:
    entry = entry_for("IoT_DisableFirewall", "")
    assert entry is not None
    few = Leading(("alerts", "processes"), lambda name: [])
    assert [checked.question for checked in few.checks(entry, [])] == ["processes"]
    more = Leading((*PANES, "firewall"), lambda name: [])
    assert "firewall" in [checked.question for checked in more.checks(entry, [])]


def test_a_pane_that_was_not_asked_says_why_and_leads_nowhere() -> None:
    entry = entry_for("IoT_TiConnection", "")
    assert entry is not None
    value = AlertValue("address", "192.0.2.1", "IP")
    rows = {"logins": [("192.0.2.1",)], "connections": [("192.0.2.1",)]}
    leading = Leading(
        (*PANES, "connections"), rows.get, lambda name: "none here" * (name == "connections")
    )
    found = {checked.question: checked for checked in leading.checks(entry, [value])}
    assert (found["connections"].leads, found["connections"].absence) == ((), "none here")
    assert found["logins"].leads[0].rows == 1
    (entity,) = graph_of([{"Type": "ip", "Address": "192.0.2.1"}]).entities
    lead = leading.entity(entity)
    assert lead is not None
    assert lead.question == "logins"


def test_values_that_no_row_has_are_named() -> None:
    entry = entry_for("IoT_Bruteforce_Fail", "")
    assert entry is not None
    value = AlertValue("address", "192.0.2.1", "IP")
    leading = Leading(PANES, lambda name: [("192.0.2.11", [])])
    (checked,) = leading.checks(entry, [value])
    # Part of another address is a row to look at; exactly this one there is none.
    assert checked.leads == (Lead("logins", "192.0.2.1", value, 1),)
    leading = Leading(PANES, lambda name: [("192.0.2.2", [])])
    (checked,) = leading.checks(entry, [value])
    assert (checked.leads, checked.unseen) == ((Lead("logins", "", None, None),), (value,))
