"""A translated query without the guards that have nothing to do.

duckdb-kql guards every text and every comparison against NULL. A question is planned anew each time
that it is asked, and what stands for nothing is planned with it.
"""

from __future__ import annotations

from typing import Any

from .extracting import is_extract, is_taken
from .known_forms import not_blank
from .never_null import NOTHING, Known, Scope, asked_for, given_by, is_there, sources_of
from .sql_tree import Node, call, constant, is_call, is_null, text_of

_TRUTHS = ("where_clause", "having", "condition", "filter", "when_expr")


def plainer(tree: Node) -> None:
    """Takes them out of every statement of a tree, in place."""
    for statement in tree["statements"]:
        _Plainer().query(statement["node"], {})


class _Plainer:
    def __init__(self) -> None:
        #: The columns of each query that are never NULL, by the id of its node.
        self._given: dict[int, frozenset[str]] = {}

    def query(self, node: Node, scope: Scope) -> frozenset[str]:
        inside = dict(scope)
        for entry in node["cte_map"]["map"]:
            given = self.query(entry["value"]["query_node"], inside)
            inside[entry["key"]] = frozenset() if entry["value"]["aliases"] else given
        if node["type"] == "SELECT_NODE":
            found = self._select(node, inside)
        else:
            children = node.get("children") or [node.get("left"), node.get("right")]
            each = [self.query(child, inside) for child in children if child]
            is_by_name = node.get("setop_type") == "UNION_BY_NAME"
            found = frozenset.intersection(*each) if is_by_name and each else frozenset()
        self._given[id(node)] = found
        return found

    def _select(self, node: Node, scope: Scope) -> frozenset[str]:
        self._source(node["from_table"], scope)
        names = sources_of(node["from_table"], self._given, scope)
        node["where_clause"] = self._in(node["where_clause"], Known(names), scope, truth=True)
        is_grouped = bool(node["group_expressions"]) and len(node["group_sets"]) == 1
        known = Known(names | asked_for(node["where_clause"]), is_grouped)
        for part in ("select_list", "group_expressions"):
            node[part] = self._in(node[part], known, scope)
        for part in ("having", "qualify"):
            node[part] = self._in(node[part], NOTHING, scope, truth=True)
        node["modifiers"] = self._in(node["modifiers"], NOTHING, scope)
        return given_by(node, known)

    def _source(self, table: Node, scope: Scope) -> None:
        if table["type"] == "JOIN":
            for side in ("left", "right"):
                self._source(table[side], scope)
            both = sources_of(table | {"join_type": "INNER"}, self._given, scope)
            table["condition"] = self._in(table["condition"], Known(both), scope, truth=True)
        elif table["type"] == "SUBQUERY":
            self.query(table["subquery"]["node"], scope)
        elif table.get("function"):
            table["function"] = self._in(table["function"], NOTHING, scope)

    def _in(self, node: Any, known: Known, scope: Scope, *, truth: bool = False) -> Any:
        """``truth``: all that matters is whether it is true."""
        if isinstance(node, list):
            return [self._in(item, known, scope) for item in node]
        if not isinstance(node, dict):
            return node
        if node.get("type") in ("SELECT_NODE", "SET_OPERATION_NODE"):
            self.query(node, scope)
            return node
        if node.get("class") == "LAMBDA":
            # Its names are its own.
            return node | {"expr": self._in(node["expr"], NOTHING, scope)}
        inner = {k: self._in(v, known, scope, truth=k in _TRUTHS) for k, v in node.items()}
        made = _plain(inner, known)
        if truth:
            made = _where_true(made)
        return made | {"alias": node["alias"]} if "alias" in node else made


