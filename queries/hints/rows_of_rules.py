"""Which rows a rule is held against, by the category of its log source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FRAGMENTS = Path(__file__).parents[1] / "packs" / "exact" / "fragments"


@dataclass(frozen=True, slots=True)
class RuleRows:
    """What the agents say, once for each different thing that was said.

    Attributes:
        category: of Sigma's log source.
        keys: the key columns of the pane.
        fragments: of the pack ``exact``, read before ``text``.
        text: KQL; gives the keys, the columns of ``fields``, Hits, StartTime, EndTime, Example.
        fields: Sigma's name -> column.
    """

    category: str
    keys: tuple[str, ...]
    fragments: tuple[str, ...]
    text: str
    fields: Mapping[str, str]

    def prefix(self) -> str:
        """The fragments, one after another."""
        texts = (_FRAGMENTS / f"{name}.kql" for name in self.fragments)
        return "".join(path.read_text("utf-8").rstrip() + "\n" for path in texts)


ROWS: Mapping[str, RuleRows] = {
    "processes": RuleRows(
        category="process_creation",
        keys=("Executable",),
        fragments=("events", "names", "processes"),
        text="""\
processes
| summarize Hits = sum(Hits), StartTime = min(StartTime), EndTime = max(EndTime)
    by Executable, CommandLine, UserName = ShownName, UserId
| extend Example = CommandLine
""",
        fields={
            "Image": "Executable",
            "CommandLine": "CommandLine",
            "User": "UserName",
            "UserId": "UserId",
        },
    ),
    "ports": RuleRows(
        category="network_connection",
        keys=("Protocol", "LocalPort", "RemotePort"),
        fragments=("events", "snapshots", "ports"),
        text="""\
ports
| where Connected
| extend
    Initiated = iff(Role == "outbound", "true", "false"),
    SourceIp = iff(Role == "outbound", LocalAddress, RemoteAddress),
    DestinationIp = iff(Role == "outbound", RemoteAddress, LocalAddress),
    DestinationPort = iff(Role == "outbound", RemotePort, LocalPort)
| summarize Hits = count(), StartTime = min(EventTime), EndTime = max(EventTime)
    by Protocol, LocalPort = KeyLocalPort, RemotePort = KeyRemotePort,
        Initiated, SourceIp, DestinationIp, DestinationPort
| extend Example = strcat(SourceIp, " > ", DestinationIp, ":", DestinationPort)
""",
        fields={
            "Initiated": "Initiated",
            "Protocol": "Protocol",
            "SourceIp": "SourceIp",
            "DestinationIp": "DestinationIp",
            "DestinationPort": "DestinationPort",
        },
    ),
    "logins": RuleRows(
        category="authentication",
        keys=("UserName", "Result", "LoginHandler"),
        fragments=("events", "names", "logins"),
        text="""\
logins
| summarize Hits = count(), StartTime = min(EventTime), EndTime = max(EventTime)
    by UserName, Result, LoginHandler, RemoteAddress, Operation
| extend Example = RemoteAddress
""",
        fields={
            "User": "UserName",
            "TargetUserName": "UserName",
            "Image": "LoginHandler",
            "SourceIp": "RemoteAddress",
            "IpAddress": "RemoteAddress",
            "Result": "Result",
            "Operation": "Operation",
        },
    ),
}
