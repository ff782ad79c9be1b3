"""A list of addresses and domains that somebody warns of, held against what a row names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from ..language import tr
from ..printable import printable
from .addresses import Address, address_of
from .hint import RulesError

_MOST_BYTES = 64 * 2**20
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
#: What may be an address or a domain inside a command line.
_CANDIDATE = re.compile(r"[A-Za-z0-9_.:-]*[.:][A-Za-z0-9_.:-]*")
#: Bad lines that are named one by one.
_NAMED = 5


class ThreatsError(RulesError):
    """A threat list that cannot be used; file, line and what to change, in one line."""


@dataclass(frozen=True, slots=True)
class Threats:
    """What is warned of.

    Attributes:
        name: of the file.
        listed: address or domain -> the line of the file.
        ranges: by version and length of the prefix: number of the network -> the line.
    """

    name: str
    listed: dict[str, int] = field(default_factory=dict)
    ranges: dict[tuple[int, int], dict[int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.listed) + sum(map(len, self.ranges.values()))

    def of_address(self, text: str) -> int | None:
        """The line that has an address, or a range that it is in."""
        address = address_of(text)
        return None if address is None else self._line_of(address)

    def in_text(self, text: str) -> Iterator[tuple[str, int]]:
        """Each address and domain of a command line that is listed, with its line."""
        found: set[str] = set()
        for match in _CANDIDATE.finditer(text):
            for named in _named_in(match[0]):
                if named in found:
                    continue
                found.add(named)
                line = self.of_address(named)
                if line is None:
                    line = self._line_of_domain(named)
                if line is not None:
                    yield named, line

    def _line_of(self, address: Address) -> int | None:
        line = self.listed.get(str(address))
        if line is not None:
            return line
        width = address.max_prefixlen
        for (version, length), networks in self.ranges.items():
            if version == address.version:
                line = networks.get(int(address) >> (width - length))
                if line is not None:
                    return line
        return None

    def _line_of_domain(self, name: str) -> int | None:
        """A listed domain stands for all below it."""
        labels = name.lower().rstrip(".").split(".")
        for at in range(len(labels) - 1):
            line = self.listed.get(".".join(labels[at:]))
            if line is not None:
                return line
        return None


def _named_in(text: str) -> Iterable[str]:
    """What a run of characters may mean: as it is, and without a port behind it."""
    trimmed = text.strip(".:-")
    yield trimmed
    name, colon, port = trimmed.rpartition(":")
    if colon and port.isdigit():
        yield name


def open_threats(file: str | None) -> Threats | None:
    """The list in a file; None where none is given.

    Raises:
        ThreatsError: no such file, or lines in it that are neither address, range nor domain.
    """
    if not file:
        return None
    path, shown = Path(file), printable(file)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ThreatsError(
                tr("{file}: more than {most} MiB", file=shown, most=_MOST_BYTES // 2**20)
            )
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ThreatsError(tr("{file}: it is not UTF-8", file=shown)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, ThreatsError):
            raise
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ThreatsError(
            tr("{file} cannot be read: {reason}", file=shown, reason=reason)
        ) from None
    threats = Threats(path.name)
    bad = [(at, line) for at, line in enumerate(lines, 1) if not _take(threats, at, line)]
    if bad:
        named = ", ".join(str(at) for at, _ in bad[:_NAMED]) + (" …" if len(bad) > _NAMED else "")
        raise ThreatsError(
            tr(
                "{file}:{line}: {text!r} is no address, range or domain; one stands on each line,"
                " # begins a comment (wrong lines: {lines})",
                file=shown,
                line=bad[0][0],
                text=printable(bad[0][1].strip())[:60],
                lines=named,
            )
        )
    if not len(threats):
        raise ThreatsError(tr("{file}: nothing is listed in it", file=shown))
    return threats


def _take(threats: Threats, at: int, line: str) -> bool:
    """Whether the line could be read."""
    text = line.partition("#")[0].strip()
    if not text:
        return True
    try:
        network = ip_network(text.strip("[]"), strict=False)
    except ValueError:
        name = text.lower().rstrip(".").removeprefix("*.")
        if not _DOMAIN.fullmatch(name):
            return False
        threats.listed.setdefault(name, at)
        return True
    if network.num_addresses == 1:
        threats.listed.setdefault(str(address_of(str(network.network_address))), at)
    else:
        shift = network.max_prefixlen - network.prefixlen
        lengths = threats.ranges.setdefault((network.version, network.prefixlen), {})
        lengths.setdefault(int(network.network_address) >> shift, at)
    return True
