"""The same questions in pandas and in SQLite.

pandas reads the whole archive as Parquet, with a row group an hour or so as it was exported: the
columns that the question needs, of the device alone. Beside that, without a limit, it is given the
device's rows by the store, which is all the reading that there is to do. SQLite holds the device
alone, with the index that serves the questions best.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from iotriage.queries.evidence.engine import connect
from iotriage.queries.evidence.store import attach_store, quoted

_COLUMNS = [
    "RawEventName",
    "TimeGenerated",
    "TimeStamp",
    "IoTRawEventId",
    "IsEmpty",
    "EventDetails",
]
_EVENTS = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
_ROWS = " UNION ALL ".join(
    f'SELECT {", ".join(_COLUMNS)} FROM store.main."{table}" WHERE DeviceId = $device'
    for table in _EVENTS
)
_ARCHIVE = (
    " UNION ALL ".join(f'SELECT * FROM store.main."{table}"' for table in _EVENTS)
    + " ORDER BY TimeGenerated"
)
_LOCAL = ("", "?", "::1", "0.0.0.0", "::", "0.0.0.1")
_NOBODY = ("", "0.0.0.0", "::", "*", "[::]")
_RESULTS = {
    "success": "Success",
    "fail": "Fail",
    "failed": "Fail",
    "failure": "Fail",
}
_SAID = {"Login": "Success", "LoginFailed": "Fail", "Logout": "Logout"}
_HELPER = re.compile(
    r"^(sudo )?([^ ;|&]*/)?(netstat -(tuwpna|ano)|cat /etc/passwd"
    r"|ausearch [^;|&$<>`]*--checkpoint[^;|&$<>`]*)$"
)
_AMERICAN = re.compile(r"^(\d\d)/(\d\d)/(\d{4}) ")
Rows = list[dict[str, Any]]


class Pandas:
    """Answers out of a data frame that is read from Parquet."""

    name = "pandas, which reads the archive as Parquet"
    questions = ("users", "ports", "logins", "processes")
    rounds = 3

    def __init__(self, pandas: Any, connection: Any, parquet: Path, device: str) -> None:
        self._pandas = pandas
        self._connection = connection
        self._parquet = parquet
        self._device = device

    @classmethod
    def of(cls, store: Path, folder: Path, device: str) -> Self | None:
        try:
            import pandas
            import pyarrow  # noqa: F401
        except ImportError:
            return None
        connection = connect()
        attach_store(connection, store)
        parquet = folder / "events.parquet"
        if not parquet.exists():
            # As a whole table would be sorted in memory, of which there may be too little.
            connection.execute("SET memory_limit='4GiB'")
            connection.execute(f"COPY ({_ARCHIVE}) TO {quoted(parquet)} (COMPRESSION zstd)")
        return cls(pandas, connection, parquet, device)

    def _frame(self) -> Any:
        return self._pandas.read_parquet(
            self._parquet, columns=_COLUMNS, filters=[("DeviceId", "==", self._device)]
        )

    def ask(self, question: str) -> Rows:
        frame = self._frame()
        made = getattr(self, f"_{question}")(frame)
        rows: Rows = made.reset_index().to_dict("records")
        return [
            {k: v.to_pydatetime() if hasattr(v, "to_pydatetime") else v for k, v in row.items()}
            for row in rows
        ]

    def _taken(self, frame: Any, names: tuple[str, ...], keys: tuple[str, ...]) -> Any:
        """Rows of those events that say something, a column for each key."""
        frame = frame[frame.RawEventName.isin(names) & ~frame.IsEmpty.fillna(False)]
        said = [json.loads(text) for text in frame.EventDetails]
        frame = frame.assign(**{key: [_text(one.get(key)) for one in said] for key in keys})
        frame["said"] = said
        utc = self._pandas.to_datetime(
            self._pandas.Series([one.get("TimestampUTC") for one in said], index=frame.index),
            errors="coerce",
            utc=True,
            format="ISO8601",
        )
        frame["EventTime"] = utc.dt.tz_localize(None).fillna(frame.TimeGenerated)
        return frame[frame.said.astype(bool)]

    def _users(self, frame: Any) -> Any:
        seen = self._taken(frame, ("LocalUsers",), ("UserName", "UserId", "GroupNames", "EventId"))
        seen["Snapshot"] = seen.EventId.where(seen.EventId != "", seen.IoTRawEventId)
        last = seen.groupby("Snapshot").EventTime.max()
        newest = max(zip(last, last.index, strict=True))[1]
        seen = seen[seen.UserName != ""]
        seen["Groups"] = [
            ";".join(sorted({g.strip() for g in text.split(";")} - {""}))
            for text in seen.GroupNames
        ]
        latest = seen.groupby(["UserName", "Groups"]).EventTime.max().reset_index()
        latest = latest.sort_values(["EventTime", "Groups"]).groupby("UserName").Groups.last()
        return self._pandas.DataFrame(
            {
                "GroupNames": latest,
                "FirstObserved": seen.groupby("UserName").EventTime.min(),
                "LastObserved": seen.groupby("UserName").EventTime.max(),
                "InNewestSnapshot": (seen.Snapshot == newest).groupby(seen.UserName).any(),
            }
        )

    def _ports(self, frame: Any) -> Any:
        keys = ("Protocol", "LocalAddress", "LocalPort", "RemoteAddress", "RemotePort")
        seen = self._taken(frame, ("ListeningPorts", "NetworkActivity"), keys)
        seen["Protocol"] = seen.Protocol.str.lower()
        seen["RemotePort"] = seen.RemotePort.where(~seen.RemotePort.isin(("*", "0")), "")
        seen["HasPeer"] = ~seen.RemoteAddress.isin(_NOBODY)
        seen["Connected"] = (
            (seen.RawEventName == "NetworkActivity") | seen.HasPeer | (seen.RemotePort != "")
        )
        pairs = seen[~seen.Connected][["Protocol", "LocalPort"]].drop_duplicates()
        seen = seen.merge(pairs.assign(Listens=True), how="left", on=["Protocol", "LocalPort"])
        local = self._pandas.to_numeric(seen.LocalPort, errors="coerce")
        remote = self._pandas.to_numeric(seen.RemotePort, errors="coerce")
        outbound = remote.notna() & (local.isna() | (remote <= local))
        seen["Role"] = outbound.map({True: "outbound", False: "inbound"})
        seen["Role"] = seen.Role.where(seen.Listens.isna(), "listening")
        seen["RemotePort"] = seen.RemotePort.where(seen.Role == "outbound", "")
        seen["LocalPort"] = seen.LocalPort.where(seen.Role != "outbound", "")
        key = ["Protocol", "LocalPort", "Role", "RemotePort"]
        found = seen.groupby(key).agg(
            MinObservedTime=("EventTime", "min"),
            MaxObservedTime=("EventTime", "max"),
            CntConnections=("Connected", "sum"),
        )
        peers = seen[seen.Connected & seen.HasPeer].groupby(key).RemoteAddress.nunique()
        found["CntRemoteIPAddress"] = peers.reindex(found.index).fillna(0).astype(int)
        return found

    def _names(self, frame: Any) -> Mapping[str, str]:
        users = self._taken(frame, ("LocalUsers",), ("UserId", "UserName"))
        users = users[(users.UserId != "") & (users.UserName != "")]
        found = users.groupby("UserId").UserName.agg(lambda names: "/".join(sorted(set(names))))
        return dict(found)

    def _logins(self, frame: Any) -> Any:
        keys = (
            "UserName",
            "UserId",
            "ProcessId",
            "Operation",
            "Executable",
            "RemoteAddress",
            "Result",
        )
        seen = self._taken(frame, ("Login",), keys)
        seen["Result"] = [
            _RESULTS.get(given.lower(), given) or _SAID.get(operation, "")
            for given, operation in zip(seen.Result, seen.Operation, strict=True)
        ]
        key = ["ProcessId", "Executable", "Result", "RemoteAddress"]
        told = seen[~seen.ProcessId.isin(("", "0")) & (seen.UserName != "")]
        siblings = told.groupby(key).UserName.min().rename("Sibling")
        seen = seen.join(siblings, on=key)
        names = seen.UserName.where(seen.UserName != "", seen.Sibling.fillna(""))
        names = names.where(names != "", seen.UserId.map(self._names(frame)).fillna(""))
        by_id = "(id " + seen.UserId + ")"
        seen["UserName"] = names.where((names != "") | (seen.UserId == ""), by_id)
        seen["Local"] = seen.RemoteAddress.isin(_LOCAL) | seen.RemoteAddress.str.startswith("127.")
        seen["LoginHandler"] = seen.Executable
        who = ["UserName", "Result", "LoginHandler"]
        where = [*who, "RemoteAddress", "Local"]
        most = seen.groupby([*where, "ProcessId", "Operation"]).size()
        tries = most.groupby([*where, "ProcessId"]).max().groupby(where).sum().reset_index(name="n")
        tries["local"] = tries.n.where(tries.Local, 0)
        found = seen.groupby(who).agg(
            MinObservedTime=("EventTime", "min"), MaxObservedTime=("EventTime", "max")
        )
        found["CntLoginAttempts"] = tries.groupby(who).n.sum()
        found["LocalAttempts"] = tries.groupby(who).local.sum().astype(int)
        found["CntIPAddress"] = (~tries.Local).groupby([tries[c] for c in who]).sum()
        return found

    def _processes(self, frame: Any) -> Any:
        keys = ("EventType", "Executable", "CommandLine", "Commandline", "HitCount")
        seen = self._taken(frame, ("ProcessCreate", "Process"), keys)
        seen = seen[~((seen.RawEventName == "Process") & (seen.EventType.str.lower() == "exit"))]
        seen["Line"] = seen.CommandLine.where(seen.CommandLine != "", seen.Commandline)
        first = seen.Line.str.extract(r"^\s*(\S+)", expand=False).fillna("")
        seen["Executable"] = seen.Executable.where(seen.Executable != "", first)
        extra = [one.get("ExtraDetails") or {} for one in seen.said]
        extra = [json.loads(one) if isinstance(one, str) else one for one in extra]
        counted = [one.get("HitCount") for one in extra]
        seen["Hits"] = [
            max(int(hits or own or 1), 1) for hits, own in zip(counted, seen.HitCount, strict=True)
        ]
        for column, key in (("Start", "StartTimeUtc"), ("End", "EndTimeUtc")):
            texts = [_AMERICAN.sub(r"\3-\1-\2 ", _text(one.get(key))) for one in extra]
            times = self._pandas.to_datetime(
                self._pandas.Series(texts, index=seen.index),
                errors="coerce",
                utc=True,
                format="ISO8601",
            )
            seen[column] = times.dt.tz_localize(None).fillna(seen.EventTime)
        seen["Helper"] = seen.Hits.where(seen.Line.map(lambda t: bool(_HELPER.match(t))), 0)
        found = seen.groupby("Executable").agg(
            CntExecutions=("Hits", "sum"),
            MinObservedTime=("Start", "min"),
            MaxObservedTime=("End", "max"),
            AgentHelperRuns=("Helper", "sum"),
        )
        lines = seen[seen.Line != ""].groupby("Executable").Line.nunique()
        found["CntCommandLines"] = lines.reindex(found.index).fillna(0).astype(int)
        return found


class PandasGivenRows(Pandas):
    """Answers out of a data frame of just the rows that it needs."""

    name = "pandas, given the device's rows by the store"
    rounds = 5

    def _frame(self) -> Any:
        return self._connection.execute(_ROWS, {"device": self._device}).df()


class Sqlite:
    """Answers out of an indexed table."""

    rounds = 5
    questions = ("users", "logins", "processes")
    _DETAILS: ClassVar[str] = "json_extract(EventDetails, '$.{}')"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.name = "SQLite, indexed"
        self._connection = connection

    @classmethod
    def of(cls, store: Path, folder: Path, device: str) -> Self:
        path = folder / "events.sqlite"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        connection.execute(
            "CREATE TABLE events (DeviceId TEXT, RawEventName TEXT, TimeGenerated TEXT,"
            " IoTRawEventId TEXT, IsEmpty INTEGER, EventDetails TEXT)"
        )
        duck = connect()
        attach_store(duck, store)
        found = duck.execute(
            "SELECT $device, RawEventName, CAST(TimeGenerated AS VARCHAR), IoTRawEventId,"
            f" CAST(IsEmpty AS INTEGER), EventDetails FROM ({_ROWS})"
            " ORDER BY RawEventName, TimeGenerated",
            {"device": device},
        )
        while rows := found.fetchmany(10_000):
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("CREATE INDEX best ON events (DeviceId, RawEventName, TimeGenerated)")
        connection.execute("ANALYZE")
        connection.commit()
        duck.close()
        made = cls(connection)
        made._device = device
        return made

    _device = ""

    def ask(self, question: str) -> Rows:
        cursor = self._connection.execute(_SQLITE[question], {"device": self._device})
        names = [column[0] for column in cursor.description]
        return [
            {name: _moment(name, value) for name, value in zip(names, row, strict=True)}
            for row in cursor
        ]


def _sqlite_events(names: str, paths: str) -> str:
    taken = ", ".join(
        f"coalesce(json_extract(EventDetails, '$.{path}'), '') AS {path}" for path in paths.split()
    )
    return (
        "(SELECT RawEventName, IoTRawEventId, coalesce(strftime('%Y-%m-%d %H:%M:%f',"
        " json_extract(EventDetails, '$.TimestampUTC')),"
        f" strftime('%Y-%m-%d %H:%M:%f', TimeGenerated)) AS EventTime, {taken},"
        " json_extract(EventDetails, '$.ExtraDetails') AS Extra FROM events"
        f" WHERE DeviceId = :device AND RawEventName IN ({names}) AND NOT IsEmpty"
        " AND json_type(EventDetails) = 'object' AND EventDetails <> '{}')"
    )


_SQLITE_NAMES = f"""
    SELECT UserId, group_concat(UserName, '/') AS Names FROM (
        SELECT DISTINCT CAST(UserId AS TEXT) AS UserId, UserName
        FROM {_sqlite_events("'LocalUsers'", "UserId UserName")}
        WHERE UserId <> '' AND UserName <> '' ORDER BY UserName)
    GROUP BY UserId"""
_SQLITE_TIME = (
    "strftime('%Y-%m-%d %H:%M:%f', CASE WHEN substr(json_extract(Extra, '$.{0}'), 3, 1) = '/'"
    " THEN substr(json_extract(Extra, '$.{0}'), 7, 4) || '-'"
    " || substr(json_extract(Extra, '$.{0}'), 1, 2) || '-'"
    " || substr(json_extract(Extra, '$.{0}'), 4, 2) || substr(json_extract(Extra, '$.{0}'), 11)"
    " ELSE json_extract(Extra, '$.{0}') END)"
)
_SQLITE = {
    "users": f"""
