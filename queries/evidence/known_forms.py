"""Forms in which duckdb-kql writes what could be said in fewer words."""

from __future__ import annotations

from .sql_tree import Node, is_call, is_null, text_of

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
    return dict(node["arguments"][place]["expression"])


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
