"""The questions as somebody who knows the store and DuckDB well would write them in SQL.

Each answers what its KQL answers, column for column: the bench holds their rows against each
other. Only what the question needs is read, each JSON text is taken apart once, and what can be
known of a row is asked before its JSON is touched.
"""

from __future__ import annotations

_UTC = "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f') || '0Z'"
_HUB = "regexp_extract({0}, '([^/]*)/*$', 1)"
_ZONED = r"'(Z|[+-][0-9]{2}:?[0-9]{2})$'"


def _events(names: str, paths: str, *, identified: bool = False) -> str:
    """Events and whether they are empty; ``v`` holds their two times and the texts at ``paths``."""
    listed = ", ".join(f"'$.{path}'" for path in ("TimestampUTC", "TimestampLocal", *paths.split()))
    more = ", TimeStamp, IoTRawEventId" if identified else ""
    each = sorted(names.split(", "))
    tables = " UNION ALL ".join(
        f"SELECT TimeGenerated, RawEventName, EventDetails, coalesce(IsEmpty, false) AS IsEmpty"
        f'{more} FROM store.main."{table}"'
        " WHERE DeviceId = $device AND TimeGenerated >= $start AND TimeGenerated < $end"
        f" AND RawEventName IN ({names}) AND RawEventName BETWEEN {each[0]} AND {each[-1]}"
        f" AND lower({_HUB.format('AssociatedResourceId')}) = lower($hub)"
        for table in ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
    )
    return (
        "(SELECT *, coalesce("
        "TRY_CAST(nullif(v[1], '') AS TIMESTAMPTZ) AT TIME ZONE 'UTC',"
        f" CASE WHEN regexp_matches(v[2], {_ZONED})"
        " THEN TRY_CAST(v[2] AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END,"
        " TimeGenerated) AS EventTime"
        " FROM (SELECT *, IsEmpty OR j = '{}'"
        r" OR regexp_matches(j::VARCHAR, '^\s*\{') IS DISTINCT FROM true AS Empty,"
        f" json_extract_string(j, [{listed}]) AS v"
        f" FROM (SELECT *, TRY_CAST(EventDetails AS JSON) AS j FROM ({tables}))))"
    )


_SNAPSHOT = (
    "CASE WHEN coalesce(v[3], '') <> '' THEN v[3] WHEN IoTRawEventId <> '' THEN IoTRawEventId"
    f" WHEN TimeStamp IS NOT NULL THEN {_UTC.format('TimeStamp')}"
    f" ELSE {_UTC.format('TimeGenerated')} END"
)
_NAMES = f"""
    SELECT UserId, string_agg(UserName, '/' ORDER BY UserName) AS Names FROM (
        SELECT DISTINCT v[3] AS UserId, v[4] AS UserName
        FROM {_events("'LocalUsers'", "UserId UserName")}
        WHERE NOT Empty AND v[3] <> '' AND v[4] <> '')
    GROUP BY UserId"""

USERS = f"""
WITH seen AS MATERIALIZED (
    SELECT EventTime, Empty, {_SNAPSHOT} AS SnapshotId, coalesce(v[4], '') AS UserName,
        coalesce(v[5], '') AS UserId, coalesce(v[6], '') AS GivenGroups
    FROM {_events("'LocalUsers'", "EventId UserName UserId GroupNames", identified=True)}),
newest AS (
    SELECT SnapshotId FROM seen GROUP BY SnapshotId
    ORDER BY max(EventTime) DESC, SnapshotId DESC LIMIT 1),
accounts AS MATERIALIZED (
    SELECT UserName, UserId, GivenGroups, min(EventTime) AS First, max(EventTime) AS Last,
        bool_or(SnapshotId = (SELECT SnapshotId FROM newest)) AS InNewest,
        coalesce(array_to_string(list_sort(list_distinct(list_filter(
            list_transform(string_split(GivenGroups, ';'), lambda g: regexp_replace(
                regexp_replace(g, '^\\s+', ''), '\\s+$', '')),
            lambda g: g <> ''))), ';'), '') AS GroupNames
    FROM seen WHERE NOT Empty AND UserName <> '' GROUP BY UserName, UserId, GivenGroups),
latest AS (
    SELECT UserName, arg_max(GroupNames, (Last, GroupNames)) AS NewestGroups
    FROM accounts GROUP BY UserName)
SELECT UserName, NewestGroups AS GroupNames,
    coalesce(list(DISTINCT UserId) FILTER (UserId <> ''), []) AS UserIds,
    min(First) AS FirstObserved, max(Last) AS LastObserved,
    bool_or(InNewest) AS InNewestSnapshot,
    coalesce(list(DISTINCT GroupNames) FILTER (GroupNames <> NewestGroups), []) AS EarlierGroups
FROM accounts JOIN latest USING (UserName) GROUP BY UserName, NewestGroups ORDER BY UserName
"""

