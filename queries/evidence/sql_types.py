"""What type each part of a query has, asked of DuckDB over tables without rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import duckdb
import msgspec

from .sql_tree import Node, null, written
from .tables import SQL_TYPES, TABLES

#: The table that stands for each name in sight.
Scope = Mapping[str, str]
_Columns = Sequence[tuple[str, str]]

#: What DuckDB calls the type of a bare NULL.
UNTYPED = '"NULL"'


class Types:
    """Names of types as ``typeof`` gives them; of what cannot be asked there is none (None)."""

    #: Questions share most of their text: each is asked once in a process.
    _known: ClassVar[dict[bytes, _Columns | None]] = {}

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._to_make: dict[str, _Columns] = {
            table: [(name, SQL_TYPES[kind]) for name, kind in columns.items()]
            for table, columns in TABLES.items()
        }
        self._made: set[str] = set()

    def of(self, select: Node, scope: Scope, expressions: Sequence[Node]) -> list[str | None]:
        """The type of each expression over the sources of ``select``."""
        if not expressions:
            return []
        described = self._described(_over(select, expressions), scope)
        if described is not None:
            return [kind for _, kind in described]
        if len(expressions) == 1:
            return [None]
        half = len(expressions) // 2
        # One that cannot stand alone (an aggregate beside a column) must not hide the others.
        return [
            *self.of(select, scope, expressions[:half]),
            *self.of(select, scope, expressions[half:]),
        ]

    def stand_in(self, query: Node, scope: Scope) -> str | None:
        """The name of a view without meaning that has the columns and types of ``query``."""
        columns = self.columns(query, scope)
        if columns is None:
            return None
        # The same columns, the same name: so the same text is asked again.
        name = "like " + hashlib.sha256(repr(columns).encode()).hexdigest()[:16]
        self._to_make[name] = columns
        return name

    def columns(self, query: Node, scope: Scope) -> _Columns | None:
        """(name, type) of each column of a query."""
        return self._described(query, scope)

    def _described(self, query: Node, scope: Scope) -> _Columns | None:
        node = _seen_from(query, scope)
        key = msgspec.json.encode(node)
        if key not in self._known:
            self._known[key] = self._ask(node)
        return self._known[key]

    def _ask(self, node: Node) -> _Columns | None:
        for name in [*self._to_make.keys() - self._made]:
            self._make(name, self._to_make[name])
        tree = {"error": False, "statements": [{"node": node, "named_param_map": []}]}
        try:
            text = written(self._connection, tree)
            rows = self._connection.execute(f"DESCRIBE {text}").fetchall()
        except duckdb.Error:
            return None
        return [(str(row[0]), str(row[1])) for row in rows]

    def _make(self, name: str, columns: _Columns) -> None:
        # A view, for a table cannot have a column that is NULL and nothing else.
        cells = ", ".join(
            f"{'NULL' if kind == UNTYPED else f'CAST(NULL AS {kind})'} AS {_quoted(column)}"
            for column, kind in columns
        )
        self._connection.execute(f"CREATE TEMP VIEW {_quoted(name)} AS SELECT {cells}")
        self._made.add(name)


def _over(select: Node, expressions: Sequence[Node]) -> Node:
    listed = [expression | {"alias": f"e{at}"} for at, expression in enumerate(expressions)]
    bare = {"where_clause": None, "having": None, "qualify": None, "sample": None}
    return (
        select
        | bare
        | {"select_list": listed, "modifiers": [], "group_expressions": [], "group_sets": []}
    )


def _seen_from(node: Any, scope: Scope) -> Any:
    """A copy in which every name in sight is its stand-in and every parameter is NULL."""
    if isinstance(node, list):
        return [_seen_from(item, scope) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("class") == "PARAMETER":
        return null() | {"alias": node["alias"]}
    if node.get("type") == "BASE_TABLE" and node["table_name"] in scope:
        name = scope[node["table_name"]]
        return node | {
            "table_name": name,
            "qualified_name": {"path": [name]},
            "alias": node["alias"] or node["table_name"],
        }
    if inner := node.get("cte_map", {}).get("map"):
        own = {entry["key"] for entry in inner}
        scope = {name: table for name, table in scope.items() if name not in own}
    return {key: _seen_from(value, scope) for key, value in node.items()}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
