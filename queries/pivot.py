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


_KINDS = {
    "UserName": Kind.USER,
    "Executable": Kind.EXECUTABLE,
    "LoginHandler": Kind.EXECUTABLE,
    "LocalPort": Kind.PORT,
    "RemotePort": Kind.PORT,
}
_EXECUTING_USER = re.compile(r"Id:([^,]*), Name:(.*)", re.DOTALL)
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
    if column in _KINDS:
        return _KINDS[column]
    if _address(value) is not None:
        return Kind.ADDRESS
    return Kind.EXECUTABLE if re.fullmatch(r"(/[^/\s]+)+", value) else Kind.TEXT


def values_in(question: Question, record: Mapping[str, Value]) -> list[Wanted]:
    """All values of a row that can be looked for, each once, in the order of the pane's columns."""
    first = [shown.column for shown in question.shown if shown.column in record]
    columns = dict.fromkeys([*first, *question.keys, *record])
    found = (
        Wanted(text, kind_of(text, name), name)
        for column in columns
        for name, text in _texts(column, record.get(column))
        if text
    )
    return list({(wanted.value, wanted.kind): wanted for wanted in reversed([*found])}.values())[
        ::-1
    ]


def _texts(column: str, value: Value) -> Iterator[tuple[str, str]]:
    """(column, text) of each text in a cell; lists and JSON are taken apart."""
    if isinstance(value, list):
        for member in value:
            yield from _texts(column, member)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(str(name), member)
    elif isinstance(value, str):
        if user := _EXECUTING_USER.fullmatch(value):
            yield ("UserName", user[2]) if user[2] else ("UserId", user[1])
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
