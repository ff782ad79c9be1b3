"""Faults of an answer's content: it arrives, and is not what was promised."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .bad_replies import body
from .errors import partial_error
from .exchange import Exchange
from .script import Fault
from .wire import Reply

Content = dict[str, Any]
_ODD = (True, 12.5, "not what was promised", ["a", "list"], {"an": "object"}, -1)


def changed(name: str, change: Callable[[Content, Exchange], object]) -> Fault:
    """A fault that changes the true answer's JSON; errors are let through."""

    async def play(exchange: Exchange) -> None:
        reply = await exchange.answer()
        if reply.status == 200:
            content = json.loads(reply.body)
            change(content, exchange)
            # Half a surrogate pair goes out as an escape, which is JSON all the same.
            reply = Reply(200, json.dumps(content).encode(), reply.headers)
        await exchange.send(reply)

    return Fault(name, play)


def not_json(text: str = "okay") -> Fault:
    return body(text.encode(), "not JSON")


def json_array() -> Fault:
    return body(b'[{"tables":[]}]', "JSON array")


def json_scalar() -> Fault:
    return body(b'"tables"', "JSON scalar")


def bad_gzip() -> Fault:
    return body(b"\x1f\x8b\x08\x00 no gzip at all", "bad gzip", Content_Encoding="gzip")


def bad_utf8() -> Fault:
    return body(b'{"tables":[{"name":"\xff\xfe","columns":[],"rows":[]}]}', "bad UTF-8")


def deep_nesting(depth: int = 100_000) -> Fault:
    return body(b"[" * depth, "deep nesting")


def wrong_types(column: str) -> Fault:
    """The cells of a column hold values of other types, a different one in every row."""

    def change(content: Content, _: Exchange) -> None:
        (table,) = content["tables"]
        place = [entry["name"] for entry in table["columns"]].index(column)
        for number, row in enumerate(table["rows"]):
            row[place] = _ODD[number % len(_ODD)]

    return changed(f"wrong types in {column}", change)


def ragged_rows(longer: bool = False) -> Fault:
    """The last row has a cell too few, or one too many."""

    def change(content: Content, _: Exchange) -> None:
        row = content["tables"][0]["rows"][-1]
        if longer:
            row.append("one more")
        else:
            row.pop()

    return changed("long row" if longer else "short row", change)


def more_rows_than_announced(extra: int = 10) -> Fault:
    """More rows than the cap allows, and no word about it."""

    def change(content: Content, exchange: Exchange) -> None:
        content.pop("error", None)
        table = content["tables"][0]
        row = (table["rows"] or [[None] * len(table["columns"])])[-1]
        table["rows"] += [row] * (exchange.row_cap + extra - len(table["rows"]))

    return changed("more rows than announced", change)


def missing_columns() -> Fault:
    return changed("no columns", lambda content, _: content["tables"][0].pop("columns"))


def missing_rows() -> Fault:
    return changed("no rows", lambda content, _: content["tables"][0].pop("rows"))


def missing_tables() -> Fault:
    return changed("no tables", lambda content, _: content.pop("tables"))


def no_table() -> Fault:
    """An empty list of tables."""
    return changed("empty tables", lambda content, _: content["tables"].clear())


def two_tables() -> Fault:
    """A second table beside the first, with other columns."""
    other = {"name": "Second", "columns": [{"name": "X", "type": "string"}], "rows": [["x"]]}
    return changed("two tables", lambda content, _: content["tables"].append(other))


def partial(message: str = "The query ran out of memory (E_LOW_MEMORY_CONDITION).") -> Fault:
    """Half of the rows and an error beside them."""

    def change(content: Content, _: Exchange) -> None:
        rows = content["tables"][0]["rows"]
        del rows[len(rows) // 2 :]
        content["error"] = partial_error("-2133196801", message)

    return changed("partial", change)


def partial_without_data(message: str = "A shard of the data did not answer.") -> Fault:
    """An error in a 200, and nothing else."""

    def change(content: Content, _: Exchange) -> None:
        content.clear()
        content["error"] = partial_error("-2133196790", message)

    return changed("partial without data", change)


def nulls_everywhere() -> Fault:
    def change(content: Content, _: Exchange) -> None:
        for table in content["tables"]:
            table["rows"] = [[None] * len(row) for row in table["rows"]]

    return changed("nulls everywhere", change)


def duplicate_columns() -> Fault:
    """The last column is called like the first."""

    def change(content: Content, _: Exchange) -> None:
        columns = content["tables"][0]["columns"]
        columns[-1]["name"] = columns[0]["name"]

    return changed("duplicate columns", change)


def unknown_type() -> Fault:
    """The first column is of a type that nobody knows."""

    def change(content: Content, _: Exchange) -> None:
        content["tables"][0]["columns"][0]["type"] = "quaternion"

    return changed("unknown type", change)


def lone_surrogate() -> Fault:
    """Half a surrogate pair in the first text of every row."""

    def change(content: Content, _: Exchange) -> None:
        table = content["tables"][0]
        kinds = [column["type"] for column in table["columns"]]
        for row in table["rows"]:
            row[kinds.index("string")] = "half \ud83d of a pair"

    return changed("lone surrogate", change)


def bare_nan() -> Fault:
    """Numbers that JSON has no word for, written all the same: NaN, Infinity, -Infinity."""

    def change(content: Content, _: Exchange) -> None:
        numbers = [float("nan"), float("inf"), float("-inf")]
        for row in content["tables"][0]["rows"]:
            for place, cell in enumerate(row):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    row[place] = numbers[place % 3]

    return changed("bare NaN", change)
