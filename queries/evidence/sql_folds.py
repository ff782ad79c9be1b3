"""What can be cut from an expression once the types of its parts are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from .extracting import direct
from .known_forms import (
    collected,
    is_of_kind,
    joined_texts,
    let,
    not_blank,
    null_safe_search,
    only_one,
    searched,
    spread,
)
from .placing import costs_nothing
from .sql_tree import Node, call, cast, constant, is_call, is_null, nodes_in, text_of
from .sql_types import UNTYPED

#: Types whose values may be written as an empty text; of a bare NULL nothing is known.
_MAY_BE_BLANK = ("VARCHAR", "JSON", "BLOB", UNTYPED)
_COMPARED = {"COMPARE_EQUAL": True, "COMPARE_NOTEQUAL": False}
_DISTINCT = {
    "COMPARE_EQUAL": "COMPARE_NOT_DISTINCT_FROM",
    "COMPARE_NOTEQUAL": "COMPARE_DISTINCT_FROM",
}


def is_subquery(node: Node) -> bool:
    """Whether ``node`` holds a query of its own, as an expression or as a source."""
    return node.get("type") == "SUBQUERY"


def branches(case: Node) -> list[Node]:
    """What a CASE may result in, the last resort last."""
    return [*(check["then_expr"] for check in case["case_checks"]), case["else_expr"]]


class Fold:
    """Folds expressions; ``types`` holds the type's name of each part by its ``id``."""

    def __init__(self) -> None:
        self.types: dict[int, str] = {}
        #: What the names of lambdas stand for, where that is known.
        self._lets: dict[str, Node] = {}

    def settles(self, case: Node) -> bool:
        """Whether the type of a CASE follows from its branches; it is put down then."""
        kinds = {self.types.get(id(b)) for b in branches(case) if not is_null(b)}
        if len(kinds) != 1 or None in kinds:
            return False
        self.types[id(case)] = str(*kinds)
        return True

    def anywhere(self, node: Any, *, truth: bool = False) -> Any:
        """The same with everything below it folded.

        ``truth``: all that matters is whether it is true, so false and NULL are one.
        """
        if isinstance(node, list):
            return [self.anywhere(item) for item in node]
        if not isinstance(node, dict) or is_subquery(node):
            return node
        kind = node.get("class")
        if is_call(node, "typeof"):
            found = self.types.get(id(node["arguments"][0]["expression"]))
            result = node if found is None else _text(found)
        elif kind == "CASE":
            result = self._case(node, truth=truth)
            result = joined_texts(result, self.types) or result
            if result.get("class") == "CASE" and (array := spread(result)):
                result = self._as_list(array) or result
        elif kind == "CONJUNCTION":
            result = self._conjunction(node, truth=truth)
        elif kind == "COLUMN_REF":
            result = self._lets.get(node["column_names"][0], node) if self._lets else node
        elif node.get("type") == "ARRAY_EXTRACT" and (named := let(node)):
            result = self._let(node, *named)
        else:
            for key, value in node.items():
                if isinstance(value, dict | list):
                    node[key] = self.anywhere(value)
            result = direct(self._shorter(self._decided(node, truth=truth)))
        if result is not node and "alias" in node:
            result = result | {"alias": node["alias"]}
        return result

    def _shorter(self, node: Node) -> Node:
        """What says the same with less work."""
        if node.get("filter") and _decision(node["filter"]):
            return node | {"filter": None}
        if node.get("type") in _DISTINCT:
            one = only_one(node["left"], text_of(node["right"]))
            return is_of_kind(one | {"type": _DISTINCT[node["type"]]}) if one else node
        if node.get("type") == "OPERATOR_IS_NOT_NULL" and self._as_list(node["children"][0]):
            return _truth(True)
        if is_call(node, "json_type") and len(node["arguments"]) == 1:
            inner = node["arguments"][0]["expression"]
            if is_call(inner, "to_json"):
                value = inner["arguments"][0]["expression"]
                if self.types.get(id(value)) == "JSON":
                    return node | {"arguments": inner["arguments"]}
        elif node.get("type") == "OPERATOR_COALESCE" and len(node["children"]) == 2:
            return collected(node)
        elif is_call(node, "try_strptime"):
            first, *forms = node["arguments"]
            text = first["expression"]
            if text.get("class") == "CAST" and text["type_expr"]["type_name"] == "VARCHAR":
                # No form of a date is empty, and trying them all takes long.
                given = call("nullif", [text, _text("")])
                return node | {"arguments": [first | {"expression": given}, *forms]}
        elif is_call(node, "like_escape") and (parts := searched(node)):
            return call("contains", parts)
        return node

    def _decided(self, node: Node, *, truth: bool) -> Node:
        if node.get("class") == "COMPARISON" and node["type"] in _COMPARED:
            left, right = text_of(node["left"]), text_of(node["right"])
            if left is not None and right is not None:
                return _truth((left == right) is _COMPARED[node["type"]])
        elif is_call(node, "~~"):
            left, right = (text_of(argument["expression"]) for argument in node["arguments"])
            if left is not None and right is not None and "\\" not in right:
                return _truth(_like(left, right))
        elif node.get("type") == "COMPARE_IN":
            texts = [text_of(child) for child in node["children"]]
            if None not in texts:
                return _truth(texts[0] in texts[1:])
        elif node.get("type") == "OPERATOR_NOT":
            decided = _decision(node["children"][0])
            if decided is not None:
                return _truth(not decided)
        elif node.get("type") == "OPERATOR_COALESCE":
            children: list[Node] = list(
                {msgspec.json.encode(c): c for c in node["children"]}.values()
            )
            if truth and len(children) == 2 and _decision(children[1]) is False:
                node = self.anywhere(children[0], truth=True)
            elif len(children) == 1:
                node = children[0]
            else:
                node["children"] = children
        return node

    def _let(self, node: Node, call: Node, name: str, value: Node) -> Node:
        """``body`` with the value in place, of: list_transform([value], lambda name: body)[1]."""
        value = self.anywhere(value) | {"alias": ""}
        function = call["arguments"][1]["expression"]
        # A lambda inside might give its name another meaning.
        if costs_nothing(value) and name not in self._lets and not _holds_lambda(function["expr"]):
            self._lets[name] = value
            body: Node = self.anywhere(function["expr"])
            del self._lets[name]
            return body
        hidden = self._lets.pop(name, None)
        body = function["expr"] = self.anywhere(function["expr"])
        if hidden is not None:
            self._lets[name] = hidden
        # The lambdas of before may have been for other types.
        is_cheap = costs_nothing(value) or len(list(_named(body, name))) == 1
        if is_cheap and not _holds_lambda(body) and not _holds_lambda(value):
            made: Node = _with(body, name, value)
            return made
        listed = call["arguments"][0]["expression"]
        listed["arguments"][0]["expression"] = value
        return node

    def _conjunction(self, node: Node, *, truth: bool) -> Node:
        both = node["type"] == "CONJUNCTION_AND"
        children: list[Node] = []
        for child in node["children"]:
            result = self.anywhere(child, truth=truth)
            decided = _decision(result, truth=truth)
            if decided is None:
                children.append(result)
            elif decided is not both:
                return _truth(decided)
        if not children:
            return _truth(both)
        if len(children) == 1 and truth:
            return children[0]
        if len(children) == 1:
            # One that is no boolean would be made one by the conjunction.
            children.append(_truth(both))
        return node | {"children": children}

    def _as_list(self, array: Node) -> Node | None:
        """The same elements as a list, of a JSON array that is written as one; else None."""
        if is_call(array, "json_array"):
            elements = [argument["expression"] for argument in array["arguments"]]
            texts = [
                element["arguments"][0]["expression"]
                for element in elements
                if is_call(element, "to_json")
            ]
            # Of JSON inside of JSON the spaces go.
            if not texts or len(texts) < len(elements):
                return None
            if any(self.types.get(id(text)) != "VARCHAR" for text in texts):
                return None
            return call("list_value", elements)
        if array.get("class") == "CAST" and array["type_expr"]["type_name"] == "JSON":
            return call("list_value", []) if text_of(array["child"]) == "[]" else None
        if array.get("class") != "CASE":
            return None
        lists = [self._as_list(branch) for branch in branches(array)]
        if not all(lists) or not any(each["arguments"] for each in lists if each):
            return None
        checks = [
            {"when_expr": check["when_expr"], "then_expr": each}
            for check, each in zip(array["case_checks"], lists, strict=False)
        ]
        return array | {"case_checks": checks, "else_expr": lists[-1]}

    def _case(self, node: Node, *, truth: bool) -> Node:
        whole = self.types.get(id(node))
        if whole not in (None, *_MAY_BE_BLANK) and not_blank(node):
            # Only a text can be blank: anything else is there, or NULL.
            return dict(self.anywhere(node["case_checks"][0]["then_expr"]))
        given = [
            (self.anywhere(check["when_expr"], truth=True), check["then_expr"])
            for check in node["case_checks"]
        ]
        checks, last = [], node["else_expr"]
        for when, then in given:
            decided = _decision(when, truth=True)
            if decided:
                last = then
                break
            if decided is None:
                checks.append((when, then))
        kinds = [self.types.get(id(branch)) for branch in (*(then for _, then in checks), last)]
        cut = len(checks) < len(given)
        if cut and (None in kinds or (whole not in kinds and not _is_plain(whole))):
            # Its type could become another: it stays, with what is decided written inside.
            checks, last, cut = given, node["else_expr"], False
        done = [
            {"when_expr": when, "then_expr": self.anywhere(then, truth=truth)}
            for when, then in checks
        ]
        last = self.anywhere(last, truth=truth)
        if not done:
            return last if kinds == [whole] else cast(last, whole)
        result = node | {"case_checks": done, "else_expr": last}
        if search := null_safe_search(result):
            return search
        if truth and (equal := _null_safe(result)):
            return equal
        # Of several branches one with the type of the whole keeps it what it was.
        return cast(result, whole) if cut and whole not in kinds else result


