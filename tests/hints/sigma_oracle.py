"""Sigma as its specification words it, in plain Python: does a rule match an event?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

Event = Mapping[str, str]
_WORD = re.compile(r"\(|\)|[^\s()]+")


def matches(rule: Mapping[str, Any], event: Event) -> bool:
    """Whether the detection of ``rule`` holds for an event with these fields, all of them text."""
    detection = rule["detection"]
    found = {
        name: _selection(selection, event)
        for name, selection in detection.items()
        if name != "condition"
    }
    return _Condition(_WORD.findall(detection["condition"]), found).whole()


def _selection(selection: Any, event: Event) -> bool:
    if isinstance(selection, list):
        return any(_selection(one, event) for one in selection)
    return all(_item(field, wanted, event) for field, wanted in selection.items())


def _item(named: str, wanted: Any, event: Event) -> bool:
    field, *modifiers = named.split("|")
    held = event[field]
    values = wanted if isinstance(wanted, list) else [wanted]
    results = [_value(held, value, [m for m in modifiers if m != "all"]) for value in values]
    return all(results) if "all" in modifiers else any(results)


def _value(held: str, value: Any, modifiers: list[str]) -> bool:
    if "neq" in modifiers:
        return not _value(held, value, [m for m in modifiers if m != "neq"])
    if "exists" in modifiers:
        return (held != "") is value
    if value is None:
        return held == ""
    if "re" in modifiers:
        flags = (re.IGNORECASE if "i" in modifiers else 0) | (re.DOTALL if "s" in modifiers else 0)
        return re.search(value, held, flags) is not None
    if "cidr" in modifiers:
        try:
            return ip_address(held) in ip_network(value)
        except ValueError:
            return False
    for name, holds in (
        ("gte", lambda a, b: a >= b),
        ("gt", lambda a, b: a > b),
        ("lte", lambda a, b: a <= b),
        ("lt", lambda a, b: a < b),
    ):
        if name in modifiers:
            return held.isdigit() and holds(int(held), value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    before = "*" if {"contains", "endswith"} & set(modifiers) else ""
    after = "*" if {"contains", "startswith"} & set(modifiers) else ""
    return _like(held, f"{before}{text}{after}", cased="cased" in modifiers)


def _like(held: str, pattern: str, *, cased: bool) -> bool:
    """``*`` and ``?`` are wildcards, a backslash before one of them or another takes that away."""
    if not cased:
        held, pattern = held.lower(), pattern.lower()
    glob, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern) and pattern[at + 1] in "*?\\":
            at += 1
            glob.append(f"[{pattern[at]}]")
        else:
            glob.append("[[]" if char == "[" else char)
        at += 1
    return fnmatchcase(held, "".join(glob))


class _Condition:
    """``or`` binds loosest, then ``and``, then ``not``."""

    def __init__(self, words: list[str], found: Mapping[str, bool]) -> None:
        self._words, self._found, self._at = words, found, 0

    def whole(self) -> bool:
        result = self._either()
        assert self._at == len(self._words), self._words[self._at :]
        return result

    def _take(self, word: str) -> bool:
        if self._at < len(self._words) and self._words[self._at] == word:
            self._at += 1
            return True
        return False

    def _either(self) -> bool:
        result = self._both()
        while self._take("or"):
            result = self._both() or result
        return result

    def _both(self) -> bool:
        result = self._one()
        while self._take("and"):
            result = self._one() and result
        return result

    def _one(self) -> bool:
        if self._take("not"):
            return not self._one()
        if self._take("("):
            result = self._either()
            assert self._take(")")
            return result
        word = self._words[self._at]
        self._at += 1
        if word in ("1", "all", "any"):
            assert self._take("of")
            name = self._words[self._at]
            self._at += 1
            pattern = "*" if name == "them" else name
            held = [found for key, found in self._found.items() if fnmatchcase(key, pattern)]
            return all(held) if word == "all" else any(held)
        return self._found[word]
