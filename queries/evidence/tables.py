"""The tables that evidence may hold, as Log Analytics publishes their columns."""

from __future__ import annotations

from collections.abc import Container, Mapping

from ..held import RECOMMENDATIONS, asked_of
from .endpoint_tables import ENDPOINT_JSON, ENDPOINT_TABLES
from .endpoint_tables import TOLD_BY as ENDPOINT_TOLD_BY

_RAW_EVENT = {
    "TenantId": "string",
    "SourceSystem": "string",
    "AgentVersion": "string",
    "AssociatedResourceId": "string",
    "AzureSubscriptionId": "string",
    "DeviceId": "string",
    "EventDetails": "string",
    "IoTRawEventId": "string",
    "IsEmpty": "bool",
    "RawEventCategory": "string",
    "RawEventName": "string",
    "RawEventType": "string",
    "TimeGenerated": "datetime",
    "TimeStamp": "datetime",
    "Type": "string",
}

_ALERT = {
    "TenantId": "string",
    "TimeGenerated": "datetime",
    "AlertLink": "string",
    "AlertName": "string",
    "AlertSeverity": "string",
    "AlertType": "string",
    "CompromisedEntity": "string",
    "ConfidenceLevel": "string",
    "ConfidenceScore": "real",
    "Description": "string",
    "DisplayName": "string",
    "EndTime": "datetime",
    "Entities": "string",
    "ExtendedLinks": "string",
    "ExtendedProperties": "string",
    "IsIncident": "bool",
    "ProcessingEndTime": "datetime",
    "ProductComponentName": "string",
    "ProductName": "string",
    "ProviderName": "string",
    "RemediationSteps": "string",
    "ResourceId": "string",
    "SourceComputerId": "string",
    "SourceSystem": "string",
    "StartTime": "datetime",
    "Status": "string",
    "SubTechniques": "string",
    "SystemAlertId": "string",
    "Tactics": "string",
    "Techniques": "string",
    "Type": "string",
    "VendorName": "string",
    "VendorOriginalId": "string",
    "WorkspaceResourceGroup": "string",
    "WorkspaceSubscriptionId": "string",
}

_RECOMMENDATION = {
    "TenantId": "string",
    "SourceSystem": "string",
    "TimeGenerated": "datetime",
    "AssessedResourceId": "string",
    "Description": "string",
    "DeviceId": "string",
    "DiscoveredTimeUTC": "datetime",
    "Environment": "string",
    "FirstEvaluationDate": "datetime",
    "IsSnapshot": "bool",
    "PolicyDefinitionId": "string",
    "Properties": "string",
    "ProviderName": "string",
    "RecommendationAdditionalData": "string",
    "RecommendationDisplayName": "string",
    "RecommendationId": "string",
    "RecommendationName": "string",
    "RecommendationSeverity": "string",
    "RecommendationState": "string",
    "ResolvedTimeUTC": "datetime",
    "ResourceRegion": "string",
    "StatusChangeDate": "datetime",
    "Type": "string",
}

#: Table -> column -> Kusto type. What is dynamic in Log Analytics is held as its JSON text, which
#: the questions read alike.
TABLES: Mapping[str, Mapping[str, str]] = {
    "SecurityAlert": _ALERT,
    "SecurityIoTRawEvent": _RAW_EVENT,
    "DefenderIoTRawEvent": _RAW_EVENT,
    "SecurityRecommendation": _RECOMMENDATION,
    **ENDPOINT_TABLES,
}

#: Columns that are dynamic in Log Analytics.
DYNAMIC: Mapping[str, tuple[str, ...]] = {
    "DefenderIoTRawEvent": ("EventDetails",),
    "SecurityRecommendation": ("Properties", "RecommendationAdditionalData"),
    **ENDPOINT_JSON,
}

#: The columns by which a table is told that is neither of alerts nor of raw events.
TOLD_BY: Mapping[str, frozenset[str]] = {
    "SecurityRecommendation": frozenset({"DeviceId", "RecommendationState"}),
    **ENDPOINT_TOLD_BY,
}

#: The tables of the two agents of Defender for IoT.
RAW_EVENTS = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
#: What stands in every store; others are in those that have something of them.
IN_EVERY_STORE = ("SecurityAlert", *RAW_EVENTS)


def of_one_kind(tables: Container[str]) -> tuple[str, ...]:
    """These tables, and the others that are written together with any of them."""
    together = asked_of(tables)
    return tuple(table for table in TABLES if table in together)


#: What sorting makes a device's questions fast.
SORTED_BY: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("TimeGenerated",),
    "SecurityIoTRawEvent": ("DeviceId", "RawEventName", "TimeGenerated"),
    "DefenderIoTRawEvent": ("DeviceId", "RawEventName", "TimeGenerated"),
    **dict.fromkeys((RECOMMENDATIONS, *ENDPOINT_TABLES), ("DeviceId", "TimeGenerated")),
}

#: Rows that are alike are alike in these; few others are.
TOLD_APART_BY: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("TimeGenerated", "SystemAlertId"),
    **dict.fromkeys(RAW_EVENTS, ("TimeGenerated", "IoTRawEventId")),
    RECOMMENDATIONS: ("TimeGenerated", "RecommendationId"),
    **dict.fromkeys(ENDPOINT_TABLES, ("TimeGenerated", "ReportId")),
}

#: Columns whose text is JSON; one that DuckDB cannot read would lose the whole event.
JSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("ExtendedProperties", "Entities"),
    "SecurityIoTRawEvent": ("EventDetails",),
    **DYNAMIC,
}

SQL_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "datetime": "TIMESTAMP",
    "bool": "BOOLEAN",
    "real": "DOUBLE",
    "long": "BIGINT",
    "int": "INTEGER",
}


def definition(table: str) -> str:
    """The columns of a table, as SQL that makes it."""
    # Left to itself DuckDB packs JSON into four times the room, and takes longer over it.
    return ", ".join(
        f'"{name}" {SQL_TYPES[kind]}'
        + (" USING COMPRESSION zstd" if name in JSON_COLUMNS[table] else "")
        for name, kind in TABLES[table].items()
    )


def table_of(columns: frozenset[str]) -> str | None:
    """Which table a row or file with these columns belongs to when nothing else says so."""
    if "RawEventName" in columns and "EventDetails" in columns:
        return "SecurityIoTRawEvent"
    if "AlertSeverity" in columns or "SystemAlertId" in columns:
        return "SecurityAlert"
    return next((table for table, told in TOLD_BY.items() if told <= columns), None)
