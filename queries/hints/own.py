"""What Sigma cannot say: hints from the rows of a pane, held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..answers import Value
from ..language import tr
from .addresses import is_outside, is_shared
from .hint import Hint
from .threats import Threats

Record = Mapping[str, Value]
#: Place of a row and a hint for it.
Found = Iterator[tuple[int, Hint]]

#: What devices, their makers and whoever looks after them have services on: remote access, names
#: and addresses, mail, the web, pictures and sound, messages, databases, industry, management.
_KNOWN_PORTS = frozenset(
    (
        *(20, 21, 22, 23, 25, 53, 67, 68, 69, 80, 81, 88, 102, 110, 111, 119, 123, 135, 137, 138),
        *(139, 143, 161, 162, 179, 389, 427, 443, 445, 464, 500, 502, 514, 515, 520, 546, 547),
        *(548, 554, 587, 623, 631, 636, 789, 830, 853, 873, 993, 995, 1194, 1433, 1521, 1701),
        *(1723, 1812, 1813, 1883, 1900, 1962, 2049, 2222, 2375, 2376, 2379, 2380, 2404, 3000),
        *(3128, 3260, 3268, 3306, 3389, 3478, 3702, 4500, 4840, 4843, 4911, 5000, 5001, 5004),
        *(5005, 5006, 5007, 5040, 5060, 5061, 5094, 5222, 5353, 5355, 5357, 5432, 5601, 5671),
        *(5672, 5683, 5684, 5900, 5901, 5985, 5986, 6379, 6443, 7547, 7680, 8000, 8008, 8080),
        *(8081, 8086, 8088, 8123, 8443, 8554, 8883, 8884, 8888, 9000, 9090, 9091, 9092, 9100),
        *(9200, 9443, 9600, 10000, 10050, 10051, 10250, 11211, 18245, 20000, 20547, 22000, 27017),
        *(34962, 34963, 34964, 44818, 47808, 51820),
    )
)
#: From here on systems hand out ports by themselves: Linux, and Windows with what listens there.
_GIVEN_UDP, _GIVEN_TCP = 32768, 49152
_LOOPBACK = ("127.", "::1", "[::1]")
#: Members can do what root can.
_ROOT_GROUPS = frozenset(
    ("root", "sudo", "wheel", "admin", "docker", "lxd", "disk", "shadow", "administrators")
)
_ROOT_NAMES = frozenset(("root", "toor"))
#: So many tries are no slip of the finger.
_GUESSING = 10


def own_hints(pane: str, records: Sequence[Record], threats: Threats | None) -> Found:
    """Hints for the rows of a pane, in their order."""
    if (look := _LOOKS.get(pane)) is not None:
        yield from look(records)
    if threats is not None:
        for place, record in enumerate(records):
            yield from ((place, hint) for hint in _listed(pane, record, threats))


def _ports(records: Sequence[Record]) -> Found:
    for place, record in enumerate(records):
        if record.get("Role") != "listening":
            continue
        peers = [peer for peer in _texts(record, "AllowedRemoteIPAddress") if is_outside(peer)]
        if peers:
            yield (
                place,
                Hint(
                    tr("Reached from outside private ranges"),
                    tr("Something beyond your own networks has a way to this port."),
                    "medium",
                    ("T1133",),
                    tr("addresses of the peers"),
                    first=record.get("MinObservedTime"),
                    last=record.get("MaxObservedTime"),
                    example=_some(peers),
                ),
            )
        if _is_odd(record):
            yield (
                place,
                Hint(
                    tr("Listens on an unusual port"),
                    tr("No service that devices commonly offer has this port."),
                    "high",
                    ("T1571",),
                    tr("list of common ports"),
                    first=record.get("MinObservedTime"),
                    last=record.get("MaxObservedTime"),
                    example=f"{record.get('Protocol')} {record.get('LocalPort')}",
                ),
            )


def _is_odd(record: Record) -> bool:
    port, addresses = str(record.get("LocalPort") or ""), _texts(record, "LocalAddress")
    if not (port.isascii() and port.isdigit()) or int(port) in _KNOWN_PORTS or not int(port):
        return False
    if addresses and all(address.startswith(_LOOPBACK) for address in addresses):
        return False
    protocol = str(record.get("Protocol") or "")
    return int(port) < (_GIVEN_UDP if protocol.startswith("udp") else _GIVEN_TCP)


def _users(records: Sequence[Record]) -> Found:
    firsts = [record["FirstObserved"] for record in records if record.get("FirstObserved")]
    began = min(firsts, default=None)
    for place, record in enumerate(records):
        groups = _groups(record.get("GroupNames"))
        rights = sorted(group for group in groups if group.lower() in _ROOT_GROUPS)
        before = [_groups(text) for text in _texts(record, "EarlierGroups")]
        first, name = record.get("FirstObserved"), str(record.get("UserName") or "")
        gained = [right for right in rights if any(right not in earlier for earlier in before)]
        seen = {"first": first, "last": record.get("LastObserved")}
        # A user may have been there before the first snapshot, and only then.
        if gained:
            yield (
                place,
                Hint(
                    tr("Joined a group with the rights of root"),
                    tr("In an earlier snapshot this user was not in it."),
                    "high",
                    ("T1098.007",),
                    tr("snapshots of the users"),
                    example=", ".join(gained),
                    **seen,
                ),
            )
        elif rights and began is not None and first is not None and first > began:
            yield (
                place,
                Hint(
                    tr("New user with the rights of root"),
                    tr("Earlier snapshots do not have this user."),
                    "high",
                    ("T1136.001",),
                    tr("snapshots of the users"),
                    example=", ".join(rights),
                    **seen,
                ),
            )
        if "0" in _texts(record, "UserIds") and name.lower() not in _ROOT_NAMES:
            yield (
                place,
                Hint(
                    tr("Another name for root"),
                    tr("The system knows users by their ids, and this one has that of root."),
                    "high",
                    ("T1136.001",),
                    tr("snapshots of the users"),
                    example="0",
                    **seen,
                ),
            )


def _logins(records: Sequence[Record]) -> Found:
    for place, record in enumerate(records):
        seen = {"first": record.get("MinObservedTime"), "last": record.get("MaxObservedTime")}
        outside = [address for address in _texts(record, "IPAddress") if is_outside(address)]
        if broken := _texts(record, "FailedThenSucceededFrom"):
            yield (
                place,
                Hint(
                    tr("Signed in after many failures from the same address"),
                    tr("This is what it looks like when a password was guessed."),
                    "critical",
                    ("T1110",),
                    tr("order of the sign-ins"),
                    example=_some(broken),
                    **seen,
                ),
            )
        if not outside:
            continue
        shared = all(is_shared(address) for address in outside)
        where = (
            tr("These addresses are shared by the customers of a carrier.")
            if shared
            else tr("These addresses are beyond the ranges that are for private use.")
        )
        if record.get("Result") == "Success":
            yield (
                place,
                Hint(
                    tr("Signed in from outside private ranges"),
                    where,
                    "high",
                    ("T1078", "T1133"),
                    tr("addresses of the sign-ins"),
                    example=_some(outside),
                    **seen,
                ),
            )
        elif record.get("Result") == "Fail" and _number(record, "CntLoginAttempts") >= _GUESSING:
            yield (
                place,
                Hint(
                    tr("Many failed sign-ins from outside private ranges"),
                    where,
                    "medium",
                    ("T1110",),
                    tr("addresses of the sign-ins"),
                    count=_number(record, "CntLoginAttempts"),
                    example=_some(outside),
                    **seen,
                ),
            )


_LOOKS: Mapping[str, Callable[[Sequence[Record]], Found]] = {
    "users": _users,
    "ports": _ports,
    "logins": _logins,
}
#: Columns of a pane with addresses, and with texts that may name some.
_ADDRESSES = {"ports": "AllowedRemoteIPAddress", "logins": "IPAddress"}
_NAMING = {"processes": "ExecutionCommandLines"}


def _listed(pane: str, record: Record, threats: Threats) -> Iterator[Hint]:
    addresses = _texts(record, _ADDRESSES[pane]) if pane in _ADDRESSES else []
    lines = _texts(record, _NAMING[pane]) if pane in _NAMING else []
    found = [(a, line) for a in addresses if (line := threats.of_address(a)) is not None]
    found += [named for text in lines for named in threats.in_text(text)]
    if found:
        named = dict(found)
        at = ", ".join(dict.fromkeys(str(line) for line in list(named.values())[:5]))
        yield Hint(
            tr("On the list of threats"),
            tr("The list that you gave warns of it."),
            "critical",
            (),
            tr("{file}, line {lines}", file=threats.name, lines=at),
            first=record.get("MinObservedTime"),
            last=record.get("MaxObservedTime"),
            example=_some(list(named)),
        )


def _texts(record: Record, column: str) -> list[str]:
    value: Any = record.get(column)
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _number(record: Record, column: str) -> int:
    value = record.get(column)
    return value if isinstance(value, int) else 0


def _groups(text: Value) -> set[str]:
    return {part.strip() for part in text.split(";")} - {""} if isinstance(text, str) else set()


def _some(texts: Sequence[str]) -> str:
    """The first three."""
    rest = len(texts) - 3
    return ", ".join(texts[:3]) + (tr(" and {rest} more", rest=rest) if rest > 0 else "")
