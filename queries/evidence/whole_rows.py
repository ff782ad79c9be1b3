"""Columns of one row of each group, taken from it at once.

Kusto's arg_max(x, *) is translated to one aggregate for each column, and each of them looks for the
same row again.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .pruning import name_of
from .sql_tree import Node, call, constant, is_call, text_of

#: The end of a name that no column of the query has.
_ROW = " row"


def take_whole_rows(node: Any) -> None:
    """In every query inside, the columns of the row with the greatest value come out of it."""
    if isinstance(node, list):
        for item in node:
            take_whole_rows(item)
    elif isinstance(node, dict):
        for value in node.values():
            take_whole_rows(value)
        if node.get("type") == "SELECT_NODE":
            _take(node)


def _take(select: Node) -> None:
    names = [name_of(item) for item in select["select_list"]]
    if select["modifiers"] or len({*names, ""}) <= len(names) or any(_ROW in n for n in names):
        return
    if any(select[key] for key in ("having", "qualify", "sample")):
        return
    #: By what the row is found, the columns that are wanted of it.
    wanted: dict[bytes, list[Node]] = {}
    for item in select["select_list"]:
        if order := _order_of(item):
            wanted.setdefault(msgspec.json.encode(order), []).append(item)
    if max(map(len, wanted.values()), default=0) < 2:
        return
    outer = {
        id(item): _column(name) for item, name in zip(select["select_list"], names, strict=True)
    }
    listed = [item for item in select["select_list"] if not _order_of(item)]
    for number, items in enumerate(wanted.values()):
        whole = call("struct_pack", [_value_of(item) | {"alias": ""} for item in items])
        for place, argument in enumerate(whole["arguments"]):
            argument["name"] = f"v{place}"
        extract = items[0]
        greatest = extract["children"][0]["children"][0]
        arguments = [whole, greatest["arguments"][1]["expression"]]
        found = [call("arg_max", arguments), call("any_value", [whole])]
        name = f"{number}{_ROW}"
        listed.append(extract["children"][0] | {"children": found, "alias": name})
        for place, item in enumerate(items):
            children = [_column(name), constant("STRING", f"v{place}")]
            outer[id(item)] = item | {"children": children, "alias": name_of(item)}
    inner = select | {"select_list": listed, "cte_map": {"map": []}}
    bare: Node = {"where_clause": None, "group_expressions": [], "group_sets": []}
    made = [outer[id(item)] for item in select["select_list"]]
    select.update(bare | {"select_list": made})
    select["from_table"] = {
        "type": "SUBQUERY",
        "alias": "",
        "sample": None,
        "subquery": {"node": inner, "named_param_map": []},
        "column_name_alias": [],
    }


def _order_of(item: Node) -> Node | None:
    """t of: COALESCE(arg_max(struct_pack(v := x), t), any_value(struct_pack(v := x)))['v']."""
    if item.get("type") != "ARRAY_EXTRACT" or text_of(item["children"][1]) != "v":
        return None
    either = item["children"][0]
    if either.get("type") != "OPERATOR_COALESCE" or len(either["children"]) != 2:
        return None
    greatest, some = either["children"]
    if not is_call(greatest, "arg_max") or not is_call(some, "any_value"):
        return None
    if any(
        each["filter"] or each["distinct"] or each["order_bys"]["orders"]
        for each in (greatest, some)
    ):
        return None
    if len(greatest["arguments"]) != 2 or len(some["arguments"]) != 1:
        return None
    one, other = (each["arguments"][0]["expression"] for each in (greatest, some))
    if one != other or not is_call(one, "struct_pack"):
        return None
    if [argument["name"] for argument in one["arguments"]] != ["v"]:
        return None
    return dict(greatest["arguments"][1]["expression"])


def _value_of(item: Node) -> Node:
    greatest = item["children"][0]["children"][0]
    packed = greatest["arguments"][0]["expression"]
    return dict(packed["arguments"][0]["expression"])


def _column(name: str) -> Node:
    return {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": [name]}
