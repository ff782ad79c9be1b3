"""Where else a value occurs: in the events and alerts of every device of a hub, or of all hubs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

from .answers import Value
from .questions import Question

QUESTION = "pivot"


class Kind(StrEnum):
    """As what a value is looked for; always whole, never as a part of another."""

    ADDRESS = "address"
    USER = "user"
    EXECUTABLE = "executable"
    PORT = "port"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value, as what it is looked for, and the column it was found in."""

    value: str
    kind: Kind
    column: str = ""


_EXECUTABLES = frozenset({"Executable", "LoginHandler"})
#: Columns whose texts are looked for as they are; those of an alert's JSON are as well.
_TEXTS = frozenset({"UserId", "UserIds", "CommandLine", "ExecutionCommandLines", "AlertName"})
_JSON = frozenset({"ExtendedProperties", "Entities"})
#: Names of what is no finding in an alert's JSON.
_NO_VALUES = frozenset({"Type", "DeviceId", "DeviceName", "HostName", "ResourceId"})
_EXECUTING_USER = re.compile(r"Id:([^,]*), Name:(.*)", re.DOTALL)
_ID_ALONE = re.compile(r"\(id (.+)\)", re.DOTALL)
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]*")
#: A command line has a path between blanks, quotes or what a shell reads as a sign.
_SHELL = r"\s\x22\x27\x60;|&()<>="


def asked_for(question: Question, wanted: Wanted) -> Question:
    """``question`` with the value that it is to look for."""
    parameters = {
        "pivotValue": wanted.value,
        "pivotKind": str(wanted.kind),
        "pivotPattern": _pattern(wanted),
    }
    return replace(question, parameters={**question.parameters, **parameters})


def kind_of(value: str, column: str = "") -> Kind:
    """As what a value is looked for that stands in such a column."""
    name = column.lower()
    if column in _EXECUTABLES:
        return Kind.EXECUTABLE
    if name.startswith("account ") or ("user" in name and "id" not in name):
        return Kind.USER
    if "port" in name and value.isdecimal():
        return Kind.PORT
    if _address(value) is not None:
        return Kind.ADDRESS
    return Kind.EXECUTABLE if re.fullmatch(r"(/[^/\s]+)+", value) else Kind.TEXT


def values_in(question: Question, record: Mapping[str, Value]) -> list[Wanted]:
    """What a row holds that can be looked for, each once, in the order of the pane's columns."""
    first = [shown.column for shown in question.shown if shown.column in record]
    found: dict[tuple[str, Kind], Wanted] = {}
    for column in dict.fromkeys([*first, *question.keys, *record]):
        if column in _NO_VALUES:
            continue
        for name, text in _texts(column, record.get(column)):
            kind = kind_of(text, name)
            if kind is not Kind.TEXT or name in _TEXTS or column in _JSON:
                found.setdefault((text, kind), Wanted(text, kind, name))
    return list(found.values())


def _texts(column: str, value: Value) -> Iterator[tuple[str, str]]:
    """(column, text) of each text in a cell; lists and JSON are taken apart."""
    if isinstance(value, list):
        for member in value:
            yield from _texts(column, member)
    elif isinstance(value, dict):
        kind = value.get("Type")
        for name, member in value.items():
            if not name.startswith("$") and name not in _NO_VALUES:
                yield from _texts(f"{kind} {name}" if kind else name, member)
    elif isinstance(value, str) and value:
        if user := _EXECUTING_USER.fullmatch(value):
            yield ("UserName", user[2]) if user[2] else ("UserId", user[1])
        elif column == "UserName" and (alone := _ID_ALONE.fullmatch(value)):
            yield "UserId", alone[1]
        elif (ends := _WITH_PORT.fullmatch(value)) and _address(ends[1]) is not None:
            yield column, ends[1]
        elif value[:1] in ("{", "[") and (inside := _parsed(value)) is not None:
            yield from _texts(column, inside)
        else:
            yield column, value


def _parsed(text: str) -> list[Value] | dict[str, Value] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list | dict) else None


def _address(text: str) -> object | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _pattern(wanted: Wanted) -> str:
    """How the value stands by itself inside a longer text, as a regular expression."""
    text = "".join(
        char if char.isalnum() or not char.isascii() else f"\\x{ord(char):02x}"
        for char in wanted.value
    )
    if wanted.kind is Kind.ADDRESS:
        if isinstance(_address(wanted.value), IPv6Address):
            return rf"(^|[^0-9A-Za-z:.]){text}($|[^0-9A-Za-z:.]|[:.]($|[^0-9A-Za-z:.]))"
        return rf"(^|[^0-9A-Za-z.]){text}($|[^0-9A-Za-z.]|\.($|[^0-9A-Za-z]))"
    return rf"(^|[{_SHELL}]){text}($|[{_SHELL}])"