_PORT_PATHS = "EventId Protocol LocalAddress LocalPort RemoteAddress RemotePort"
PORTS = f"""
WITH seen AS MATERIALIZED (
    SELECT *, RawEventName = 'NetworkActivity' OR HasPeer OR RemotePort <> '' AS Connected FROM (
        SELECT *, RemoteAddress NOT IN ('', '0.0.0.0', '::', '*', '[::]') AS HasPeer FROM (
            SELECT RawEventName, EventTime, Empty, {_SNAPSHOT} AS SnapshotId,
                lower(coalesce(v[4], '')) AS Protocol, coalesce(v[5], '') AS LocalAddress,
                coalesce(v[6], '') AS LocalPort, coalesce(v[7], '') AS RemoteAddress,
                CASE WHEN v[8] IN ('*', '0') THEN '' ELSE coalesce(v[8], '') END AS RemotePort
            FROM {_events("'ListeningPorts', 'NetworkActivity'", _PORT_PATHS, identified=True)}))),
newest AS (
    SELECT SnapshotId FROM seen WHERE RawEventName = 'ListeningPorts' GROUP BY SnapshotId
    ORDER BY max(EventTime) DESC, SnapshotId DESC LIMIT 1),
listeners AS (
    SELECT DISTINCT Protocol, LocalPort, true AS Listens FROM seen
    WHERE NOT Empty AND NOT Connected),
roles AS (
    SELECT *, TRY_CAST(LocalPort AS INTEGER) AS LocalNumber,
        TRY_CAST(RemotePort AS INTEGER) AS RemoteNumber,
        CASE WHEN Listens THEN 'listening' WHEN RemoteNumber IS NOT NULL AND
            (LocalNumber IS NULL OR RemoteNumber <= LocalNumber) THEN 'outbound'
            ELSE 'inbound' END AS Role,
        CASE WHEN Role = 'outbound' THEN '' ELSE LocalPort END AS KeyLocal,
        CASE WHEN Role = 'outbound' THEN RemotePort ELSE '' END AS KeyRemote
    FROM seen LEFT JOIN listeners USING (Protocol, LocalPort) WHERE NOT Empty)
SELECT Protocol, KeyLocal AS LocalPort, Role, KeyRemote AS RemotePort,
    coalesce(list(DISTINCT LocalAddress) FILTER (LocalAddress <> ''), []) AS LocalAddress,
    min(EventTime) AS MinObservedTime, max(EventTime) AS MaxObservedTime,
    CASE WHEN count_if(RawEventName = 'ListeningPorts') > 0 THEN
        count_if(RawEventName = 'ListeningPorts'
            AND SnapshotId = (SELECT SnapshotId FROM newest)) > 0 END AS InNewestSnapshot,
    count_if(Connected) AS CntConnections,
    count(DISTINCT RemoteAddress) FILTER (Connected AND HasPeer) AS CntRemoteIPAddress,
    coalesce(list(DISTINCT RemoteAddress) FILTER (Connected AND HasPeer), [])
        AS AllowedRemoteIPAddress,
    list(DISTINCT RawEventName) AS RawEventNames
FROM roles GROUP BY Protocol, KeyLocal, Role, KeyRemote
ORDER BY CASE Role WHEN 'listening' THEN 1 WHEN 'inbound' THEN 2 ELSE 3 END, Protocol,
    coalesce(TRY_CAST(CASE WHEN Role = 'outbound' THEN KeyRemote ELSE KeyLocal END AS INTEGER),
        2147483647), KeyLocal
"""

