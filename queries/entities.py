"""The entities of an alert: a graph of names, whatever its text holds.

Entities refer to each other: ``$id`` names one, ``{"$ref": "4"}`` means it, and one may as well
stand inside another. Nothing here trusts that: names may be missing, twice, or lead in circles.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import Value
from .language import tr

#: Entities and links that are read, how deep one may stand in another, characters that are parsed.
MOST, LINKS, DEEPEST, LONGEST = 200, 400, 8, 1_000_000
_Fields = Mapping[str, Any]

#: What a pivot looks for, by the kind of an entity.
_PIVOTS = {"ip": "address", "account": "user", "process": "executable", "file": "executable"}
#: Which kind one is that stands inside another without saying so.
_BY_PLACE = {
    **{"host": "host", "iothub": "azure-resource", "imagefile": "file", "parentprocess": "process"},
    **{"creationdevice": "host", "account": "account", "file": "file", "process": "process"},
    **{"sourceaddress": "ip", "destinationaddress": "ip", "ipaddress": "ip", "ip": "ip"},
}


@dataclass(slots=True, eq=False)
class Entity:
    """One thing that an alert names.

    Attributes:
        kind: as the alert calls it, in lower case (``ip``, ``iotdevice``, ``process``).
        name: to be read.
        value: to be looked for; blank where nothing could be.
        links: property -> entity it leads to; None where that is missing.
    """

    kind: str
    name: str
    value: str
    links: list[tuple[str, Entity | None]] = field(default_factory=list)

    @property
    def pivot_kind(self) -> str:
        """What it would be looked for as: address, user, executable or text."""
        return _PIVOTS.get(self.kind, "text")


@dataclass(frozen=True, slots=True)
class Graph:
    """Entities in the order of the alert, each once; ``problems`` says what could not be read."""

    entities: tuple[Entity, ...]
    problems: tuple[str, ...]

    def walk(self) -> Iterator[tuple[int, str, Entity | None, bool]]:
        """(depth, property that leads there, entity, told before), each entity in full once.

        Those that no other leads to come first; circles are entered where they begin.
        """
        led_to = {id(to) for entity in self.entities for _, to in entity.links if to is not entity}
        told: set[int] = set()
        roots = [entity for entity in self.entities if id(entity) not in led_to]
        for root in (*roots, *self.entities):
            if id(root) not in told:
                yield from _walk(root, told)


def _walk(root: Entity, told: set[int]) -> Iterator[tuple[int, str, Entity | None, bool]]:
    # No recursion: a chain may be as long as there are entities.
    waiting: list[tuple[int, str, Entity | None]] = [(0, "", root)]
    while waiting:
        depth, by, entity = waiting.pop()
        again = entity is not None and id(entity) in told
        yield depth, by, entity, again
        if entity is not None and not again:
            told.add(id(entity))
            waiting += [(depth + 1, name, to) for name, to in reversed(entity.links)]


def graph_of(entities: Value) -> Graph:
    """The graph that the Entities of an alert draw; empty where there are none."""
    if entities is None or entities in ("", "[]"):
        return Graph((), ())
    if isinstance(entities, str):
        if len(entities) > LONGEST:
            return Graph((), (tr("Entities are too long to be read: see the row"),))
        try:
            entities = json.loads(entities)
            # Some exports write the text of a text.
            if isinstance(entities, str):
                entities = json.loads(entities) if entities else []
        except (ValueError, RecursionError):
            return Graph((), (tr("Entities are no JSON: see the row"),))
    if isinstance(entities, dict):
        entities = [entities]
    if not isinstance(entities, list):
        return Graph((), (tr("Entities are no list: see the row"),))
    return _Reader().read(entities)


class _Reader:
    def __init__(self) -> None:
        self._read: list[tuple[Entity, _Fields]] = []
        self._by_id: dict[str, Entity] = {}
        #: Where a link leads: an entity, or the $id of one that may stand further down.
        self._links: list[tuple[Entity, str, Entity | str]] = []
        self._problems: dict[str, None] = {}

    def read(self, entities: list[Any]) -> Graph:
        for fields in entities:
            if not isinstance(fields, dict):
                self._problems[tr("what is no entity was left out")] = None
            elif "$ref" not in fields:  # else it is there anyway
                self._take(fields, "", 0)
        for entity, name, to in self._links:
            entity.links.append((name, to if isinstance(to, Entity) else self._by_id.get(to)))
        fields_of = {id(entity): fields for entity, fields in self._read}
        for entity, fields in self._read:
            links = {name.lower(): fields_of[id(to)] for name, to in entity.links if to is not None}
            entity.name, entity.value = _NAMED.get(entity.kind, _anything)(fields, links)
            entity.name = entity.name or entity.value or tr("(no name)")
        return Graph(tuple(entity for entity, _ in self._read), tuple(self._problems))

    def _take(self, fields: _Fields, place: str, depth: int) -> Entity | None:
        if len(self._read) >= MOST or depth > DEEPEST:
            self._problems[tr("there are more than are told here: see the row")] = None
            return None
        kind = _text(fields, "Type").lower() or _BY_PLACE.get(place.lower(), "") or "entity"
        entity = Entity(kind, "", "")
        self._read.append((entity, fields))
        name = fields.get("$id")
        if isinstance(name, str | int):
            if str(name) in self._by_id:
                self._problems[tr("two have one $id: the first is meant by it")] = None
            self._by_id.setdefault(str(name), entity)
        for key, value in fields.items():
            for part in value[:MOST] if isinstance(value, list) else (value,):
                if isinstance(part, dict):
                    self._follow(entity, key, part, depth)
        return entity

    def _follow(self, entity: Entity, key: str, part: _Fields, depth: int) -> None:
        if len(self._links) >= LINKS:
            self._problems[tr("there are more than are told here: see the row")] = None
            return
        if "$ref" in part:
            self._links.append((entity, key, str(part["$ref"])))
            return
        is_entity = "$id" in part or "Type" in part or key.lower() in _BY_PLACE
        if is_entity and (inner := self._take(part, key, depth + 1)) is not None:
            self._links.append((entity, key, inner))


def _text(fields: _Fields, *names: str) -> str:
    """The first of these that holds something, in whatever case its name is written."""
    lowered = {key.lower(): value for key, value in fields.items()}
    for name in names:
        value = lowered.get(name.lower())
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


#: Fields of an entity, and by lower-case property those of the ones it leads to; (name, value).
_Namer = Callable[[_Fields, Mapping[str, _Fields]], tuple[str, str]]


def _by(*names: str) -> _Namer:
    def named(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
        value = _text(fields, *names)
        return value, value

    return named


def _anything(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    names = ("DisplayName", "FriendlyName", "Name", "Value", "Address", "ResourceId")
    found = _text(fields, *names)
    if not found:
        told = (key for key in fields if not key.startswith("$") and key.lower() != "type")
        found = next((text for key in told if (text := _text(fields, key))), "")
    return found, found


def _account(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    value = _text(fields, "Name", "DisplayName", "Sid", "AadUserId")
    domain, suffix = _text(fields, "NTDomain", "DomainName"), _text(fields, "UPNSuffix")
    if domain:
        return f"{domain}\\{value}", value
    return (f"{value}@{suffix}" if suffix else value), value


def _host(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    value, domain = _text(fields, "HostName", "NetBiosName"), _text(fields, "DnsDomain")
    whole = _text(fields, "FQDN") or (f"{value}.{domain}" if value and domain else value)
    return whole, value or whole


def _file(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    folder, name = _text(fields, "Directory"), _text(fields, "Name")
    between = "" if not folder or folder[-1] in "/\\" else "\\" if "\\" in folder else "/"
    return f"{folder}{between}{name}", name or folder


def _process(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    image, _ = _file(links.get("imagefile", {}), {})
    name = _text(fields, "CommandLine") or image
    number = _text(fields, "ProcessId")
    if not name and number:
        return tr("process {number}", number=number), ""
    return name, image or name


def _resource(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    value = _text(fields, "ResourceId").rstrip("/").rpartition("/")[2]
    return value, value


def _hash(fields: _Fields, links: Mapping[str, _Fields]) -> tuple[str, str]:
    value, algorithm = _text(fields, "Value"), _text(fields, "Algorithm")
    return (f"{algorithm} {value}" if algorithm else value), value


_NAMED: dict[str, _Namer] = {
    "ip": _by("Address"),
    "iotdevice": _by("DeviceId", "DeviceName"),
    "url": _by("Url"),
    "dns": _by("DomainName"),
    "dnsresolution": _by("DomainName"),
    "account": _account,
    "host": _host,
    "file": _file,
    "process": _process,
    "azure-resource": _resource,
    "filehash": _hash,
}