def _null_safe(case: Node) -> Node | None:
    """``a = b`` of: CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE a = b END, where true or not.

    Where both are NULL, so is the comparison; it may compare lower(a) with lower(b).
    """
    check, equal = case["case_checks"][0], case["else_expr"]
    if len(case["case_checks"]) > 1 or not is_null(check["then_expr"]):
        return None
    when = check["when_expr"]
    if when.get("type") != "CONJUNCTION_AND" or equal.get("type") != "COMPARE_EQUAL":
        return None
    tested = [c["children"][0] for c in when["children"] if c["type"] == "OPERATOR_IS_NULL"]
    sides = [_unlowered(equal[side]) for side in ("left", "right")]
    if len(tested) == len(when["children"]) and tested == sides:
        return dict(equal)
    return None


def _unlowered(node: Node) -> Node:
    return node["arguments"][0]["expression"] if is_call(node, "lower") else node


def _named(node: Node, name: str) -> Iterator[Node]:
    """Where a column of that name is asked for."""
    for part in nodes_in(node):
        if part.get("class") == "COLUMN_REF" and part["column_names"] == [name]:
            yield part


def _with(node: Any, name: str, value: Node) -> Any:
    """The same with a value in the place of a column."""
    if isinstance(node, list):
        return [_with(item, name, value) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("class") == "COLUMN_REF" and node["column_names"] == [name]:
        return value | {"alias": node["alias"]}
    return {key: _with(item, name, value) for key, item in node.items()}


def _holds_lambda(node: Node) -> bool:
    return any(part.get("class") in ("LAMBDA", "SUBQUERY") for part in nodes_in(node))


def _text(text: str) -> Node:
    return constant("STRING", text)


def _truth(value: bool) -> Node:
    return constant("BOOLEAN", "true" if value else "false")


def _decision(node: Node, *, truth: bool = False) -> bool | None:
    """What a constant says; None for what is none."""
    literal = node.get("literal") or {}
    if literal.get("kind") == "BOOLEAN":
        return bool(literal["text"] == "true")
    return False if truth and is_null(node) else None


def _like(text: str, pattern: str) -> bool:
    wild = {"%": ".*", "_": "."}
    expression = "".join(wild.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _is_plain(kind: str | None) -> bool:
    """Whether a type is one word, that a cast can be written to."""
    return kind is not None and kind.isalpha()