def _plain(node: Node, known: Known) -> Node:
    if node.get("type") == "OPERATOR_COALESCE":
        return _first_given(node, known)
    if node.get("class") == "CAST":
        return _cast_once(node)
    if is_call(node, "concat"):
        return _without_blanks(node)
    if is_call(node, "nullif"):
        return _without_the_blank(node)
    if is_call(node, "lower"):
        text = text_of(node["arguments"][0]["expression"])
        return constant("STRING", text.lower()) if text and text.isascii() else node
    return node


def _first_given(coalesce: Node, known: Known) -> Node:
    """COALESCE up to the first that cannot be NULL, and not one inside of another."""
    waiting, given = list(coalesce["children"]), []
    while waiting:
        child = waiting.pop(0)
        if child.get("type") == "OPERATOR_COALESCE":
            waiting = [*child["children"], *waiting]
        elif not is_null(child):
            given.append(child)
            if is_there(child, known):
                break
    kept: list[Node] = []
    for place, child in enumerate(given):
        text = not_blank(child) if child.get("class") == "CASE" else None
        rest = given[place + 1 :]
        # A text that is not blank, else the same text: blank, or not there.
        if text is None or (rest[:1] != [text] and (text_of(text) != "" or text not in rest)):
            kept.append(child)
    if not kept or len(kept) == len(coalesce["children"]):
        return coalesce
    return kept[0] if len(kept) == 1 else coalesce | {"children": kept}


def _cast_once(cast: Node) -> Node:
    child, kind = cast["child"], cast["type_expr"]["type_name"]
    if kind == "INTEGER" and child.get("class") == "CAST":
        number = child["child"].get("literal") or {}
        if child["type_expr"]["type_name"] == "BIGINT" and number.get("kind") == "INTEGER":
            return constant("INTEGER", number["text"])
    if cast["try_cast"] and kind != "VARCHAR" and (text := _text_or_blank(child)):
        # A blank is nothing but a text.
        return cast | {"child": text}
    return cast


def _without_blanks(concat: Node) -> Node:
    """What is put together has no place for NULL."""
    bare = [_literal(_unguarded(argument["expression"])) for argument in concat["arguments"]]
    return concat | {"arguments": call("", bare)["arguments"]}


def _without_the_blank(nullif: Node) -> Node:
    text, blank = (argument["expression"] for argument in nullif["arguments"])
    if text.get("class") == "CAST" and text["type_expr"]["type_name"] == "VARCHAR":
        text = text["child"]
    given = _text_or_blank(text)
    if given is None or text_of(blank) != "":
        return nullif
    return nullif | {"arguments": call("", [given, blank])["arguments"]}


def _where_true(node: Node) -> Node:
    """A condition of which all that matters is whether it is true."""
    kind = node.get("type", "")
    if kind.startswith("CONJUNCTION"):
        return node | {"children": [_where_true(child) for child in node["children"]]}
    if kind == "COMPARE_EQUAL" and text_of(node["right"]):
        return node | {"left": _unguarded(node["left"])}
    if kind == "COMPARE_NOTEQUAL" and text_of(node["right"]) == "":
        return node | {"left": _unguarded(node["left"])}
    if kind == "COMPARE_IN" and all(map(text_of, node["children"][1:])):
        return node | {"children": [_unguarded(node["children"][0]), *node["children"][1:]]}
    return node


def _unguarded(node: Node) -> Node:
    """x of: COALESCE(x, '')."""
    if node.get("type") == "OPERATOR_COALESCE" and len(node["children"]) == 2:
        value, otherwise = node["children"]
        if text_of(otherwise) == "":
            return dict(value)
    return node


def _text_or_blank(node: Node) -> Node | None:
    """x of: COALESCE(x, ''), where x is a text."""
    value = _unguarded(node)
    return value if value is not node and (is_taken(value) or is_extract(value)) else None


def _literal(node: Node) -> Node:
    """'x' of: CAST('x' AS VARCHAR)."""
    if node.get("class") == "CAST" and node["type_expr"]["type_name"] == "VARCHAR":
        return dict(node["child"]) if text_of(node["child"]) is not None else node
    return node