_LOGIN_PATHS = "UserName UserId ProcessId Operation Executable RemoteAddress Result"
_FAILED = (
    "lower(GivenResult) IN ('fail', 'failed', 'failure')"
    " OR (GivenResult = '' AND Operation = 'LoginFailed')"
)
LOGINS = f"""
WITH records AS MATERIALIZED (
    SELECT EventTime, coalesce(v[3], '') AS GivenName, coalesce(v[4], '') AS UserId,
        coalesce(v[5], '') AS ProcessId, coalesce(v[6], '') AS Operation,
        coalesce(v[7], '') AS LoginHandler, coalesce(v[8], '') AS RemoteAddress,
        coalesce(v[9], '') AS GivenResult
    FROM {_events("'Login'", _LOGIN_PATHS)} WHERE NOT Empty),
attempts AS MATERIALIZED (
    SELECT *, CASE WHEN lower(GivenResult) = 'success' THEN 'Success' WHEN {_FAILED} THEN 'Fail'
            WHEN GivenResult <> '' THEN GivenResult WHEN Operation = 'Login' THEN 'Success'
            WHEN Operation = 'Logout' THEN 'Logout' ELSE '' END AS Result,
        RemoteAddress IN ('', '?', '::1', '0.0.0.0', '::', '0.0.0.1')
            OR starts_with(RemoteAddress, '127.') AS Local
    FROM (
        SELECT GivenName, UserId, ProcessId, Operation, LoginHandler, RemoteAddress, GivenResult,
            count(*) AS Records, min(EventTime) AS First, max(EventTime) AS Last
        FROM records GROUP BY ALL)),
names AS ({_NAMES}),
siblings AS (
    SELECT ProcessId, LoginHandler, Result, RemoteAddress, min(GivenName) AS SiblingName
    FROM attempts WHERE ProcessId NOT IN ('', '0') AND GivenName <> '' GROUP BY ALL),
logins AS MATERIALIZED (
    SELECT Records, First, Last, ProcessId, Operation, LoginHandler, RemoteAddress, Result, Local,
        coalesce(nullif(GivenName, ''), nullif(SiblingName, ''), nullif(Names, ''),
            CASE WHEN UserId <> '' THEN '(id ' || UserId || ')' END, '') AS UserName
    FROM attempts LEFT JOIN siblings USING (ProcessId, LoginHandler, Result, RemoteAddress)
        LEFT JOIN names USING (UserId)),
forced AS (
    SELECT UserName, LoginHandler, list(DISTINCT RemoteAddress) AS Addresses FROM (
        SELECT UserName, LoginHandler, s.RemoteAddress, f.Operation
        FROM (SELECT UserName, LoginHandler, RemoteAddress, max(Last) AS LastSuccess
                FROM logins WHERE Result = 'Success' AND NOT Local GROUP BY ALL) s
            JOIN (SELECT RemoteAddress, Operation, EventTime FROM records WHERE {_FAILED}) f
            ON s.RemoteAddress = f.RemoteAddress AND f.EventTime <= s.LastSuccess
        GROUP BY ALL HAVING count(*) >= 5)
    GROUP BY ALL)
SELECT UserName, Result, LoginHandler, sum(Attempts)::BIGINT AS CntLoginAttempts,
    min(First) AS MinObservedTime, max(Last) AS MaxObservedTime,
    count_if(NOT Local) AS CntIPAddress,
    coalesce(list(DISTINCT RemoteAddress) FILTER (NOT Local), []) AS IPAddress,
    coalesce(sum(Attempts) FILTER (Local), 0)::BIGINT AS LocalAttempts,
    UserName IN ('(invalid user)', '(unknown user)') AS InvalidUser,
    CASE WHEN Result = 'Success' THEN any_value(Addresses) END AS FailedThenSucceededFrom
FROM (
    SELECT UserName, Result, LoginHandler, RemoteAddress, Local, sum(Most) AS Attempts,
        min(First) AS First, max(Last) AS Last FROM (
        SELECT UserName, Result, LoginHandler, RemoteAddress, Local, ProcessId,
            max(Records) AS Most, min(First) AS First, max(Last) AS Last FROM (
            SELECT UserName, Result, LoginHandler, RemoteAddress, Local, ProcessId, Operation,
                sum(Records) AS Records, min(First) AS First, max(Last) AS Last
            FROM logins GROUP BY ALL)
        GROUP BY ALL)
    GROUP BY ALL) LEFT JOIN forced USING (UserName, LoginHandler)
GROUP BY UserName, Result, LoginHandler
ORDER BY MinObservedTime, UserName, Result, LoginHandler
"""

