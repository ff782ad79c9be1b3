"""What an alert names that may stand in other rows: addresses, users, ports, command lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal

from .answers import Value
from .entities import LONGEST, Graph

Kind = Literal["address", "port", "user", "command", "executable", "word"]
#: Values of one alert that are looked at, and words of one command line.
MOST = 60
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_PORT = re.compile(r"(?<=[\s:/=])\d{2,5}(?![\w.])", re.ASCII)
_KEYS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("command", re.compile(r"command ?lines?$", re.IGNORECASE)),
    ("user", re.compile(r"(user|account) ?names?$|^users?$", re.IGNORECASE)),
    ("port", re.compile(r"(\bp|P)orts?$")),
    ("address", re.compile(r"address(es)?$|\bips?$", re.IGNORECASE)),
    (
        "executable",
        re.compile(r"executables?$|(process|file|image) ?(name|path)s?$|shell$", re.IGNORECASE),
    ),
)
_OF_ENTITIES: Mapping[str, Kind] = {
    "ip": "address",
    "account": "user",
    "file": "executable",
}


@dataclass(frozen=True, slots=True)
class AlertValue:
    """Something that the alert names, and where it does: a property, or the kind of an entity."""

    kind: Kind
    text: str
    where: str


def values_of(record: Mapping[str, Value], graph: Graph) -> tuple[AlertValue, ...]:
    """In the order of the alert, each once; what stands in a command line comes last."""
    found: dict[tuple[Kind, str], AlertValue] = {}

    def keep(kind: Kind, text: str, where: str) -> None:
        if text and len(found) < MOST:
            found.setdefault((kind, text), AlertValue(kind, text, where))

    for key, text in _properties(record.get("ExtendedProperties")):
        kind = next((kind for kind, pattern in _KEYS if pattern.search(key)), None)
        if kind is not None:
            for part in _members(text):
                keep(kind, _tidy(kind, part), key)
    for entity in graph.entities:
        if entity.kind == "process":
            keep("command", entity.name, entity.kind)
            keep("executable", entity.value, entity.kind)
        elif entity.kind in _OF_ENTITIES:
            kind = _OF_ENTITIES[entity.kind]
            keep(kind, _tidy(kind, entity.value), entity.kind)
    for value in [value for value in found.values() if value.kind == "command"]:
        words = value.text.split()[:MOST]
        keep("executable", words[0] if words else "", value.where)
        for address in _IP4.findall(value.text):
            keep("address", _tidy("address", address), value.where)
        for port in _PORT.findall(value.text):
            keep("port", port, value.where)
        for word in words[1:]:
            keep("word", word.strip("\"'"), value.where)
    return tuple(found.values())


def _properties(value: Value) -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and len(value) <= LONGEST:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return
    if isinstance(value, dict):
        yield from list(value.items())[:MOST]


def _members(value: Any) -> list[str]:
    """One text, or those of an array that is written as a text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    parts = value if isinstance(value, list) else [value]
    return [str(part) for part in parts[:MOST] if isinstance(part, str | int)]


def _tidy(kind: Kind, text: str) -> str:
    """As the raw events would have it; blank for what can be no such value."""
    text = text.strip()
    if kind == "port":
        return text if text.isascii() and text.isdigit() else ""
    if kind != "address":
        return text
    for candidate in (text, text.strip("[]"), text.rpartition(":")[0].strip("[]")):
        try:
            address = ip_address(candidate)
        except ValueError:
            continue
        return "" if address.is_unspecified or address.is_loopback else str(address)
    return ""