WITH seen AS MATERIALIZED (
    SELECT *, CASE WHEN EventId <> '' THEN EventId ELSE IoTRawEventId END AS SnapshotId
    FROM {_sqlite_events("'LocalUsers'", "EventId UserName UserId GroupNames")}),
newest AS (
    SELECT SnapshotId FROM seen GROUP BY SnapshotId
    ORDER BY max(EventTime) DESC, SnapshotId DESC LIMIT 1)
SELECT UserName, min(EventTime) AS FirstObserved, max(EventTime) AS LastObserved,
    count(CASE WHEN SnapshotId = (SELECT SnapshotId FROM newest) THEN 1 END) > 0
        AS InNewestSnapshot,
    json_group_array(DISTINCT UserId) AS Ids, json_group_array(DISTINCT GroupNames) AS Given
FROM seen WHERE UserName <> '' GROUP BY UserName
""",
    "logins": f"""
WITH named AS ({_SQLITE_NAMES}),
signed AS MATERIALIZED (
    SELECT *, CASE WHEN lower(Result) = 'success' THEN 'Success'
            WHEN lower(Result) IN ('fail', 'failed', 'failure') THEN 'Fail'
            WHEN Result <> '' THEN Result WHEN Operation = 'Login' THEN 'Success'
            WHEN Operation = 'LoginFailed' THEN 'Fail' WHEN Operation = 'Logout' THEN 'Logout'
            ELSE '' END AS Said,
        RemoteAddress IN ('', '?', '::1', '0.0.0.0', '::', '0.0.0.1')
            OR RemoteAddress LIKE '127.%' AS Local
    FROM {
        _sqlite_events(
            "'Login'", "UserName UserId ProcessId Operation Executable RemoteAddress Result"
        )
    }),
