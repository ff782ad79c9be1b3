"""A baseline as text that is reviewed, kept in git and moved between hosts.

UTF-8 JSON Lines, in ASCII: a first line that names the format, then one expected finding a line,
in the order of question, key, value, hub, name, so that two people's additions merge line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from ...queries.answers import rfc3339
from ...queries.language import tr
from .baselines import Covering
from .findings import Finding
from .journal import Draft
from .judgements import Cover
from .lines import Kind

FORMAT = "iotriage-baseline"
VERSION = 1

#: Characters of a line that is read; no row of an answer comes near.
_LONGEST = 4 << 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Attributes:
        added: findings that the case did not have so.
        known: findings that it had, or had newer.
        refused: for each line that was not taken, its number and why; fit to be shown.
    """

    added: int
    known: int
    refused: list[str]


def text_of_baseline(coverings: Iterable[Covering]) -> str:
    """The text form; ends in a line feed."""
    lines = sorted((_order(covering), _line(covering)) for covering in coverings)
    head = json.dumps({"format": FORMAT, "version": VERSION})
    return "".join(f"{line}\n" for line in (head, *(line for _, line in lines)))


def _order(covering: Covering) -> list[str]:
    finding = covering.finding
    body = json.dumps([finding.question, sorted(finding.key), finding.value or []])
    return [body, covering.hub.lower(), covering.cover.name, covering.cover.scope]


def _line(covering: Covering) -> str:
    finding, cover = covering.finding, covering.cover
    facts = {
        "question": finding.question,
        "key": dict(finding.key),
        "value": dict([finding.value]) if finding.value else None,
        "verdict": "expected",
        "name": cover.name,
        "scope": cover.scope,
        "hub": covering.hub,
        "by": cover.by,
        "at": rfc3339(cover.at),
        "note": covering.note,
        "device": cover.device,
        "device_hub": cover.hub,
        "row": covering.row,
    }
    return json.dumps(facts, ensure_ascii=True)


class _RefusedError(Exception):
    """Why a line is not taken."""


def read_baseline(text: str) -> tuple[list[Covering], list[str]]:
    """What the text holds, and for each line that cannot be taken its number and why."""
    coverings: list[Covering] = []
    refused: list[str] = []
    # Not splitlines: a text of JSON holds no other line end than these.
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    try:
        _check_head(_object(lines[0]))
    except _RefusedError as why:
        return [], [tr("line 1: {why}", why=why)]
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            try:
                coverings.append(_covering(_object(line)))
            except _RefusedError as why:
                refused.append(tr("line {number}: {why}", number=number, why=why))
    return coverings, refused


def _check_head(head: dict[str, Any]) -> None:
    if head.get("format") != FORMAT:
        raise _RefusedError(
            tr("this is no baseline of iotriage (no format {format})", format=FORMAT)
        )
    version = head.get("version")
    if type(version) is not int or version < 1:
        raise _RefusedError(tr("the version of the format is no number"))
    if version > VERSION:
        raise _RefusedError(
            tr("a newer iotriage wrote it (version {version}): update iotriage", version=version)
        )


def _object(line: str) -> dict[str, Any]:
    if len(line) > _LONGEST:
        raise _RefusedError(tr("it is too long"))
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        raise _RefusedError(tr("a conflict of a merge is left in it"))
    try:
        found = json.loads(line, parse_constant=_no_constant)
    except RecursionError:
        raise _RefusedError(tr("it is nested too deep")) from None
    except ValueError:
        raise _RefusedError(tr("it is no JSON")) from None
    if not isinstance(found, dict):
        raise _RefusedError(tr("it is no JSON object"))
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _covering(facts: dict[str, Any]) -> Covering:
    if facts.get("verdict") != "expected":
        raise _RefusedError(
            tr("its verdict is not 'expected', and nothing else is taken from a baseline")
        )
    scope = facts.get("scope")
    if scope not in ("hub", "fleet"):
        raise _RefusedError(tr("its scope is neither 'hub' nor 'fleet'"))
    value = _pairs(facts, "value") if facts.get("value") is not None else ()
    if len(value) > 1:
        raise _RefusedError(tr("'value' holds more than one value"))
    row = facts.get("row")
    if not isinstance(row, dict):
        raise _RefusedError(tr("'row' is no object"))
    finding = Finding(
        device=_text(facts, "device"),
        hub=_text(facts, "device_hub"),
        question=_text(facts, "question", filled=True),
        key=_pairs(facts, "key"),
        value=value[0] if value else None,
    )
    cover = Cover(
        name=_text(facts, "name", filled=True),
        scope=scope,
        by=_text(facts, "by"),
        at=_time(_text(facts, "at")),
        device=finding.device,
        hub=finding.hub,
    )
    hub = _text(facts, "hub") if scope == "hub" else ""
    return Covering(finding, cover, hub, _text(facts, "note"), row)


def _text(facts: dict[str, Any], name: str, *, filled: bool = False) -> str:
    found = facts.get(name)
    if not isinstance(found, str):
        raise _RefusedError(tr("'{name}' is no text", name=name))
    if filled and not found.strip():
        raise _RefusedError(tr("'{name}' is empty", name=name))
    return found


def _pairs(facts: dict[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    found = facts.get(name)
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise _RefusedError(tr("'{name}' is no object of texts", name=name))
    return tuple(found.items())


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise _RefusedError(tr("'at' has no time zone"))
        rfc3339(at)
    except (ValueError, OverflowError):
        raise _RefusedError(tr("'at' is no time")) from None
    return at


def imported_draft(covering: Covering, source: str) -> Draft:
    """The entry that takes one finding of a text into the case."""
    cover = covering.cover
    extra = {
        "name": cover.name,
        "scope": cover.scope,
        "hub": covering.hub,
        "by": cover.by,
        "at": rfc3339(cover.at),
        "source": source,
    }
    return Draft(
        Kind.BASELINE,
        covering.finding,
        verdict="expected",
        note=covering.note or None,
        row=json.dumps(covering.row, separators=(",", ":")),
        extra=json.dumps(extra),
    )


def new_ones(read: Iterable[Covering], had: Iterable[Covering]) -> list[Covering]:
    """What of a text says more than the case does: the newest word on each finding."""
    known = {covering.slot: covering for covering in had}
    news: dict[object, Covering] = {}
    for covering in read:
        before = news.get(covering.slot) or known.get(covering.slot)
        if before is None or covering.cover.at > before.cover.at:
            news[covering.slot] = covering
    return sorted(news.values(), key=lambda covering: covering.cover.at)