_PROCESS_PATHS = (
    "EventType Executable CommandLine Commandline UserId UserName HitCount ExtraDetails"
)
_AMERICAN = "'^([0-9]{2})/([0-9]{2})/([0-9]{4}) ', '\\3-\\1-\\2 '"
_HELPER = (
    "'^(sudo )?([^ ;|&]*/)?(netstat -(tuwpna|ano)|cat /etc/passwd"
    "|ausearch [^;|&$<>`]*--checkpoint[^;|&$<>`]*)$'"
)
PROCESSES = f"""
WITH named AS ({_NAMES}),
commands AS MATERIALIZED (
    SELECT GivenExecutable, CommandLine, UserId, GivenName, sum(Hits) AS Hits,
        min(StartTime) AS StartTime, max(EndTime) AS EndTime
    FROM (
        SELECT v[4] AS GivenExecutable, CommandLine, coalesce(v[7], '') AS UserId,
            v[8] AS GivenName,
            greatest(coalesce(TRY_CAST(x[1] AS BIGINT), TRY_CAST(v[9] AS BIGINT), 1), 1) AS Hits,
            coalesce(TRY_CAST(CASE WHEN contains(x[2], '/')
                THEN regexp_replace(x[2], {_AMERICAN}) ELSE x[2] END AS TIMESTAMPTZ)
                AT TIME ZONE 'UTC', EventTime) AS StartTime,
            coalesce(TRY_CAST(CASE WHEN contains(x[3], '/')
                THEN regexp_replace(x[3], {_AMERICAN}) ELSE x[3] END AS TIMESTAMPTZ)
                AT TIME ZONE 'UTC', EventTime) AS EndTime
        FROM (SELECT EventTime, v, CASE WHEN v[5] <> '' THEN v[5] ELSE coalesce(v[6], '') END
                AS CommandLine,
                json_extract_string(TRY_CAST(v[10] AS JSON),
                    ['$.HitCount', '$.StartTimeUtc', '$.EndTimeUtc']) AS x
            FROM {_events("'ProcessCreate', 'Process'", _PROCESS_PATHS)}
            WHERE NOT Empty
                AND NOT (RawEventName = 'Process' AND lower(coalesce(v[3], '')) = 'exit')))
    GROUP BY GivenExecutable, CommandLine, UserId, GivenName),
shown AS (
    SELECT commands.*, CASE WHEN GivenExecutable <> '' THEN GivenExecutable ELSE
            regexp_extract(CommandLine, '^\\s*(\\S+)', 1) END AS Executable,
        CASE WHEN GivenName <> '' THEN GivenName ELSE coalesce(Names, '') END AS Name
    FROM commands LEFT JOIN named USING (UserId))
SELECT Executable, sum(Hits)::BIGINT AS CntExecutions, min(StartTime) AS MinObservedTime,
    max(EndTime) AS MaxObservedTime,
    coalesce(list(DISTINCT 'Id:' || UserId || ', Name:' || Name)
        FILTER (UserId <> '' OR Name <> ''), []) AS ExecutingUsers,
    count(DISTINCT CommandLine) FILTER (CommandLine <> '') AS CntCommandLines,
    coalesce(list(DISTINCT CommandLine) FILTER (CommandLine <> ''), []) AS ExecutionCommandLines,
    coalesce(sum(Hits) FILTER (regexp_matches(CommandLine, {_HELPER})), 0)::BIGINT
        AS AgentHelperRuns
FROM shown GROUP BY Executable ORDER BY MinObservedTime, Executable
"""

_ALERT_COLUMNS = (
    "TimeGenerated, AlertSeverity, Description, ExtendedProperties, AlertType, Status, Tactics,"
    " Techniques, StartTime, EndTime, RemediationSteps, Entities, CompromisedEntity, ResourceId"
)
#: Alerts with the devices that each names.
_NAMING = f"""
    SELECT {_ALERT_COLUMNS}, CASE WHEN AlertName = '' THEN DisplayName ELSE AlertName END
        AS AlertName, SystemAlertId, {_HUB.format("ResourceId")} AS AlertHub,
        unnest(list_append(
            list_transform(
                list_filter(json_extract(TRY_CAST(Entities AS JSON), '$[*]'),
                    lambda e: lower(e->>'$.Type') = 'iotdevice'),
                lambda e: e->>'$.DeviceId'),
            TRY_CAST(ExtendedProperties AS JSON)->>'$.DeviceId')) AS AlertDevice
    FROM store.main.SecurityAlert WHERE TimeGenerated >= $start AND TimeGenerated < $end"""
