"""What of a query is shown never to be NULL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .pruning import name_of
from .sql_tree import Node, is_null

#: Functions that give NULL only where they are given it.
_STRICT = (
    *("lower", "upper", "trim", "ltrim", "rtrim", "contains", "starts_with", "ends_with", "||"),
    *("regexp_matches", "regexp_extract", "regexp_replace", "str_split", "~~", "to_json"),
)
#: Those that give it never.
_TOTAL = ("concat", "count_star", "json_array", "list_value", "struct_pack")
#: Those that give it of no rows, or of nothing but NULL.
_OF_ROWS = ("any_value", "arg_max", "arg_min", "max", "min", "sum")
_ORDERED = (
    *("COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_LESSTHAN", "COMPARE_GREATERTHAN"),
    *("COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO"),
)
_LISTED = ("COMPARE_IN", "COMPARE_NOT_IN", "CONJUNCTION_AND", "CONJUNCTION_OR", "OPERATOR_NOT")
_SURE = (
    *("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"),
    *("COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"),
)

#: Columns, each as it is named: (column,) or (source, column).
Names = frozenset[tuple[str, ...]]
#: The columns that are never NULL, of each common table expression in sight.
Scope = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known where an expression stands.

    Attributes:
        names: columns that are never NULL there.
        grouped: what is taken of several rows is taken of one at least.
    """

    names: Names = frozenset()
    grouped: bool = False


NOTHING = Known()


def is_there(node: Node | None, known: Known) -> bool:
    """Whether a value is shown not to be NULL."""
    if node is None:
        return False

    def there(part: Node | None) -> bool:
        return is_there(part, known)

    kind = node.get("type", "")
    if node.get("class") == "CONSTANT":
        return not is_null(node)
    if node.get("class") == "COLUMN_REF":
        return tuple(node["column_names"]) in known.names
    if node.get("class") == "CAST":
        return not node["try_cast"] and there(node["child"])
    if node.get("class") == "CASE":
        return there(node["else_expr"]) and all(
            there(check["then_expr"]) for check in node["case_checks"]
        )
    if node.get("class") == "FUNCTION":
        given = all(there(argument["expression"]) for argument in node["arguments"])
        name = node["function_name"]
        if name in _OF_ROWS:
            return known.grouped and given and not node["filter"]
        return name in _TOTAL or (name in _STRICT and given)
    if kind == "OPERATOR_COALESCE":
        return any(map(there, node["children"]))
    if kind in _ORDERED:
        return there(node["left"]) and there(node["right"])
    return kind in _SURE or (kind in _LISTED and all(map(there, node["children"])))


def sources_of(table: Node, own: Mapping[int, frozenset[str]], scope: Scope) -> Names:
    """The columns that a FROM brings and that are never NULL.

    Args:
        own: of each query inside, by the id of its node, the columns that are not.
    """
    found = [(alias, column) for alias, names in _each(table, own, scope) for column in names]
    both = frozenset(found)
    # Where there are several, a name alone may be that of any.
    return both if table["type"] == "JOIN" else both | {(column,) for _, column in found}


def _each(
    table: Node, own: Mapping[int, frozenset[str]], scope: Scope
) -> Iterator[tuple[str, frozenset[str]]]:
    if table["type"] == "JOIN":
        kind = table["join_type"] if table["ref_type"] in ("REGULAR", "CROSS") else ""
        if kind in ("INNER", "LEFT", "SEMI", "ANTI"):
            yield from _each(table["left"], own, scope)
        if kind in ("INNER", "RIGHT"):
            yield from _each(table["right"], own, scope)
    elif table.get("column_name_alias"):
        return
    elif table["type"] == "SUBQUERY":
        yield table["alias"], own.get(id(table["subquery"]["node"]), frozenset())
    elif table["type"] == "BASE_TABLE" and not table["schema_name"]:
        yield table["alias"] or table["table_name"], scope.get(table["table_name"], frozenset())


def asked_for(where: Node | None) -> Names:
    """The columns that a condition lets through with a value alone."""
    if where is None:
        return frozenset()
    if where.get("type") == "CONJUNCTION_AND":
        return frozenset().union(*map(asked_for, where["children"]))
    if where.get("type") in _ORDERED:
        asked = [where["left"], where["right"]]
    elif where.get("type") in ("COMPARE_IN", "OPERATOR_IS_NOT_NULL"):
        asked = where["children"][:1]
    else:
        return frozenset()
    return frozenset(tuple(a["column_names"]) for a in asked if a.get("class") == "COLUMN_REF")


def given_by(select: Node, known: Known) -> frozenset[str]:
    """The columns of a query's rows that are never NULL."""
    found: set[str] = set()
    for item in select["select_list"]:
        if item.get("class") != "STAR":
            if is_there(item, known) and (name := name_of(item)):
                found.add(name)
        elif not item["replace_list"] and not item["rename_list"] and not item["relation_name"]:
            found |= {name[0] for name in known.names if len(name) == 1} - set(item["exclude_list"])
    return frozenset(found)
