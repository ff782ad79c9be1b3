"""Pictures of every screen on the demo evidence, at both sizes.

After a wanted change: pytest tests/console/test_snapshots.py --snapshot-update, and look at them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from iotriage.queries.language import speak
from iotriage.queries.packs.loading import PANES
from iotriage.queries.source import DeviceCode, Waiting
from iotriage.queries.window import Window
from iotriage.themes import built_in
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.console import Console
from iotriage.tui.messages import CodeGiven
from iotriage.tui.places import PanePlace, Place, PlaceKeeper
from textual.pilot import Pilot

from .driving import CAM, NARROW, Driver, Hand, console_on, ticking
from .packs import seven
from .sources import NOW, Remembering, Told
from .test_failing import LONG
from .test_workspaces import THREE, guid, wanting

SIZES = {"80x24": NARROW, "140x40": (140, 40)}
#: Screen -> the keys that lead to it once the device is open; none: before a device is.
SCREENS: dict[str, tuple[str, ...] | None] = {
    "picker": None,
    "alerts": ("1", "down", "down"),
    "users": ("2", "down"),
    "ports": ("3", "end"),
    "logins": ("4", "s", "s", "e"),
    "processes": ("5", "down", "e", "s", "slash", *"tmp", "enter"),
    "chosen": ("5", "space", "v", "down", "down", "down"),
    "confirm": ("5", "a", "e"),
    "detail": ("5", "end", "s", "enter"),
    "alert": ("1", "down", "enter", "tab"),
    "hints": ("5", "O", "down"),
    "hinted": ("5", "O", "enter"),
    "values": ("5", "end", "s", "enter", "v"),
    "note": ("5", "n", *"seen before"),
    "export": ("x",),
    "window": ("w",),
    "copy": ("2", "y"),
    "info": ("5", "i"),
    "help": ("question_mark",),
    "history": ("5", "s", "s", "H"),
    "baseline": ("b",),
    "palette": ("ctrl+p",),
    "prompt": (":", *"SecurityAlert | where Alert", "tab"),
    "prompt-mistake": (":", *"SecurityAlert |", "enter", *"wher 1", "enter"),
}


@pytest.fixture
def casebook(case: Path) -> Iterator[Casebook]:
    with Casebook.open(case, "mei", ticking()) as book:
        yield book


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(
    screen: str, size: str, demo: Remembering, casebook: Casebook, snap_compare: object
) -> None:
    app = console_on(demo, casebook)
    keys = SCREENS[screen]

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.settled()
        if keys is None:
            return
        await console.open(CAM)
        await console.press(*keys)
        if screen in ("detail", "alert", "hinted", "values"):
            # The raw events and counts come from a worker.
            await console.until(lambda: "asking" not in console.text)
        if screen == "prompt-mistake":
            await console.until(lambda: "syntax error" in console.text)
        if screen == "palette":
            await console.until(lambda: "About the pane" in console.text)
        app.clear_notifications()
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", ["sixth pane", "all panes"])
def test_seven(
    screen: str,
    size: str,
    demo: Remembering,
    casebook: Casebook,
    tmp_path: Path,
    snap_compare: object,
) -> None:
    app = console_on(demo, casebook, pack=str(seven(tmp_path)))

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.open(CAM)
        await console.press("6", "down", "s", *("m" if screen == "all panes" else ""))
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


#: A verdict of each kind, rows chosen, the cursor beside them.
JUDGED = ("2", "s", "down", "e", "5", "s", "down", "e", "space", "down")


async def pictured(app: Console, pilot: Pilot[str | None]) -> None:
    console = Driver(app, pilot)
    await console.open(CAM)
    await console.press(*JUDGED)
    app.clear_notifications()
    await pilot.pause(0.1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", [name for name in built_in() if name != "dark"])
def test_theme(
    theme: str, size: str, demo: Remembering, casebook: Casebook, snap_compare: object
) -> None:
    app = console_on(demo, casebook, theme=theme)

    async def go_there(pilot: Pilot[str | None]) -> None:
        await pictured(app, pilot)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", ["80x24", "120x40", "140x40"])
def test_ascii(size: str, demo: Remembering, casebook: Casebook, snap_compare: object) -> None:
    app = console_on(demo, casebook, ascii_only=True)

    async def go_there(pilot: Pilot[str | None]) -> None:
        await pictured(app, pilot)

    shape = {**SIZES, "120x40": (120, 40)}[size]
    assert snap_compare(app, terminal_size=shape, run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("size", "keys"),
    [((120, 40), JUDGED), ((120, 40), ("5", "end", "s", "enter")), ((400, 100), JUDGED)],
    ids=("120x40-judged", "120x40-detail", "400x100-judged"),
)
def test_at(
    size: tuple[int, int],
    keys: tuple[str, ...],
    demo: Remembering,
    casebook: Casebook,
    snap_compare: object,
) -> None:
    app = console_on(demo, casebook)

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.open(CAM)
        await console.press(*keys)
        await console.until(lambda: "asking" not in console.text)
        app.clear_notifications()
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=size, run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "screen",
    [
        *("picker", "alerts", "processes", "detail", "alert", "export", "window", "help"),
        *("confirm", "history"),
    ],
)
def test_japanese(
    screen: str, size: str, demo: Remembering, casebook: Casebook, snap_compare: object
) -> None:
    speak("ja")
    app = console_on(demo, casebook)
    keys = SCREENS[screen]

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.settled()
        if keys is not None:
            await console.open(CAM)
            await console.press(*keys)
            await console.until(lambda: "問い合わせ中" not in console.text)
        app.clear_notifications()
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", SIZES)
def test_japanese_going_on(
    size: str, demo: Remembering, casebook: Casebook, tmp_path: Path, snap_compare: object
) -> None:
    speak("ja")
    left = PlaceKeeper(tmp_path / "places")
    left.belong_to(casebook.path, "DEMO")
    day = (NOW - timedelta(days=1), NOW)
    pane = {"processes": PanePlace(filter="tmp")}
    left.keep(
        Place(device=CAM, hub="plant-7", start=day[0], end=day[1], pane="processes", panes=pane)
    )
    left.close()
    app = console_on(demo, casebook, places=PlaceKeeper(tmp_path / "places"))

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.settled()
        await console.until(lambda: "前回の続きから再開しますか。" in console.text)
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


BUSY = "HTTP 503: the service is busy"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["users", "devices"])
def test_waiting(
    name: str, size: str, demo: Remembering, casebook: Casebook, snap_compare: object
) -> None:
    gate, hand = threading.Event(), Hand()
    source = Told(demo, held={name: gate}, waits={name: Waiting(BUSY, hand() + 7)})
    app = console_on(source, casebook, seconds=hand)

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        if name != "devices":
            await console.until(lambda: app.devices is not None)
            console.send(*CAM, "enter")
            await console.until(lambda: app.rows("processes") and app.rows("alerts"))
            await console.press("2")
        await console.until(lambda: "asks again in 7 s" in console.text)
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]
    gate.set()


@pytest.mark.parametrize("size", SIZES)
def test_go_on(size: str, demo: Remembering, casebook: Casebook, snap_compare: object) -> None:
    """The offer to go on where the case was left, in a window of another year."""
    window = Window(NOW.replace(year=2018) - timedelta(hours=12), NOW.replace(year=2018))
    panes = {"processes": PanePlace(filter="kworkerds", hide_expected=True)}
    place = Place(
        device=CAM,
        hub="plant-7",
        start=window.start,
        end=window.end,
        pane="processes",
        panes=panes,
    )
    app = console_on(demo, casebook, demo=False, evidence="/srv/archive")

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.settled()
        app.resuming.offer(window, place, "")
        await console.until(lambda: "Go on where you were?" in console.text)
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", SIZES)
def test_everything_failed(
    size: str, demo: Remembering, casebook: Casebook, snap_compare: object
) -> None:
    app = console_on(Told(demo, failing=dict.fromkeys((*PANES, "coverage"), LONG)), casebook)

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.open(CAM)
        await console.press("5")
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", SIZES)
def test_sign_in(size: str, demo: Remembering, casebook: Casebook, snap_compare: object) -> None:
    app = console_on(demo, casebook)
    page = "https://microsoft.com/devicelogin"
    code = DeviceCode(page, "F7QK3LWXN", NOW + timedelta(minutes=14, seconds=32), lambda: None)

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.open(CAM)
        app.post_message(CodeGiven(code))
        await console.until(lambda: "F7QK3LWXN" in console.text)
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]


@pytest.mark.parametrize("size", SIZES)
def test_workspaces(size: str, casebook: Casebook, snap_compare: object) -> None:
    app = console_on(None, casebook, opens=wanting(THREE, guid(2)))

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.until(lambda: "Which workspace?" in console.text)
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]