_NO_ID = (
    "CASE WHEN SystemAlertId = '' THEN 'no-id-' || left(sha256(AlertName || '|' ||"
    f" {_UTC.format('TimeGenerated')} || '|' || ExtendedProperties), 16)"
    " ELSE SystemAlertId END"
)
#: A name without escapes stands in the text as it is; the others are few.
_MAYBE = (
    " AND (contains(ExtendedProperties, $device) OR contains(Entities, $device)"
    " OR contains(ExtendedProperties, '\\u') OR contains(Entities, '\\u')"
    " OR regexp_matches($device, '[\"\\\\/\\x00-\\x1f\\x7f]'))"
)
ALERTS = f"""
WITH named AS ({_NAMING}{_MAYBE}),
mine AS (
    SELECT * REPLACE ({_NO_ID} AS SystemAlertId),
        row_number() OVER (PARTITION BY {_NO_ID} ORDER BY TimeGenerated DESC) AS place,
        min(TimeGenerated) OVER (PARTITION BY {_NO_ID}) AS FirstGenerated
    FROM named WHERE AlertDevice = $device AND lower(AlertHub) = lower($hub))
SELECT FirstGenerated, TimeGenerated, AlertName, AlertSeverity, Description, ExtendedProperties,
    AlertType, SystemAlertId, Status, Tactics, Techniques, StartTime, EndTime, RemediationSteps,
    Entities, CompromisedEntity, ResourceId
FROM mine WHERE place = 1 ORDER BY FirstGenerated, SystemAlertId
"""

_EVENT_DEVICES = " UNION ALL ".join(
    "SELECT TimeGenerated, DeviceId, AssociatedResourceId, AgentVersion"
    f' FROM store.main."{table}" WHERE TimeGenerated >= $start AND TimeGenerated < $end'
    for table in ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
)
DEVICES = f"""
WITH seen AS MATERIALIZED (
    SELECT *, {_HUB.format("AssociatedResourceId")} AS Hub FROM (
        SELECT DeviceId, AssociatedResourceId, AgentVersion, min(TimeGenerated) AS FirstSeen,
            max(TimeGenerated) AS LastSeen, count(*) AS Events
        FROM ({_EVENT_DEVICES}) WHERE DeviceId <> '' GROUP BY ALL)
    WHERE $hub = '' OR lower({_HUB.format("AssociatedResourceId")}) = lower($hub)),
alerts AS (
    SELECT AlertDevice AS DeviceId, lower(AlertHub) AS HubKey, min(AlertHub) AS Hub,
        arg_max(lower(AlertSeverity), TimeGenerated) AS Severity,
        min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen
    FROM (SELECT * REPLACE ({_NO_ID} AS SystemAlertId) FROM ({_NAMING}))
    WHERE AlertDevice <> '' AND ($hub = '' OR lower(AlertHub) = lower($hub))
    GROUP BY DeviceId, HubKey, SystemAlertId)
SELECT DeviceId, Hub, Alerts, High, Medium, Low, Informational,
    CASE WHEN High > 0 THEN 'High' WHEN Medium > 0 THEN 'Medium' WHEN Low > 0 THEN 'Low'
        WHEN Informational > 0 THEN 'Informational' ELSE '' END AS HighestSeverity,
    FirstSeen, LastSeen, Events, coalesce(AgentVersion, '') AS AgentVersion
FROM (
    SELECT DeviceId, HubKey, min(Hub) AS Hub, sum(Alerts)::BIGINT AS Alerts,
        sum(High)::BIGINT AS High, sum(Medium)::BIGINT AS Medium, sum(Low)::BIGINT AS Low,
        sum(Informational)::BIGINT AS Informational, min(FirstSeen) AS FirstSeen,
        max(LastSeen) AS LastSeen, sum(Events)::BIGINT AS Events,
        arg_max(AgentVersion, (LastVersion, AgentVersion)) AS AgentVersion
    FROM (
        SELECT DeviceId, lower(Hub) AS HubKey, Hub, 0 AS Alerts, 0 AS High, 0 AS Medium, 0 AS Low,
            0 AS Informational, FirstSeen, LastSeen, Events, AgentVersion, LastSeen AS LastVersion
        FROM seen
        UNION ALL
        SELECT DeviceId, HubKey, Hub, 1, (Severity = 'high')::INT, (Severity = 'medium')::INT,
            (Severity = 'low')::INT, (Severity = 'informational')::INT, FirstSeen, LastSeen, 0,
            NULL, NULL FROM alerts)
    GROUP BY DeviceId, HubKey)
ORDER BY High DESC, Medium DESC, Low DESC, Informational DESC, Alerts DESC, DeviceId, Hub
"""

SQL = {
    "devices": DEVICES,
    "alerts": ALERTS,
    "users": USERS,
    "ports": PORTS,
    "logins": LOGINS,
    "processes": PROCESSES,
}
