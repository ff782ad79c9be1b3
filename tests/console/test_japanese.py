"""The console in Japanese: its own words, their place on the screen, and a whole investigation."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from casebook.gfm import inlines, text
from iotriage.queries.alert_catalogue import known_of
from iotriage.queries.attack import TACTICS, attack_of, technique_words
from iotriage.queries.language import speak
from iotriage.queries.packs.loading import PANES
from iotriage.queries.source import Waiting
from iotriage.tui import detail_lines
from iotriage.tui.casebook.findings import text_of
from iotriage.tui.places import PlaceKeeper
from iotriage.tui.screens.reading import ReadingScreen
from iotriage.tui.widgets.answer_table import AnswerTable
from iotriage.tui.widgets.one_line import OneLine
from rich.cells import cell_len
from textual.command import CommandPalette
from textual.widgets import Input

from .driving import CAM, NARROW, SIZES, Driver, Hand, assert_plain, driven
from .sources import Remembering, Told
from .test_judging import MINER, judge

#: Names of things that are called so in Japanese too, and what the demo is about.
NAMES = frozenset(
    (
        *("iotriage", "DEMO", "plant", "cam", "exact", "UTC", "KQL", "config", "toml", "keys"),
        *("Markdown", "JSON", "CSV", "md", "json", "csv", "Enter", "Esc", "Tab", "Shift", "Ctrl"),
        *("PgUp", "PgDn", "Home", "End", "Space", "findings", "TZ", "Failed", "Bruteforce"),
    )
)
WORD = re.compile(r"[A-Za-z]{2,}")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def japanese() -> None:
    speak("ja")


def own_words(console: Driver) -> list[str]:
    """What stands around what devices sent: titles, states, keys, hints, heads of columns."""
    found = []
    for screen in console.app.screen_stack:
        for line in screen.query(OneLine):
            if line.id != "chosen-alert":
                found.append(line.text)
        found += [field.placeholder for field in screen.query(Input)]
        for table in screen.query(AnswerTable):
            found += [*table._labels, *([] if table.row_count else [table._empty])]
        if isinstance(screen, ReadingScreen):
            # Beside the name of a column stands what the device sent, but for what alerts mean.
            ours = ("Meaning", "Remedy")
            found += [
                line.text
                for line in screen._lines
                if line.indent != detail_lines.NAMES or line.label in ours
            ]
    return [*found, *console.toasts]


def english(console: Driver, *known: str) -> set[str]:
    """The Latin words that nothing accounts for."""
    allowed = NAMES | set(WORD.findall(" ".join(known)))
    return set(WORD.findall(" ".join(own_words(console)))) - allowed


SCREENS = {
    **{name: (str(number),) for number, name in enumerate(PANES, 1)},
    "judged": ("5", "s", "down", "e", "h"),
    "filtered": ("5", "slash", *"nothing has this", "enter"),
    "filtering": ("5", "slash"),
    "chosen": ("5", "space", "v", "down"),
    "confirm": ("5", "a", "e"),
    "detail": ("1", "down", "s", "enter"),
    "values": ("5", "end", "s", "enter", "v"),
    "note": ("5", "n"),
    "undone": ("5", "s", "ctrl+z", "ctrl+z", "ctrl+r"),
    "export": ("x",),
    "window": ("w",),
    "wrong window": ("w", *"x", "enter"),
    "copy": ("2", "y"),
    "copied": ("2", "Y"),
    "info": ("5", "i"),
    "help": ("question_mark",),
    "history": ("5", "s", "n", *"!", "enter", "b", "H"),
    "baseline": ("b",),
    "zoomed": ("1", "z"),
}


@pytest.mark.parametrize("part", range(3))
async def test_nothing_of_ours_is_english(part: int, demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        assert english(console) == set()
        await console.open()
        panes = [console.app.rows_of(pane) for pane in PANES]
        rows = panes[-1]
        known = [cell for index in range(len(rows)) for cell in rows[index].cells]
        known += [name for pane in panes for name in pane.answer.names]
        known += [alert["SystemAlertId"] for alert in panes[0].answer.records()]
        # What an alert names, and what ATT&CK calls it, stays as it is.
        alerts = panes[0].answer.records()
        known += [text_of(value) for alert in alerts for value in alert.values()]
        for alert in alerts:
            entry = known_of(alert).entry
            known += [entry.name] if entry else []
            known += map(technique_words, attack_of(alert, entry).techniques)
        known += ["ATT&CK", *TACTICS, "ip iotdevice account host process file azure-resource"]
        known += [action.id for action in console.app.keymap.actions]
        known += ["mei", "nothing has this", "OSC", rows.answer.kql]
        for screen in list(SCREENS)[part::3]:
            console.forget_toasts()
            await console.press(*SCREENS[screen])
            await console.until(lambda: "問い合わせ中" not in console.text)
            assert_plain(console)
            assert english(console, *known) == set(), screen
            assert len([text for text in own_words(console) if JAPANESE.search(text)]) > 8
            await console.press("escape", "escape", "escape")


async def test_the_palette_offers_every_action_in_japanese(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        commands = list(console.app.get_system_commands(console.app.screen))
        assert len(commands) == len(console.app.keymap.actions) - 1
        for command in commands:
            assert JAPANESE.search(command.title), command.title
            assert JAPANESE.search(command.help), command.help
        await console.press("ctrl+p", *"期間")
        assert isinstance(console.app.screen, CommandPalette)
        await console.until(lambda: "期間を広げる" in console.text)


@pytest.mark.parametrize("size", SIZES)
async def test_waiting_and_failing_are_told_in_japanese(
    size: tuple[int, int], demo: Remembering, case: Path
) -> None:
    gate, hand = threading.Event(), Hand()
    source = Told(
        demo,
        held={"users": gate},
        waits={"users": Waiting("HTTP 503", hand() + 7)},
        failing={"ports": "HTTP 500"},
    )
    async with driven(source, case, size, seconds=hand) as console:
        await console.until(lambda: console.app.devices is not None)
        console.send(*CAM, "enter")
        await console.until(lambda: console.app.rows("processes") and console.app.rows("alerts"))
        await console.until(lambda: console.app.rows("ports") is not None)
        await console.press("2")
        await console.until(lambda: "7 秒後に再クエリ" in console.text)
        assert "r すぐに実行" in console.text
        await console.press("3")
        await console.until(lambda: "応答を得られませんでした: HTTP 500" in console.text)
        assert "失敗" in console.text
        assert english(console, "HTTP TOLD") == set()
    gate.set()


async def test_what_cannot_be_known_is_told_in_japanese(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open("sens-0404")
        await console.press("2")
        assert "ユーザー  判断不可 · 0 行" in console.text
        assert (
            "判断不可: このデバイスのマイクロ エージェントは、ユーザーを報告しません。"
            in console.text
        )
        assert english(console, "sens") == set()


async def test_the_offer_to_go_on(demo: Remembering, case: Path, tmp_path: Path) -> None:
    async def opened(language: str, offer: str, pane: str) -> None:
        speak(language)
        keeper = PlaceKeeper(tmp_path / "places")
        async with driven(demo, case, NARROW, places=keeper) as console:
            if offer:
                await console.until(lambda: offer in console.text)
                assert f"plant-7 / cam-0231, {pane}" in console.text
                await console.press("y")
                await console.until(lambda: console.app.scope is not None)
                await console.settled()
                assert console.app.main.active_name == "processes"
            else:
                await console.open()
                await console.press("5")
            console.app.exit()
        keeper.close()

    await opened("ja", "", "")
    await opened("en", "Go on where you were?", "Processes")
    await opened("ja", "前回の続きから再開しますか。", "プロセス")


@pytest.mark.parametrize("width", [60, 80, 119, 120])
async def test_every_line_is_as_wide_as_the_screen(
    width: int, demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, (width, 30)) as console:
        await console.open()
        for keys in (("1",), ("5", "s"), ("x",), ("escape", "question_mark"), ("escape", "w")):
            await console.press(*keys)
            # Each line in cells, no half of a character at its end, nothing to be clicked.
            assert_plain(console)
        await console.press("escape")
        status = console.app.main.query_one("#status", OneLine)
        assert "要確認 77" in status.text
        assert width < 80 or any("要確認 77" in line for line in console.lines[:2])
        table = console.pane("processes").table
        heads = [line for line in console.lines if "実行ファイル" in line]
        assert heads
        start = cell_len(heads[-1][: heads[-1].index("回数")])
        runs = table._columns.starts[1] + table._columns.widths[1] - cell_len("回数")
        assert start == runs + table.region.x


async def test_a_severity_is_found_by_either_name(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        found = []
        for needle in ("高", "high"):
            await console.press("1", "slash", "ctrl+u", *needle, "enter")
            found.append(console.keys_of("alerts"))
        assert found[0]
        assert set(found[0]) <= set(found[1])


async def test_a_whole_investigation(demo: Remembering, case: Path, world: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("2")
        await judge(console, "users", "svc-backup", "s")
        await console.press("5")
        await judge(console, "processes", MINER, "s")
        await judge(console, "processes", "/usr/bin/ffmpeg", "e")
        await console.press("up", "n")
        console.send(*"録画サービスの実行")
        await console.press("enter", "x", "ctrl+u")
        console.send(*"要約.md")
        await console.press("enter")
        assert console.toasts[-1] == "要約.md に出力しました"
        await console.press("x", "ctrl+u", *"a.json", "enter")
        await console.press("ctrl+z")
        assert console.toasts[-1].startswith("元に戻しました: メモ: プロセス /usr/bin/ffmpeg")
    markdown = (world / "要約.md").read_text("utf-8")
    headings = [text(token) for token in inlines(markdown, "heading_open")]
    assert headings[:4] == [
        "cam-0231 の調査結果",
        "判定",
        "不審",
        "ユーザー: svc-backup, sudo;svc-backup",
    ]
    assert "付録: 判定の履歴" in headings
    assert "録画サービスの実行" in markdown
    assert [line for line in headings if not JAPANESE.search(line)] == []
    facts = json.loads((world / "a.json").read_text("utf-8"))
    assert facts["counts"] == {"suspicious": 2, "expected": 1, "drifted": 0, "unreviewed": 75}
    speak("en")
    async with driven(demo, case, NARROW) as console:
        await console.open()
        assert console.counts() == (2, 1, 0, 75)
        await console.press("H")
        assert "suspicious" in console.text
        assert not JAPANESE.search(console.text.replace("録画サービスの実行", ""))