siblings AS MATERIALIZED (
    SELECT ProcessId, Executable, Said, RemoteAddress, min(UserName) AS Sibling FROM signed
    WHERE ProcessId NOT IN ('', 0) AND UserName <> ''
    GROUP BY ProcessId, Executable, Said, RemoteAddress),
logins AS MATERIALIZED (
    SELECT signed.*, coalesce(nullif(signed.UserName, ''), Sibling, Names,
        CASE WHEN signed.UserId <> '' THEN '(id ' || signed.UserId || ')' END, '') AS Who
    FROM signed LEFT JOIN siblings USING (ProcessId, Executable, Said, RemoteAddress)
        LEFT JOIN named ON named.UserId = CAST(signed.UserId AS TEXT))
SELECT Who AS UserName, Said AS Result, Executable AS LoginHandler,
    sum(Attempts) AS CntLoginAttempts, min(First) AS MinObservedTime,
    max(Last) AS MaxObservedTime, sum(NOT Local) AS CntIPAddress,
    sum(CASE WHEN Local THEN Attempts ELSE 0 END) AS LocalAttempts
FROM (
    SELECT Who, Said, Executable, RemoteAddress, Local, sum(Most) AS Attempts,
        min(First) AS First, max(Last) AS Last FROM (
        SELECT Who, Said, Executable, RemoteAddress, Local, max(n) AS Most, min(First) AS First,
            max(Last) AS Last FROM (
            SELECT Who, Said, Executable, RemoteAddress, Local, ProcessId, count(*) AS n,
                min(EventTime) AS First, max(EventTime) AS Last
            FROM logins
            GROUP BY Who, Said, Executable, RemoteAddress, Local, ProcessId, Operation)
        GROUP BY Who, Said, Executable, RemoteAddress, Local, ProcessId)
    GROUP BY Who, Said, Executable, RemoteAddress, Local)
