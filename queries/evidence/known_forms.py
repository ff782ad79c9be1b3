"""Forms in which duckdb-kql writes what could be said in fewer words."""

from __future__ import annotations

from collections.abc import Mapping

from .sql_tree import Node, call, cast, compared, constant, is_call, is_null, text_of

_BEGINS = {"OBJECT": r"^[ \t\r\n]*\{", "ARRAY": r"^[ \t\r\n]*\["}
_SEARCHES = ("contains", "starts_with", "ends_with", "regexp_matches")


def spread(case: Node) -> Node | None:
    """x of: CASE WHEN json_type(TRY_CAST(x AS JSON)) = 'ARRAY' THEN CAST(to_json(x) AS JSON[])
    ELSE list_value(to_json(x)) END."""
    when, then = case["case_checks"][0]["when_expr"], case["case_checks"][0]["then_expr"]
    last = case["else_expr"]
    if len(case["case_checks"]) > 1 or not is_call(last, "list_value"):
        return None
    if when.get("type") != "COMPARE_EQUAL" or text_of(when["right"]) != "ARRAY":
        return None
    if not is_call(when["left"], "json_type") or then.get("class") != "CAST":
        return None
    asked = when["left"]["arguments"][0]["expression"]
    asked = asked["child"] if asked.get("class") == "CAST" else asked
    json = then["child"]
    if not is_call(json, "to_json") or [a["expression"] for a in last["arguments"]] != [json]:
        return None
    array = json["arguments"][0]["expression"]
    return dict(array) if asked == array else None


def searched(like: Node) -> list[Node] | None:
    """(x, y) of: x LIKE '%' || y, with what would be wild in it escaped, || '%'."""
    text, pattern, escape = (argument["expression"] for argument in like["arguments"])
    if text_of(escape) != "\\":
        return None
    for place in (1, 0):
        if not is_call(pattern, "||") or text_of(_argument(pattern, place)) != "%":
            return None
        pattern = _argument(pattern, 1 - place)
    for wild in ("_", "%", "\\"):
        escaped = [text_of(_argument(pattern, at)) for at in (1, 2)] if _replaces(pattern) else []
        if escaped != [wild, "\\" + wild]:
            return None
        pattern = _argument(pattern, 0)
    return [text, pattern]


def _replaces(node: Node) -> bool:
    return is_call(node, "replace") and len(node["arguments"]) == 3


def _argument(node: Node, place: int) -> Node:
    argument: Node = node["arguments"][place]["expression"]
    return argument


def null_safe_search(case: Node) -> Node | None:
    """f(x, y) of: CASE WHEN x IS NULL AND y IS NULL THEN NULL ELSE f(x, y) END.

    Without one of the two, what searches a text gives NULL as well.
    """
    found = case["else_expr"]
    if len(case["case_checks"]) > 1 or not is_null(case["case_checks"][0]["then_expr"]):
        return None
    if found.get("function_name") not in _SEARCHES or len(found["arguments"]) != 2:
        return None
    when = case["case_checks"][0]["when_expr"]
    if when.get("type") != "CONJUNCTION_AND":
        return None
    tests = [test for test in when["children"] if test.get("type") == "OPERATOR_IS_NULL"]
    searched_for = [argument["expression"] for argument in found["arguments"]]
    both = [test["children"][0] for test in tests] == searched_for
    return dict(found) if both and len(tests) == len(when["children"]) else None


def only_one(named: Node, name: str | None) -> Node | None:
    """``x`` against the one value that has the name, of what gives each value of x a name."""
    otherwise = None
    if named.get("type") == "OPERATOR_COALESCE" and len(named["children"]) == 2:
        named, other = named["children"]
        otherwise = text_of(other)
    if named.get("class") != "CASE" or not is_null(named["else_expr"]):
        return None
    if name is None or otherwise in (None, name):
        return None
    found, known = [], set()
    asked = named["case_checks"][0]["when_expr"].get("left")
    for check in named["case_checks"]:
        when, told = check["when_expr"], text_of(check["then_expr"])
        if when.get("type") != "COMPARE_EQUAL" or when["left"] != asked or told is None:
            return None
        value = text_of(when["right"])
        if value is None or value in known:
            return None
        known.add(value)
        if told == name:
            found.append(when)
    return dict(found[0]) if len(found) == 1 else None


def is_of_kind(asked: Node) -> Node:
    """Of whether a JSON value is an OBJECT, or an ARRAY: how its text begins, known sooner."""
    begins = _BEGINS.get(text_of(asked["right"]) or "")
    if not begins or not is_call(asked["left"], "json_type") or len(asked["left"]["arguments"]) > 1:
        return asked
    text = cast(_argument(asked["left"], 0), "VARCHAR")
    found = call("regexp_matches", [text, constant("STRING", begins)])
    return asked | {"left": found, "right": constant("BOOLEAN", "true")}


