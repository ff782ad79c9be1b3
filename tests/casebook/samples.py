"""Questions, rows and hostile texts that the tests of the casebook share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from iotriage.queries.answers import Answer, Column
from iotriage.queries.questions import Question, ShownColumn
from iotriage.queries.window import Window
from iotriage.tui.casebook.findings import Finding, finding_of
from iotriage.tui.casebook.report import ReportSubject

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(days=1))

HOSTILE = (
    "",
    " ",
    "   ",
    " a ",
    "\u3000a\u3000",
    "\u3000",
    "a|b",
    "a\\|b\\\\|c\\",
    "|",
    "\\",
    "`",
    "``` ` `` ```",
    "` a `",
    "[x](http://evil.example)",
    "![x](http://evil.example/p.png)",
    "<img src=x onerror=alert(1)>",
    "<http://evil.example>",
    "<!-- -->",
    "&lt;b&gt; &#124; &copy;",
    "http://evil.example/ and www.evil.example and evil.example",
    "mailto:x",
    "mei@corp.example",
    "@mei see #12 and GH-7 and org/repo#3 and AB#9 and !5",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "# heading",
    "heading\n===",
    "- item",
    "1. item",
    "1) item",
    "2026.",
    "    indented",
    "\ttabbed",
    "> quote",
    "> [!WARNING]",
    "[^1]: footnote [^1]",
    "[x]: http://evil.example",
    "- [ ] task",
    "~~gone~~ **bold** _it_ __b__",
    ":smile: :+1:",
    "$x$ $`x`$ $$x$$",
    "```mermaid\ngraph TD\n```",
    "::: mermaid",
    "---",
    "***",
    "| --- | --- |",
    "[[_TOC_]]",
    "{{ 7*7 }} {% raw %}",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    'a,b;"c"',
    "line\nline\r\nline\u2028line",
    "\x00\x1b[31m\x7f\x9b",
    "\u202egnp.exe\u200b",
    "e\u0301\u0301\u0301\u0301",
    "\ud800 half \udfff",
    "日本語の、メモ。",
    'plain words, and (more) of "them"!',
    "x" * 299,
)

#: Any text at all, half surrogate pairs included, and pieces that mean something to a renderer.
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec=None), max_size=60),
    st.text("`|\\ []()<>!*_~#&;:@.$'\"-=+{}%1aw/\n\u3000", max_size=40),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map(" ".join),
)

PROCESSES = Question(
    name="processes",
    title="Processes",
    keys=("Executable",),
    names=(),
    sets=("ExecutingUsers", "ExecutionCommandLines"),
    counts={"ExecutionCommandLines": "CntCommandLines"},
    shown=(
        ShownColumn("Executable", "Executable"),
        ShownColumn("CntExecutions", "Runs"),
        ShownColumn("ExecutionCommandLines", "Command lines"),
    ),
    guidance=(),
    tables=(),
    text="",
    events="",
    values="",
)
USERS = Question(
    name="users",
    title="Users",
    keys=("UserName", "GroupNames"),
    names=("GroupNames",),
    sets=("UserIds",),
    counts={},
    shown=(ShownColumn("UserName", "User"), ShownColumn("GroupNames", "Groups")),
    guidance=(),
    tables=(),
    text="",
    events="",
    values="",
)
ALERTS = Question(
    name="alerts",
    title="Alerts",
    keys=("SystemAlertId",),
    names=(),
    sets=(),
    counts={},
    shown=(
        ShownColumn("TimeGenerated", "Time"),
        ShownColumn("AlertSeverity", "Severity"),
        ShownColumn("AlertName", "Alert"),
    ),
    guidance=(),
    tables=(),
    text="",
    events="",
    values="",
)

_PROCESS_COLUMNS = (
    Column("Executable", "string"),
    Column("CntExecutions", "long"),
    Column("MinObservedTime", "datetime"),
    Column("ExecutingUsers", "dynamic"),
    Column("ExecutionCommandLines", "dynamic"),
)
_ALERT_COLUMNS = (
    Column("TimeGenerated", "datetime"),
    Column("SystemAlertId", "string"),
    Column("AlertName", "string"),
    Column("AlertSeverity", "string"),
    Column("Description", "string"),
)


def process(executable: str, *command_lines: str, runs: int = 1) -> dict[str, Any]:
    return {
        "Executable": executable,
        "CntExecutions": runs,
        "MinObservedTime": NOON,
        "ExecutingUsers": ["Id:0, Name:root"],
        "ExecutionCommandLines": list(command_lines),
    }


def processes(*rows: dict[str, Any], kql: str = "SecurityIoTRawEvent") -> Answer:
    return Answer(
        "processes", _PROCESS_COLUMNS, tuple(tuple(row.values()) for row in rows), kql=kql
    )


def alert(number: int, name: str, description: str = "") -> dict[str, Any]:
    return {
        "TimeGenerated": NOON + timedelta(minutes=number),
        "SystemAlertId": f"alert-{number}",
        "AlertName": name,
        "AlertSeverity": "High",
        "Description": description,
    }


def alerts(*rows: dict[str, Any]) -> Answer:
    return Answer(
        "alerts", _ALERT_COLUMNS, tuple(tuple(row.values()) for row in rows), kql="SecurityAlert"
    )


def found(record: dict[str, Any], question: Question = PROCESSES) -> Finding:
    return finding_of(question, "cam-1", "plant-7", record)


def subject(device: str = "cam-1", hub: str = "plant-7", source: str = "DEMO") -> ReportSubject:
    return ReportSubject(device, hub, WINDOW, source, "exact", "0.1.0", "mei", NOON)


def ticking() -> Callable[[], datetime]:
    """A clock that is a second later at every look."""
    seconds = iter(range(10**9))
    return lambda: NOON + timedelta(seconds=next(seconds))