GROUP BY Who, Said, Executable
""",
    "processes": f"""
WITH named AS ({_SQLITE_NAMES})
SELECT Executable, sum(Hits) AS CntExecutions, min(Start) AS MinObservedTime,
    max(End) AS MaxObservedTime, json_group_array(DISTINCT Who) AS Users,
    count(DISTINCT nullif(Line, '')) AS CntCommandLines, json_group_array(DISTINCT Line) AS Lines
FROM (
    SELECT Executable, CommandLine AS Line,
        'Id:' || seen.UserId || ', Name:' || coalesce(nullif(UserName, ''), Names, '') AS Who,
        max(CAST(coalesce(json_extract(Extra, '$.HitCount'), nullif(HitCount, ''), 1) AS INTEGER),
            1) AS Hits,
        coalesce({_SQLITE_TIME.format("StartTimeUtc")}, EventTime) AS Start,
        coalesce({_SQLITE_TIME.format("EndTimeUtc")}, EventTime) AS End
    FROM {
        _sqlite_events(
            "'ProcessCreate', 'Process'",
            "EventType Executable CommandLine HitCount UserId UserName",
        )
    } AS seen
        LEFT JOIN named ON named.UserId = CAST(seen.UserId AS TEXT)
    WHERE NOT (RawEventName = 'Process' AND lower(EventType) = 'exit'))
GROUP BY Executable
""",
}


def _moment(name: str, value: Any) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(value) if name.endswith(("Time", "Observed")) else value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
