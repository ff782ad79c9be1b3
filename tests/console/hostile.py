"""A source whose every text wants to command the terminal, the toolkit or a renderer."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from iotriage.queries.answers import Answer, Notice, NoticeKind
from iotriage.queries.questions import Query

TEXTS = (
    "\x1b]52;c;SEVMTE8=\x07",
    "\x1b]0;owned\x1b\\ \x1b[2J\x1b[31m",
    "\x9b2J\x9d0;owned\x9c",
    "a\u202eb\u2066c\u2069\u200b\u200d\ufeff\u00ad",
    "日本語のコマンド行" * 9,
    "👩\u200d👩\u200d👧 🇩🇪 a" + "\u0301" * 40,
    "[/x] [b]bold[/b] [red]",
    "[@click=app.quit]here[/]",
    "[link=http://evil.example]x[/link] $background %(x)s {0}",
    "a | b \\| c |",
    "`x` ``` y",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](http://evil.example/p.png) [y](http://evil.example)",
    "http://evil.example/ mei@evil.example #12",
    "line\nnext\r\nthird\ttab\0nul\x7f\x08",
    "# heading\n\n---\n- [ ] task",
    "\ud800 half \udfff",
    "=cmd|' /C calc'!A0",
    "x" * 100_000,
    "\x1b[31m" * 20_000,
    "",
    " ",
)
#: Columns whose texts the console reads to decide something.
_READ = frozenset({"AlertSeverity", "HighestSeverity", "RawEventName", "Column", "Role"})


class Hostile:
    """Changes answers so that every text in them is hostile."""

    def __init__(self) -> None:
        self._next = count()
        self._before: dict[str, str] = {}

    def text(self) -> str:
        # The number keeps rows apart that were apart before.
        number = next(self._next)
        return f"{number}{TEXTS[number % len(TEXTS)]}"

    def _cell(self, column: str, value: Any) -> Any:
        if isinstance(value, str):
            if column in _READ:
                return value
            text = self.text()
            self._before[text] = value
            return text
        if isinstance(value, list) and column != "Slots":
            return [*(self.text() for _ in value), *TEXTS[:3]]
        return value

    def meant(self, query: Query) -> Query:
        """The query with the texts that were there before."""
        texts = {
            name: self._before.get(value, value) if isinstance(value, str) else value
            for name, value in query.parameters.items()
        }
        return replace(query, parameters=texts)

    def __call__(self, answer: Answer) -> Answer:
        names = answer.names
        rows = tuple(
            tuple(self._cell(name, value) for name, value in zip(names, row, strict=True))
            for row in answer.rows[:25]
        )
        notices = tuple(
            Notice(kind, self.text()) for kind in (NoticeKind.SILENT, NoticeKind.REMARK)
        )
        return replace(answer, rows=rows, notices=notices, kql=f"{answer.kql}\n// {TEXTS[1]}")
