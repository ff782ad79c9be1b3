"""Forms in which duckdb-kql writes what could be said in fewer words."""

from __future__ import annotations

from .sql_tree import Node, is_call, is_null, text_of


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
