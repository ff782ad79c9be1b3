"""Whole investigations of a workspace in the console: the network goes, comes back, and lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console.driving import Driver, driven
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.packs.loading import PANES
from iotriage.tui.casebook.casebook import Casebook

from . import faults
from .az_script import AzScript
from .online import hurried, opened
from .service import Service


@pytest.fixture
def source(service: Service, az: AzScript) -> Iterator[LogAnalytics]:
    with opened(service, limits=hurried(query=5, grace=1)) as found:
        yield found


async def ask_again(driver: Driver, pane: str) -> None:
    await driver.press(pane, "r")
    await driver.settled()


async def test_the_network_goes_and_comes_back_and_no_verdict_is_lost(
    service: Service, source: LogAnalytics, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    async with driven(source, case) as driver:
        await driver.open()
        before = driver.keys_of("users")
        await driver.press("2", "s", "5", "e", "e")
        assert driver.counts()[:2] == (1, 2)
        service.down()
        await ask_again(driver, "2")
        assert "refuses the connection" in driver.text
        assert "r asks" in driver.text
        # What has been answered is still there, and can be judged.
        await driver.press("5", "e")
        assert driver.counts()[1] == 3
        service.up()
        await ask_again(driver, "2")
        assert driver.keys_of("users") == before
        assert driver.counts()[:2] == (1, 3)
    with Casebook.open(case, "mei") as book:
        assert len(list(book.judged("cam-0231", "plant-7"))) == 4


async def test_the_first_pane_is_drawn_while_others_are_asked(
    service: Service, source: LogAnalytics, tmp_path: Path
) -> None:
    async with driven(source, tmp_path / "case") as driver:
        await driver.settled()
        service.delay = 1.0
        driver.send(*"cam-0231", "enter")
        await driver.until(lambda: driver.app.scope is not None)
        await driver.until(lambda: any(driver.app.waiting(name) for name in PANES))
        waiting = next(name for name in PANES if driver.app.waiting(name))
        await driver.press(str(PANES.index(waiting) + 1))
        assert "waiting: 4 questions are being answered" in driver.text
        await driver.until(lambda: any(driver.app.rows(name) for name in PANES))
        asked = [name for name in PANES if driver.app.is_asking(name)]
        drawn = [name for name in PANES if name not in asked]
        assert asked
        assert drawn
        assert all(driver.pane(name).rows is not None for name in drawn)
        await driver.settled()


async def test_all_panes_fail_at_once_each_says_so(
    service: Service, source: LogAnalytics, tmp_path: Path
) -> None:
    async with driven(source, tmp_path / "case") as driver:
        await driver.settled()
        service.faults.add(faults.status(403, message="no reader"), times=None)
        await driver.open()
        for number, name in enumerate(PANES, 1):
            await driver.press(str(number))
            assert driver.app.rows_of(name).answer.failure.startswith("HTTP 403")
            assert "you may not read this workspace: no reader" in " ".join(driver.text.split())
        assert driver.text.count("failed") >= 5
        service.faults.clear()
        for number in range(1, 6):
            await ask_again(driver, str(number))
        assert all(driver.app.rows_of(name).answer.rows for name in PANES)


async def test_a_countdown_is_seen_and_r_does_not_wait_for_it(
    service: Service, az: AzScript, tmp_path: Path
) -> None:
    limits = hurried(pauses=(50.0, 50.0))  # type: ignore[arg-type]
    with opened(service, limits=limits) as source:
        async with driven(source, tmp_path / "case") as driver:
            await driver.open()
            service.faults.add(
                faults.status(503, message="moving house"), where="let portSnapshots"
            )
            await driver.press("3", "r")
            await driver.until(lambda: "moving house" in driver.text)
            await driver.until(lambda: "asks again in 4" in driver.text)
            await driver.press("r")
            await driver.settled()
            assert driver.app.rows_of("ports").answer.rows
            assert "moving house" not in driver.text


@pytest.mark.parametrize(
    "fault",
    [
        faults.nulls_everywhere(),
        faults.wrong_types("TimeGenerated"),
        faults.wrong_types("AlertSeverity"),
        faults.wrong_types("DeviceId"),
        faults.unknown_type(),
        faults.lone_surrogate(),
        faults.partial(),
        faults.two_tables(),
    ],
    ids=lambda fault: fault.name,
)
async def test_answers_that_are_not_what_was_promised_do_no_harm(
    service: Service,
    source: LogAnalytics,
    tmp_path: Path,
    fault: faults.Fault,
) -> None:
    """Wherever the column is not there the answer goes through as it is."""
    async with driven(source, tmp_path / "case") as driver:
        await driver.open()
        service.faults.add(_where_it_fits(fault), times=None)
        await driver.press("d", "r")
        await driver.settled()
        await driver.press("escape")
        for number in range(1, 6):
            await ask_again(driver, str(number))
            await driver.press("j", "enter", "escape", ".", "i", "escape", "y", "escape", "s", "u")
            await driver.settled()
        service.faults.clear()
        await driver.press("1", "r")
        await driver.settled()
        assert not driver.app.rows_of("alerts").answer.failure


def _where_it_fits(fault: faults.Fault) -> faults.Fault:
    async def play(exchange: object) -> None:
        try:
            await fault.play(exchange)  # type: ignore[arg-type]
        except (ValueError, IndexError):
            reply = await exchange.answer()  # type: ignore[attr-defined]
            await exchange.send(reply)  # type: ignore[attr-defined]

    return faults.Fault(fault.name, play)