def let(node: Node) -> tuple[Node, str, Node] | None:
    """(call, name, value) of: list_transform([value], lambda name: body)[1]; None of another."""
    call, place = node["children"]
    if not is_call(call, "list_transform") or place.get("literal", {}).get("text") != "1":
        return None
    source, function = (argument["expression"] for argument in call["arguments"])
    if not is_call(source, "list_value") or len(source["arguments"]) != 1:
        return None
    name = function.get("lhs", {})
    if name.get("class") != "COLUMN_REF" or len(name["column_names"]) != 1:
        return None
    return call, name["column_names"][0], source["arguments"][0]["expression"]


def collected(coalesce: Node) -> Node:
    """Of distinct values, each put in a list of its own first or left out: of the values."""
    distinct, *nothing = coalesce["children"]
    lists = _only_argument(_only_argument(distinct, "list_distinct"), "flatten")
    each = _only_argument(lists, "list")
    if lists is None or each is None or not all(map(_is_empty_list, nothing)):
        return coalesce
    if lists["filter"] or lists["distinct"] or lists["order_bys"]["orders"]:
        return coalesce
    wanted = None
    if each.get("class") == "CASE" and len(each["case_checks"]) == 1:
        when, then = each["case_checks"][0]["when_expr"], each["case_checks"][0]["then_expr"]
        if _is_empty_list(then):
            true = constant("BOOLEAN", "true")
            each, wanted = each["else_expr"], compared("COMPARE_DISTINCT_FROM", when, true)
        elif _is_empty_list(each["else_expr"]):
            each, wanted = then, when
    value = _only_argument(each, "list_value")
    if value is None:
        return coalesce
    listed = lists | {"arguments": call("", [value])["arguments"], "filter": wanted}
    return coalesce | {"children": [call("list_distinct", [listed]), *nothing]}


def joined_texts(case: Node, types: Mapping[int, str]) -> Node | None:
    """Of what puts the elements of an array together, with one array that is a list of texts."""
    if case.get("class") != "CASE" or len(case["case_checks"]) > 1:
        return None
    when, then = case["case_checks"][0]["when_expr"], case["case_checks"][0]["then_expr"]
    if when.get("type") != "COMPARE_EQUAL" or text_of(when["right"]) != "ARRAY":
        return None
    if not is_call(then, "array_to_string"):
        return None
    listed = _only_argument(_only_argument(when["left"], "json_type"), "to_json")
    if listed is None or types.get(id(listed)) != "VARCHAR[]":
        return None
    elements, between = (argument["expression"] for argument in then["arguments"])
    if not is_call(elements, "list_transform"):
        return None
    made, function = (argument["expression"] for argument in elements["arguments"])
    if made.get("class") != "CAST" or made["child"] != when["left"]["arguments"][0]["expression"]:
        return None
    shown: Node = function["expr"]
    text = shown["children"][0] if shown.get("type") == "OPERATOR_COALESCE" else {}
    if not is_call(text, "->>") or _argument(text, 0) != function["lhs"]:
        return None
    shown = shown | {"children": [function["lhs"], *shown["children"][1:]]}
    joined = call("list_transform", [listed, function | {"expr": shown}])
    whole = call("array_to_string", [joined, between])
    return shown | {"children": [whole, constant("STRING", "")]}


def _only_argument(node: Node | None, function: str) -> Node | None:
    """x of: function(x)."""
    if node is None or not is_call(node, function) or len(node["arguments"]) != 1:
        return None
    return _argument(node, 0)


def _is_empty_list(node: Node) -> bool:
    return is_call(node, "list_value") and not node["arguments"]


def not_blank(case: Node) -> Node | None:
    """x of: CASE WHEN CAST(x AS VARCHAR) <> '' THEN x END, as coalesce() is translated."""
    check = case["case_checks"][0]
    when, then = check["when_expr"], check["then_expr"]
    if len(case["case_checks"]) > 1 or not is_null(case["else_expr"]):
        return None
    if when.get("type") != "COMPARE_NOTEQUAL" or text_of(when["right"]) != "":
        return None
    cast = when["left"]
    if cast.get("class") != "CAST" or cast["type_expr"]["type_name"] != "VARCHAR":
        return None
    return dict(then) if cast["child"] == then else None


def is_empty(query: Node) -> bool:
    """Whether a query never has a row: SELECT CAST(NULL AS ...) AS x, ... WHERE false."""
    while query["type"] == "SELECT_NODE" and not query["modifiers"] and not query["cte_map"]["map"]:
        where = (query["where_clause"] or {}).get("literal") or {}
        if where.get("kind") == "BOOLEAN" and where["text"] == "false":
            # What is counted is there though nothing is.
            return all(
                item.get("class") == "CAST" and is_null(item["child"])
                for item in query["select_list"]
            )
        if query["from_table"]["type"] != "SUBQUERY" or query["group_sets"]:
            return False
        if any(item.get("class") != "STAR" for item in query["select_list"]):
            return False
        query = query["from_table"]["subquery"]["node"]
    return False
